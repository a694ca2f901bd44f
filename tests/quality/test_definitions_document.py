"""docs/definitions.md does what it says when one follows it."""

import re

import pytest

from tests.quality.documents import ROOT
from tests.quality.markdown import Block, blocks_of, commands_of
from tests.quality.test_imports_document import run

BLOCKS = blocks_of((ROOT / "docs" / "definitions.md").read_text(encoding="utf-8"))
_FILE = re.compile(r"`(\w+\.\w+)`:\Z")


def file_of(block: Block) -> str:
    named = _FILE.search(block.lead)
    assert named is not None, f"line {block.line}: which file is this?"
    return named[1]


def test_the_examples_run_as_they_are_written(
    database_url: str, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in BLOCKS:
        if block.language in ("csv", "json"):
            (tmp_path / file_of(block)).write_text(block.text, "utf-8")
        for command in commands_of(block):
            run(command, database_url)
