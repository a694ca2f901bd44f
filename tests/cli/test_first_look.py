"""What init, check and serve say of a database that is not the one somebody thinks it is."""

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from pims_api.cli import main
from pims_api.cli.server import serve_command
from pims_api.storage.database import Database
from pims_api.storage.migrations.revisions import known_revisions, newest_revision
from tests.environment import settings_of
from tests.storage.migrations.earlier_tables import without_feed

LONG_AGO = datetime(2025, 2, 3, 4, 5, tzinfo=UTC).timestamp()
EMPTY = "Note: No product was ever stored in this database."
REPEATED = [("init",), ("check",), ("check", "--json"), ("serve", "--no-worker")]


def invoke(url, *words):
    return CliRunner().invoke(main, ["--database", url, *words])


def change(url, statement):
    with closing(Database(settings_of(url))) as database, database.writing() as connection:
        if callable(statement):
            statement(connection)
        else:
            connection.execute(text(statement))
        connection.commit()


@pytest.fixture(autouse=True)
def no_server(monkeypatch):
    monkeypatch.setattr(serve_command, "_run", lambda *_: None)
    monkeypatch.setenv("PIMS_BIND", "127.0.0.1:0")


@pytest.mark.parametrize("words", REPEATED)
def test_a_database_that_was_never_filled_is_told(database_url, words):
    assert EMPTY not in invoke(database_url, "init", "--demo").stderr
    assert EMPTY not in invoke(database_url, *words).stderr
    change(database_url, "UPDATE tenant SET last_product_id = 0")
    result = invoke(database_url, *words)
    assert EMPTY in result.stderr
    assert "Note" not in result.stdout


def test_a_new_database_is_no_surprise(bare_database_url):
    assert invoke(bare_database_url, "init").stderr == ""
    assert EMPTY in invoke(bare_database_url, "init").stderr


@pytest.mark.parametrize("words", REPEATED)
def test_a_database_younger_than_its_queue_file_is_told(tmp_path, words):
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    invoke(url, "init", "--demo")
    assert "queue file" not in invoke(url, *words).stderr
    os.utime(tmp_path / "shop.db-queue", (LONG_AGO, LONG_AGO))
    assert "Note: The database shop.db was made on " in (said := invoke(url, *words).stderr), said
    assert "the queue file beside it is of 2025-02-03 04:05 UTC" in said


def test_a_file_that_was_lost_is_told_by_the_first_init(tmp_path):
    path = tmp_path / "shop.db"
    invoke(f"sqlite:///{path}", "init")
    path.unlink()
    os.utime(tmp_path / "shop.db-queue", (LONG_AGO, LONG_AGO))
    assert "there was another database" in invoke(f"sqlite:///{path}", "init").stderr


@pytest.mark.parametrize("words", [("init",), ("restore", "monday.db")])
def test_a_log_without_its_file_is_not_thrown_away(tmp_path, words, monkeypatch):
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    invoke(url, "init")
    invoke(url, "backup", "monday.db")
    Path("shop.db").rename("moved.db")
    Path("shop.db-wal").write_bytes(b"the last writes")
    refused = invoke(url, *words)
    assert refused.exit_code == 1
    assert "shop.db is absent, and its log shop.db-wal is there" in refused.stderr
    assert (Path("shop.db-wal").read_bytes(), Path("shop.db").exists()) == (
        b"the last writes",
        False,
    )


@pytest.mark.parametrize(
    "words", [("init",), ("check",), ("key", "list"), ("serve", "--no-worker"), ("tenant", "list")]
)
def test_a_newer_database_is_told_apart_and_stays(database_url, words):
    invoke(database_url, "init")
    change(database_url, "UPDATE alembic_version SET version_num = '9999'")
    refused = invoke(database_url, *words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        "Error: The database was made by a newer PIMS: its tables are at revision 9999, this "
        f"program knows them up to {newest_revision()}. Install that PIMS, or a newer one.\n"
    )
    assert isinstance(refused.exception, SystemExit)


def test_init_says_what_it_upgraded(database_url):
    invoke(database_url, "init", "--demo")
    change(database_url, without_feed)
    said = invoke(database_url, "init").stdout
    assert f"Its tables were upgraded from revision 0006 to {newest_revision()}." in said
    assert "run `pims backup FILE` before you upgrade." in said
    assert "upgraded" not in invoke(database_url, "init").stdout


def test_the_revisions_are_those_of_the_migrations():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from pims_api.storage import migrations

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    steps = ScriptDirectory.from_config(config).walk_revisions()
    assert list(known_revisions()) == [one.revision for one in steps][::-1]
