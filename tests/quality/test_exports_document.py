"""docs/exports.md does what it says when one follows it."""

import re

import pytest
import sqlite_utils.cli
from click.testing import CliRunner

from pims_api.cli import main
from tests.quality.documents import ROOT
from tests.quality.markdown import Block, Command, blocks_of, commands_of

BLOCKS = blocks_of((ROOT / "docs" / "exports.md").read_text(encoding="utf-8"))
PROGRAMS = {"pims": main, "sqlite-utils": sqlite_utils.cli.cli}
_FILE = re.compile(r"`(\w+\.csv)`(?: holds)?:\Z")


def file_of(block: Block) -> str:
    named = _FILE.search(block.lead)
    assert named is not None, f"line {block.line}: which file is this?"
    return named[1]


def run(command: Command, database_url: str) -> None:
    program, *words = command.words
    environment = {"PIMS_DATABASE_URL": database_url}
    done = CliRunner().invoke(PROGRAMS[program], words, env=environment)
    assert done.exit_code == 0, done.output
    if command.output:
        assert done.stdout == command.output, f"line {command.line}"


def test_the_examples_run_as_they_are_written(
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
