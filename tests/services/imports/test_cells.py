"""Cells of files as values, and what is said of those that are none."""

import pytest

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.values.value import JsonNumber
from pims_api.services.imports.cells import read_cell


def attribute(kind, **more):
    return Attribute(100, "x", "x", kind, **more)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (ValueType.NUMBER, " 12.50\u00a0", "12.50"),
        (ValueType.NUMBER, JsonNumber("100.00"), "100.00"),
        (ValueType.NUMBER, "  ", None),
        (ValueType.BOOLEAN, " TRUE", True),
        (ValueType.DATE, " 2026-12-31", "2026-12-31"),
        (ValueType.DATETIME, "2026-12-31T10:00 ", "2026-12-31T10:00"),
        (ValueType.STRING, " as it is ", " as it is "),
    ],
)
def test_space_counts_in_text_only(kind, cell, value):
    assert read_cell(attribute(kind), cell) == value


def test_elements_are_read_alike():
    assert read_cell(attribute(ValueType.NUMBER, collection=True), [" 1", "2 "]) == ["1", "2"]


@pytest.mark.parametrize("yes", ["yes", "Yes", "JA", "oui", "WAHR", "Vrai", "sí", "true", "1"])
def test_flags_are_read_in_some_languages(yes):
    assert read_cell(attribute(ValueType.BOOLEAN), yes) is True


@pytest.mark.parametrize("no", ["no", "No", "NEIN", "non", "FALSCH", "faux", "false", "0"])
def test_so_are_their_opposites(no):
    assert read_cell(attribute(ValueType.BOOLEAN, collection=True), [no]) == [False]


NUMBER, DATE = (ValueType.NUMBER, "a number"), (ValueType.DATE, "a date that exists")
TIMED = ": {} has a time, which a date has not: write 2026-12-31"
BARE = "without thousands separators"


@pytest.mark.parametrize(
    ("kind", "cell", "way_out"),
    [
        (NUMBER, "12,345.60", f": write 12,345.60 {BARE}: 12345.60"),
        (NUMBER, "1.234.567,5", f": write 1.234.567,5 {BARE}: 1234567.5"),
        (NUMBER, "12'345", f": write 12'345 {BARE}: 12345"),
        (NUMBER, "12\u202f345", f": write 12\u202f345 {BARE}: 12345"),
        (NUMBER, "12,345", f": write 12,345 {BARE}: 12345, or with a decimal point: 12.345"),
        (NUMBER, "-0,5", ": write -0,5 with a decimal point: -0.5"),
        (NUMBER, "4.0E+12", ": 4.0E+12 was shortened: write all its digits"),
        (DATE, "31.12.2026", ": write 31.12.2026 as 2026-12-31"),
        (DATE, "12/31/26", ": write 12/31/26 as year-month-day, such as 2026-12-31"),
        (DATE, "2026-12-31T00:00:00", TIMED.format("2026-12-31T00:00:00")),
        (DATE, "2026-12-31 10:00", TIMED.format("2026-12-31 10:00")),
        (DATE, "45000", ": 45000 is a number: format the cell as a date, or write YYYY-MM-DD"),
        (DATE, "31.02.2026", ", written YYYY-MM-DD"),
    ],
)
def test_a_cell_that_is_no_value_is_told_with_the_way_out(kind, cell, way_out):
    kind, expected = kind
    with pytest.raises(ValueError, match="a") as caught:
        read_cell(attribute(kind), cell)
    assert str(caught.value) == expected + way_out
