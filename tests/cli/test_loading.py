"""A command loads what it works with, and `pims --help` next to nothing."""

import json
import subprocess
import sys

import pytest

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
HEAVY = {"alembic", "flask", "gunicorn", "lark", "marshmallow", "psycopg", "sqlalchemy",
         "sqlite_utils"}  # fmt: skip
OF_SQL = {"sqlalchemy"}


def loaded(*words):
    """Return which of the heavy modules a command loads, and how many of ours."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=False
    )
    modules = set(json.loads(done.stderr.splitlines()[-1]))
    return modules & HEAVY, {one for one in modules if one.startswith("pims_api.")}


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


@pytest.mark.parametrize("words", ["key list", "locale list", "tenant list", "worker", "reindex"])
def test_a_command_on_sqlite_loads_sql_and_nothing_beside(tmp_path, sqlite_url, words):
    heavy, _ = loaded("--database", sqlite_url, *words.split(), "--help")
    assert heavy <= OF_SQL | {"lark"}
    assert "psycopg" not in heavy


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
