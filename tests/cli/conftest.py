"""The `pims` command on a fresh database, in this process."""

import json

import pytest
from click.testing import CliRunner

from pims_api.cli import main, session
from tests.databases.kept import keeping_database, opened_database


@pytest.fixture
def run(database_url, monkeypatch):
    """`run("locale", "list")`: what the command prints. status: the exit status that it must have.

    Refusals are asked for with status=1: then what it says on stderr comes back.
    """

    def command(*words, status=0, tenant=None):
        options = ["--database", database_url, *(["--tenant", tenant] if tenant else [])]
        result = CliRunner().invoke(main, [*options, *words])
        assert result.exit_code == status, result.output
        return result.stdout if status == 0 else result.stderr

    monkeypatch.setattr(session, "open_database", keeping_database)
    command("init")
    return command


@pytest.fixture
def run_json(run):
    """`run_json("locale", "list")`: what it prints with --json, read."""
    return lambda *words, **more: json.loads(run(*words, "--json", **more))


@pytest.fixture
def filled(database_url, fill_once):
    """`filled(fill)`: the database holds what `fill` makes, which is done once an engine."""
    return lambda fill: fill_once(database_url, fill)


@pytest.fixture
def demo(run, filled):
    """The demo catalogue."""
    return filled(lambda: run("init", "--demo"))


@pytest.fixture
def database(database_url, run):
    with opened_database(database_url) as made:
        yield made
