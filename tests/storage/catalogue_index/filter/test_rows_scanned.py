"""Rows that a pattern is tested on and that do not fit it."""

import pytest

from pims_api.domain.conditions.condition import And, Like, Not
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.catalogue_index.filter.rows_scanned import rows_passed
from tests.storage.catalogue_index.catalogue import GERMAN
from tests.storage.catalogue_index.conftest import MakeCatalogue


@pytest.fixture(scope="module")
def unindexed_max() -> int:
    """What is tested here are the rows of the index: no product waits for it."""
    return 0


@pytest.mark.parametrize(
    ("name", "pattern", "passed"),
    [
        ("name", "%c", 3), ("name", "_c", 3), ("name", "a%c", 1), ("name", "a%", 0),
        ("name", "ac", 0), ("sku", "%2", 4), ("sku", "S%2", 0), ("color", "%red", 0),
        ("successor", "%1", 1),
    ],
)  # fmt: skip
def test_counts_what_does_not_fit(
    catalogue: MakeCatalogue, name: str, pattern: str, passed: int
) -> None:
    made = catalogue(
        {"name": "ab", "color": "o1"}, {"name": "ac"}, {"name": "b"}, {"name": "d"},
        {"name": "\x02" + "x" * 200, "successor": "S2"},
    )  # fmt: skip
    with made.reading() as snapshot:
        assert rows_passed(snapshot, Like(made.operand(name), pattern)) == passed


def test_counts_nothing_where_one_scan_reads_all_rows(catalogue: MakeCatalogue) -> None:
    made = catalogue({"name": "a"}, {"name": "b"})
    patterns = [Like(made.operand("name"), f"%{letter}") for letter in "wxyz"]
    with made.reading() as snapshot:
        assert rows_passed(snapshot, And(tuple(patterns[:3]))) == 6
        assert rows_passed(snapshot, And(tuple(patterns))) == 0


def test_counts_every_pattern_in_every_scope(catalogue: MakeCatalogue) -> None:
    made = catalogue({"name": "a", f"name@{GERMAN}": "b"}, {"name": "c"}, {"successor": "S1"})
    name, successor = made.operand("name", GERMAN, ""), made.operand("successor")
    condition = And((Like(name, "%x"), Not(Like(successor, "%x"))))
    with made.reading() as snapshot:
        assert rows_passed(snapshot, condition) == 4
        assert rows_passed(snapshot, condition, visible=from_ids([1, 2])) == 3  # links are read
