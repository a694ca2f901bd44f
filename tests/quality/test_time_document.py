"""docs/time.md does what it says when one follows it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from tests.pims.conftest import new_key, opened_app, talk
from tests.quality.documents import ROOT
from tests.quality.markdown import Command, blocks_of, commands_of

BLOCKS = blocks_of((ROOT / "docs" / "time.md").read_text(encoding="utf-8"))
_FILE = re.compile(r"`(\w+\.csv)`:\Z")


def as_pattern(shown: str) -> re.Pattern[str]:
    """Three dots stand for what is left out."""
    return re.compile(".*".join(map(re.escape, shown.split("…"))))


def run(command: Command, database_url: str) -> None:
    program, *words = command.words
    assert program == "pims"
    done = CliRunner().invoke(main, words, env={"PIMS_DATABASE_URL": database_url})
    assert done.exit_code == 0, done.output
    if command.output:
        assert as_pattern(command.output).fullmatch(done.stdout), f"{command.line}: {done.stdout}"


def follow(database_url: str) -> None:
    for block in BLOCKS:
        for command in commands_of(block):
            run(command, database_url)


@pytest.fixture
def followed(database_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which everything was done that the document does."""
    monkeypatch.chdir(tmp_path)
    for block in BLOCKS:
        if block.language == "csv":
            named = _FILE.search(block.lead)
            assert named is not None
            (tmp_path / named[1]).write_text(block.text, "utf-8")
    follow(database_url)
    return database_url


def test_the_commands_run_as_they_are_written(followed: str) -> None:
    assert followed


def test_the_loop_brings_a_copy_up_to_date(followed: str) -> None:
    [code] = [block.text for block in BLOCKS if block.language == "python"]
    names: dict[str, Callable[..., Any]] = {}
    exec(code, names)  # noqa: S102
    copy: dict[str, Any] = {}
    with opened_app(followed) as app:
        ask = talk(app.test_client(), new_key(app, "pim_editor", "pim_manager"))
        since = names["sync"](ask, copy, 0)
        assert sorted(copy) == ["LAMP"]
        ask("editProduct", sku="LAMP", data={"attributes": {"price": "200"}}, status=200)
        ask("editProduct", sku="SHADE", data={"attributes": {"status": "active"}}, status=200)
        names["sync"](ask, copy, since)
        assert sorted(copy) == ["SHADE"]
