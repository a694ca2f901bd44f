"""docs/imports.md does what it says when one follows it."""

import re

import pytest
from click.testing import CliRunner

from pims_api.cli import main
from tests.quality.documents import ROOT
from tests.quality.markdown import Block, Command, blocks_of, commands_of

BLOCKS = blocks_of((ROOT / "docs" / "imports.md").read_text(encoding="utf-8"))
_FILE = re.compile(r"`(\w+\.csv)`(?: holds)?:\Z")


def file_of(block: Block) -> str:
    named = _FILE.search(block.lead)
    assert named is not None, f"line {block.line}: which file is this?"
    return named[1]


def as_pattern(shown: str) -> re.Pattern[str]:
    """Three dots stand for what is left out."""
    return re.compile(".*".join(map(re.escape, shown.split("…"))))


def run(command: Command, database_url: str) -> None:
    program, *words = command.words
    assert program == "pims"
    done = CliRunner().invoke(main, words, env={"PIMS_DATABASE_URL": database_url})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    if command.output:
        assert as_pattern(command.output).fullmatch(done.output), done.output
    else:
        assert done.exit_code == 0, done.output


def test_the_example_runs_as_it_is_written(
    database_url: str, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in BLOCKS:
        if block.language == "csv" and block.lead.endswith("holds:"):
            assert (tmp_path / file_of(block)).read_text("utf-8") == block.text
        elif block.language == "csv":
            (tmp_path / file_of(block)).write_text(block.text, "utf-8")
        for command in commands_of(block):
            run(command, database_url)
