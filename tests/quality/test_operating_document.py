"""docs/operating.md: its backup is made and restored as it says, and what it names is there."""

import configparser
from pathlib import Path

import pytest

from tests.quality.demo_server import pims_command, run
from tests.quality.documents import ROOT
from tests.quality.markdown import blocks_of, section_of

TEXT = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the demo catalogue."""
    pims_command(tmp_path)
    run("pims", "init", "--demo", folder=tmp_path)
    return tmp_path


def test_a_backup_is_made_and_restored_as_it_says(folder: Path) -> None:
    blocks = blocks_of(section_of(TEXT, "Backup and restore"))
    lines = "\n".join(block.text for block in blocks if block.language == "sh")
    assert lines.count("pims ") == 3
    assert "OK: 11 products" in run("bash", "-euc", lines, folder=folder)


def test_the_unit_of_systemd_can_be_read() -> None:
    [block] = [one for one in blocks_of(section_of(TEXT, "systemd")) if one.language == "ini"]
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(block.text)
    assert unit["Service"]["ExecStart"].endswith("pims serve --workers 4")
    assert int(unit["Service"]["TimeoutStopSec"]) > 30
