"""The types that an import gives to the attributes it makes, by every cell of their columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.values.value import JsonNumber
from pims_api.services.imports.cells import read_cell
from pims_api.services.imports.column_plan import NewAttribute
from pims_api.services.imports.guessed_types import guessed_types
from pims_api.transfer.tables.table import Row

STRING, NUMBER, BOOLEAN = ValueType.STRING, ValueType.NUMBER, ValueType.BOOLEAN
DATE, MOMENT = ValueType.DATE, ValueType.DATETIME


def guessed(cells, *, collection=False, separator=None):
    rows = [Row(line, {"x": cell}) for line, cell in enumerate(cells, 2)]
    return guessed_types({"x": NewAttribute(collection, ("x",))}, rows, separator)["x"]


@pytest.mark.parametrize(
    ("case", "cells", "kind"),
    [
        ("prices", ["9.90", "19.90", "0.5", "-3", "100"], NUMBER),
        ("with spaces and gaps", [" 9.90 ", "", "  ", None, "12"], NUMBER),
        ("zero", ["0", "0.00", "-0.1"], NUMBER),
        ("no digit before the point", [".5", "-.25"], NUMBER),
        ("many decimals", ["19.989999999999998"], NUMBER),
        ("years", ["2024", "1999"], NUMBER),
        ("leading zeros", ["1", "007"], STRING),
        ("leading zeros and decimals", ["1", "00.5"], STRING),
        ("a plus, as of telephones", ["+49301234", "5"], STRING),
        ("exponents", ["1e5", "2"], STRING),
        ("decimal commas", ["9,90", "1"], STRING),
        ("units", ["5 kg", "6"], STRING),
        ("other digits", ["٣", "4"], STRING),
        ("GTIN-8", ["40170725", "96385074"], STRING),
        ("GTIN-12", ["036000291452"], STRING),
        ("GTIN-12 without leading zero", ["614141000036"], STRING),
        ("GTIN-13", ["4006381333931", "4006381333948"], STRING),
        ("GTIN-14", ["14006381333938"], STRING),
        ("GTINs of several lengths", ["40170725", "4006381333931"], STRING),
        ("GTINs and gaps", ["4006381333931", ""], STRING),
        ("eight digits among others", ["40170725", "12"], NUMBER),
        ("thirteen digits among others", ["4006381333931", "12"], STRING),
        ("eleven digits", ["12345678901", "1"], NUMBER),
        ("twenty digits", ["12345678901234567890"], STRING),
        ("more digits than a number has", ["0." + "1" * 41], STRING),
        ("flags", ["true", "FALSE", "True"], BOOLEAN),
        ("one flag", ["false"], BOOLEAN),
        ("flags and numbers", ["true", "1"], STRING),
        ("ones and zeros", ["1", "0"], NUMBER),
        ("letters", ["Y", "N"], STRING),
        ("dates", ["2024-02-29", " 2023-12-31"], DATE),
        ("a day that is none", ["2024-02-29", "2023-02-29"], STRING),
        ("German dates", ["31.12.2026"], STRING),
        ("moments", ["2024-02-13T13:42:17Z", "2024-02-13T13:42-05:00"], MOMENT),
        ("dates and moments", ["2024-02-13", "2024-02-13T13:42"], MOMENT),
        ("dates and numbers", ["2024-02-13", "2024"], STRING),
        ("text last", ["1"] * 1_000 + ["on request"], STRING),
        ("nothing", ["", "  ", None], STRING),
        ("no row", [], STRING),
        ("numbers of JSON", [JsonNumber("9.90"), JsonNumber("5")], NUMBER),
        ("long numbers of JSON, which no string takes", [JsonNumber("4006381333931")], NUMBER),
        ("numbers of JSON and text", [JsonNumber("9.90"), "cheap"], STRING),
        ("flags of JSON", [True, False, "true"], BOOLEAN),
        ("objects of JSON", [{"a": 1}], STRING),
        ("lists of JSON", [["1", "2"], ["3"]], NUMBER),
    ],
)
def test_a_type_fits_every_cell(case, cells, kind):
    assert guessed(cells) == kind, case


CELLS = st.sampled_from(
    [
        *("", " ", "0", "-1.50", ".5", "007", "+5", "1e5", "true", "FALSE", "y", "2024-02-29"),
        *("2024-02-30", "2024-02-13T13:42Z", "4006381333931", "40170725", "x", "9" * 41, "-", "."),
        *(JsonNumber("5"), JsonNumber("4006381333931"), JsonNumber("1e5"), True, False, None),
    ]
)


@given(st.lists(CELLS, max_size=4))
def test_whatever_is_guessed_takes_every_cell(cells):
    kind = guessed(cells)
    attribute = Attribute(100, "x", "x", kind)
    for cell in cells if kind is not STRING else ():
        if cell not in ("", None):
            read_cell(attribute, cell)


def test_elements_of_a_collection_are_looked_at_together():
    made = {
        "sizes": NewAttribute(True, ("sizes.0", "sizes.1")),
        "tags": NewAttribute(True, ("t.0",)),
    }
    rows = [Row(2, {"sizes.0": "1", "sizes.1": "x", "t.0": "1|2"}), Row(3, {"sizes.0": "2"})]
    assert guessed_types(made, rows, "|") == {"sizes": STRING, "tags": NUMBER}


def test_no_further_row_is_read_when_every_attribute_is_a_string():
    def rows():
        yield Row(2, {"x": "text"})
        raise AssertionError("A row too many is read.")

    assert guessed_types({"x": NewAttribute(False, ("x",))}, rows(), None) == {"x": STRING}
