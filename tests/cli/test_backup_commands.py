"""pims backup writes everything to one file, pims restore fills an empty database from it."""

from contextlib import closing

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, text

from pims_api.cli import main
from pims_api.services.maintenance.backups import backed_up
from pims_api.storage import tables
from pims_api.storage.database import Database
from pims_api.storage.engine.dialect import sqlite_module
from tests.environment import settings_of
from tests.storage.migrations.earlier_tables import without_feed

ALL_OF_IT = "11 products and 29 history entries agree.\n"


def invoke(url, *words):
    return CliRunner().invoke(main, ["--database", url, *map(str, words)])


def change(url, *statements):
    """Change the tables behind the system's back."""
    with closing(Database(settings_of(url))) as database, database.writing() as connection:
        for one in statements:
            if callable(one):
                one(connection)
            else:
                connection.execute(text(one) if isinstance(one, str) else one)
        connection.commit()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "monday.backup"


@pytest.fixture
def other_url(database_url, fresh_database):
    """An upgraded, empty database of the same engine."""
    with fresh_database("sqlite" if database_url.startswith("sqlite") else "postgres") as url:
        yield url


def test_a_backup_is_restored_whole(run, run_json, demo, file, other_url):
    assert run("backup", str(file)) == f"{file} is a backup: {ALL_OF_IT}"
    done = invoke(other_url, "restore", file)
    assert (done.exit_code, done.stdout) == (0, f"{file} is restored: {ALL_OF_IT}")
    for words in (
        ["product", "show", "KP-MUG", "--json"],
        ["product", "history", "KP-MUG-RED", "--json"],
        ["view", "list", "--json"],
        ["key", "list", "--json"],
        ["tenant", "list", "--json"],
        ["check", "--json"],
    ):
        assert invoke(other_url, *words).stdout == run(*words)


def test_a_backup_goes_into_a_database_without_tables(
    bare_database_url, fresh_keyed_database, file
):
    engine = "sqlite" if bare_database_url.startswith("sqlite") else "postgres"
    with fresh_keyed_database(engine) as source:
        assert invoke(source.url, "backup", file).exit_code == 0
    assert invoke(bare_database_url, "restore", file).exit_code == 0
    assert "a test's key" in invoke(bare_database_url, "key", "list").stdout


def test_what_init_has_made_is_empty(demo, run, other_url, file):
    invoke(other_url, "init")
    run("backup", str(file))
    assert invoke(other_url, "restore", file).stdout == f"{file} is restored: {ALL_OF_IT}"


@pytest.mark.parametrize(
    "words",
    [
        ("tenant", "add", "second"),
        ("category", "add", "Garden"),
        ("key", "create", "--name", "mine", "--permissions", "pim_user"),
    ],
)
def test_a_database_with_data_is_not_restored_into(demo, run, other_url, file, words):
    run("backup", str(file))
    invoke(other_url, "init")
    assert invoke(other_url, *words).exit_code == 0
    refused = invoke(other_url, "restore", file)
    assert refused.exit_code == 1
    assert "There is data in the database already" in refused.stderr
    assert "OK: 0 products" in invoke(other_url, "check").stdout


def test_tables_of_somebody_else_are_not_restored_into(sqlite_url, tmp_path, file):
    invoke(sqlite_url, "init")
    invoke(sqlite_url, "backup", file)
    theirs = tmp_path / "theirs.db"
    with closing(sqlite_module().connect(theirs)) as connection:
        connection.execute("CREATE TABLE letters (id INTEGER)")
    assert "There is data" in invoke(f"sqlite:///{theirs}", "restore", file).stderr
    with closing(sqlite_module().connect(theirs)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("letters",)]


def test_no_file_is_written_over(demo, run, file):
    file.write_text("mine")
    result = run("backup", str(file), status=2)
    assert f"{file} is there already: choose another." in result
    assert (file.read_text(), list(file.parent.iterdir())) == ("mine", [file])


def test_the_database_is_not_backed_up_onto_itself(sqlite_url, tmp_path):
    invoke(sqlite_url, "init")
    own = sqlite_url.removeprefix("sqlite:///")
    for end in ("", "-wal", "-queue"):
        result = invoke(sqlite_url, "backup", own + end)
        assert (result.exit_code, "belongs to the catalogue itself" in result.stderr) == (2, True)


def test_the_file_needs_no_other_and_is_for_its_owner(demo, run, file):
    run("backup", str(file))
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_backup_of_sqlite_is_a_database_that_needs_no_log(sqlite_url, file):
    invoke(sqlite_url, "init", "--demo")
    invoke(sqlite_url, "backup", file)
    with closing(sqlite_module().connect(f"{file.as_uri()}?immutable=1", uri=True)) as opened:
        assert opened.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert opened.execute("SELECT count(*) FROM product").fetchone() == (11,)
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_who_writes_meanwhile_neither_waits_nor_is_in_the_backup(sqlite_url, file):
    """Each step of the copy is followed by a write: it must neither block nor begin anew."""
    invoke(sqlite_url, "init", "--demo")
    with closing(Database(settings_of(sqlite_url))) as database:
        with database.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE filler (bytes)")
            connection.exec_driver_sql("INSERT INTO filler VALUES (zeroblob(20000000))")
            connection.commit()
        seen = []

        def write_beside(done, total):
            seen.append((done, total))
            with database.writing() as connection:
                connection.execute(text("UPDATE tenant SET last_product_id = last_product_id + 1"))
                connection.commit()

        with backed_up(database, file, write_beside) as (_, held):
            assert held.scalar(text("SELECT last_product_id FROM tenant")) == 11
        with database.reading() as connection:
            found = connection.scalar(text("SELECT last_product_id FROM tenant"))
        assert found == 11 + len(seen)
    assert len(seen) > 4
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert seen[-1][0] == seen[-1][1]


def test_a_backup_that_is_cut_off_leaves_no_file(demo, run, database_url, file, monkeypatch):
    def cut_off(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pims_api.cli.server.backup_commands._prove", cut_off)
    assert invoke(database_url, "backup", file).exit_code == 1
    assert list(file.parent.iterdir()) == []


def test_what_differs_is_told_and_kept(demo, run, database_url, other_url, file):
    change(database_url, delete(tables.unique_value).where(tables.unique_value.c.product_id == 1))
    result = invoke(database_url, "backup", file)
    assert result.exit_code == 1
    assert "differences that the database has, too." in result.stdout
    assert invoke(database_url, "backup", f"{file}2", "--unchecked").exit_code == 0
    assert invoke(other_url, "restore", file).exit_code == 1
    assert invoke(other_url, "reindex").exit_code == 0
    assert "OK: 11 products" in invoke(other_url, "check").stdout


def test_older_tables_are_backed_up_as_they_are_and_upgraded_when_restored(
    demo, run, database_url, other_url, file
):
    change(database_url, without_feed)
    result = invoke(database_url, "backup", file)
    assert result.exit_code == 0
    assert "Its tables are of revision 0006, which is older than this program." in result.stdout
    restored = invoke(other_url, "restore", file)
    assert restored.stdout.startswith(f"{file} is restored: {ALL_OF_IT}")
    assert "Its tables were upgraded from 0006 to " in restored.stdout


def test_a_backup_of_a_newer_program_is_refused(demo, run, database_url, other_url, file):
    run("backup", str(file))
    change(database_url, "UPDATE alembic_version SET version_num = '9999'")
    refused = invoke(database_url, "backup", f"{file}2")
    assert (refused.exit_code, "made by a newer PIMS" in refused.stderr) == (1, True)
    change(database_url, "UPDATE alembic_version SET version_num = '0001'")
    run("backup", f"{file}3", "--unchecked")
    assert not file.with_name(f"{file.name}2").exists()


def test_a_newer_backup_is_refused_before_anything_is_made(sqlite_url, tmp_path, file):
    invoke(sqlite_url, "init")
    invoke(sqlite_url, "backup", file)
    with closing(sqlite_module().connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    new = tmp_path / "new.db"
    refused = invoke(f"sqlite:///{new}", "restore", file)
    assert "The backup was made by a newer PIMS (revision 9999)" in refused.stderr
    assert not new.exists()


@pytest.mark.parametrize("content", [b"", b"sku,title\nA,B\n", b"SQLite format 3\0", b"PGDMP"])
def test_what_is_no_backup_is_refused(other_url, file, content):
    file.write_bytes(content)
    refused = invoke(other_url, "restore", file)
    assert refused.exit_code == 1
    assert refused.stderr.splitlines()[-1].startswith("Error: The ")
    assert "Traceback" not in refused.output


def test_a_backup_that_was_cut_off_while_it_was_copied_is_refused(run, demo, file, other_url):
    run("backup", str(file))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    refused = invoke(other_url, "restore", file)
    assert refused.exit_code == 1
    assert refused.stderr.splitlines()[-1].startswith("Error: ")
    assert "OK: 0 products" in invoke(other_url, "init").stdout + invoke(other_url, "check").stdout


def test_a_backup_goes_to_its_own_engine(sqlite_url, postgres_url, file):
    invoke(sqlite_url, "init")
    invoke(sqlite_url, "backup", file)
    refused = invoke(postgres_url, "restore", file)
    assert "The backup is of a SQLite database" in refused.stderr


@pytest.mark.parametrize(("words", "program"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_a_missing_program_of_postgresql_is_named(postgres_url, file, monkeypatch, words, program):
    invoke(postgres_url, "init")
    if words == "restore":
        file.write_bytes(b"PGDMP")
    monkeypatch.setenv("PATH", "/nowhere")
    refused = invoke(postgres_url, words, file)
    assert refused.exit_code == 1
    assert f"{program} was not found. It comes with PostgreSQL's client programs" in refused.stderr
