"""A command loads what it works with, and `pims --help` next to nothing."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pims_api.cli import COMMANDS, main
from pims_api.cli.lazy_group import commands_of

PROGRAM = """
import json, sys
from pims_api.cli import main
try:
    main(sys.argv[1:])
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
HEAVY = {"alembic", "cryptography", "flask", "gunicorn", "lark", "marshmallow", "psycopg",
         "sqlalchemy", "sqlalchemy.dialects.postgresql", "sqlite_utils"}  # fmt: skip
OF_SQL = {"sqlalchemy"}
WORKS_WITH = {
    "snapshot": {"sqlite_utils"},
    "channel": {"cryptography"},
    "webhook": {"cryptography"},
    "worker": {"cryptography"},
}  # what one command alone needs


def loaded(*words):
    """Return which of the heavy modules a command loads, and how many of ours."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=False
    )
    modules = set(json.loads(done.stderr.splitlines()[-1]))
    return modules & HEAVY, {one for one in modules if one.startswith("pims_api.")}


def make_tables(url):
    assert CliRunner().invoke(main, ["--database", url, "init"]).exit_code == 0


@pytest.mark.parametrize("words", [("--help",), ("-h",), ("--version",), ()])
def test_the_list_of_commands_loads_no_database(words):
    heavy, ours = loaded(*words)
    assert heavy == set()
    assert ours == {
        "pims_api.cli",
        "pims_api.cli.lazy_group",
        "pims_api.cli.options",
        "pims_api.garbage",
        "pims_api.settings",
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_on_sqlite_loads_sql_and_nothing_beside(sqlite_url, name):
    heavy, _ = loaded("--database", sqlite_url, name, "--help")
    assert heavy <= OF_SQL | WORKS_WITH.get(name, set())


@pytest.mark.parametrize(
    "words",
    ["key list", "locale list", "job list", "attribute list", "view list", "category list",
     "product-type list", "product show A", "check"],
)  # fmt: skip
def test_a_command_that_looks_loads_nothing_that_writes_products(sqlite_url, words):
    make_tables(sqlite_url)
    heavy, ours = loaded("--database", sqlite_url, *words.split())
    assert heavy == OF_SQL
    assert not ours & {"pims_api.storage.maintainers", "pims_api.storage.search.vectors"}


COUNTING = "pims_api.storage.catalogue_index.filter.evaluate"  # finds products by a condition
SHEETS = {"pims_api.transfer.xlsx.read", "pims_api.transfer.xlsx.write"}
WRITING = "pims_api.services.products.write"


@pytest.mark.parametrize("words", ["attribute list", "view list", "locale list", "init"])
def test_definitions_are_listed_and_tables_made_without_what_finds_and_writes_products(
    sqlite_url, words
):
    make_tables(sqlite_url)
    heavy, ours = loaded("--database", sqlite_url, *words.split())
    assert heavy == OF_SQL
    assert not ours & {COUNTING, WRITING, "pims_api.services.attributes.write"}


@pytest.mark.parametrize("words", ["channel list", "export-job list", "worker --until-idle"])
def test_what_runs_and_talks_to_others_is_loaded_when_there_is_something_to_do(sqlite_url, words):
    loaded("--database", sqlite_url, "init")
    heavy, ours = loaded("--database", sqlite_url, *words.split())
    assert heavy <= OF_SQL | {"cryptography"}
    assert not ours & {COUNTING, WRITING, "pims_api.connectors.shopify.connector"}


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_an_import_loads_what_its_file_needs(sqlite_url, tmp_path, name):
    make_tables(sqlite_url)
    file = tmp_path / name
    file.write_text('{"sku": "A", "title": "Rod"}\n' if name == "a.jsonl" else "sku,title\nA,Rod\n")
    heavy, ours = loaded("--database", sqlite_url, "import", str(file))
    assert heavy == OF_SQL
    assert WRITING in ours
    assert not ours & SHEETS


def test_what_a_command_loads_is_kept_from_the_garbage_collector():
    program = """
import gc
from pims_api.cli import main
seen = []
gc.callbacks.append(lambda phase, about: seen.append(phase))
main.get_command(None, "import")
gc.callbacks.clear()
print(len(seen), gc.get_freeze_count() > 50_000, gc.isenabled())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "0 True True\n"


def test_looking_at_the_tables_needs_no_alembic(sqlite_url):
    heavy, _ = loaded("--database", sqlite_url, "tenant", "list")
    assert heavy == OF_SQL
    heavy, _ = loaded("--database", sqlite_url, "tenant", "add", "second")
    assert heavy == OF_SQL


def test_every_command_is_where_the_table_says():
    assert [name for name, _ in commands_of(main)] == list(COMMANDS)
    for name, command in commands_of(main):
        assert command.name == name
        assert command.help


def test_no_line_of_the_list_is_cut():
    done = subprocess.run(
        [sys.executable, "-m", "pims_api", "--help"], capture_output=True, text=True, check=True
    )
    listed = done.stdout.partition("Commands:")[2]
    assert "..." not in listed
    assert all(f"  {name} " in listed for name in COMMANDS)
