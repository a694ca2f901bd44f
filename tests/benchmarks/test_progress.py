"""What a benchmark tells while it runs."""

import sys

import pytest

from benchmarks.report.progress import Progress
from benchmarks.report.targets import Site


@pytest.fixture
def progress():
    return Progress(Site(1_000, "SQLite"), markdown=False)


def test_a_log_gets_a_line_for_each_tenth(progress, capsys):
    for done in range(5, 1_001, 5):
        progress.step("products", done, 1_000)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"products: {done:,} of 1,000" for done in range(100, 1_001, 100)]


def test_each_piece_of_work_is_told_of(progress, capsys):
    progress.step("products", 10, 10)
    progress.step("history", 0, 5)
    progress.step("history", 5, 5)
    assert capsys.readouterr().err == "products: 10 of 10\nhistory: 5 of 5\n"


def test_a_terminal_has_one_line_that_changes(progress, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    for done in (5, 7, 10):
        progress.step("floor", done, 10)
    told = capsys.readouterr().err
    assert told == "\rfloor: 5 of 10 \rfloor: 7 of 10 \rfloor: 10 of 10 \n"
