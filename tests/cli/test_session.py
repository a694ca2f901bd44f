"""What every command says when it cannot begin."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pims_api.cli import main

COMMANDS = [
    ("key", "list"),
    ("tenant", "list"),
    ("tenant", "add", "x"),
    ("check",),
    ("reindex",),
    ("serve",),
    ("worker", "--until-idle"),
    ("job", "list"),
    ("product", "show", "A"),
]


def invoke(*words):
    return CliRunner().invoke(main, list(words))


@pytest.mark.parametrize("words", COMMANDS)
def test_a_database_without_tables_is_told_apart(bare_database_url, words):
    result = invoke("--database", bare_database_url, *words)
    assert result.exit_code == 1
    assert "Run: pims init" in result.stderr


@pytest.mark.parametrize("words", COMMANDS)
def test_asking_makes_no_file(tmp_path, words):
    path = tmp_path / "absent.db"
    assert invoke("--database", f"sqlite:///{path}", *words).exit_code == 1
    assert not any(tmp_path.iterdir())


def test_the_environment_names_the_database(tmp_path, monkeypatch):
    monkeypatch.setenv("PIMS_DATABASE_URL", f"sqlite:///{tmp_path / 'named.db'}")
    assert invoke("init").exit_code == 0
    assert Path(tmp_path / "named.db").exists()


def test_an_unknown_tenant_comes_with_the_known_ones(run):
    said = run("key", "list", tenant="nobody", status=1)
    assert said == "Error: There is no tenant 'nobody'. Known ones: default.\n"


def test_a_server_that_is_not_there_is_no_traceback():
    url = "postgresql://nobody:hush@127.0.0.1:1/pims"
    result = invoke("--database", url, "key", "list")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database could not be reached")


def test_a_file_that_is_no_database_is_no_traceback(tmp_path):
    path = tmp_path / "notes.db"
    path.write_text("Not a database, but long enough to be taken for one. " * 20)
    for words in COMMANDS:
        result = invoke("--database", f"sqlite:///{path}", *words)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: The database could not be reached")


def test_a_folder_that_is_not_there_is_no_traceback(tmp_path):
    result = invoke("--database", f"sqlite:///{tmp_path / 'no' / 'x.db'}", "init")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database could not be reached")


@pytest.mark.parametrize("url", ["nonsense", "", "mysql://me@localhost/pims", "oracle://x"])
def test_what_is_no_database_we_know_is_wrong_usage(url):
    result = invoke("--database", url, "init")
    assert result.exit_code == 2
    assert "--database takes sqlite:///FILE or postgresql://" in result.stderr


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PIMS_POOL_SIZE", "many"),
        ("PIMS_SQLITE_SYNCHRONOUS", "OFF; DROP TABLE product"),
        ("PIMS_UNINDEXED_MAX", "-1"),
    ],
)
def test_a_setting_that_is_no_number_is_told(monkeypatch, tmp_path, variable, text):
    monkeypatch.setenv(variable, text)
    result = invoke("--database", f"sqlite:///{tmp_path / 'x.db'}", "init")
    assert (result.exit_code, "is no number" in result.stderr) == (1, True)


def test_every_fault_is_on_a_line_of_its_own(run):
    said = run("key", "create", "--name", " ", "--permissions", "pim_x,pim_y", status=1)
    assert len(said.splitlines()) == 3


def test_the_user_is_named_in_history(run, run_json, demo):
    run("--user", "Ada", "product", "edit", "KP-POT", "--set", "price", "1")
    assert run_json("product", "history", "KP-POT")[-1]["user"] == "Ada"
