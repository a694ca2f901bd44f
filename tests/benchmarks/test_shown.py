"""What `pims bench` tells meanwhile."""

import sys

import pytest

from benchmarks.report.progress import Shown
from benchmarks.report.targets import Site


@pytest.fixture
def shown():
    return Shown(Site(1_000, "SQLite"), markdown=False)


def test_a_log_gets_a_line_for_each_tenth(shown, capsys):
    for done in range(5, 1_001, 5):
        shown.progress("products", done, 1_000)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"products: {done:,} of 1,000" for done in range(100, 1_001, 100)]


def test_each_piece_of_work_is_told_of(shown, capsys):
    shown.progress("products", 10, 10)
    shown.progress("history", 0, 5)
    shown.progress("history", 5, 5)
    assert capsys.readouterr().err == "products: 10 of 10\nhistory: 5 of 5\n"


def test_a_terminal_has_one_line_that_changes(shown, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    for done in (5, 7, 10):
        shown.progress("floor", done, 10)
    told = capsys.readouterr().err
    assert told == "\rfloor: 5 of 10 \rfloor: 7 of 10 \rfloor: 10 of 10 \n"
