"""What is written reads back equal, in every format, for every text that a value can be."""

import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from pims_api.domain.values.value import JsonNumber
from pims_api.transfer.read import open_table
from pims_api.transfer.tables.formula import disarm, rearm
from pims_api.transfer.xlsx.cells.escapes import escape, unescape
from tests.transfer.files import cells_of, columns_of, written

PIECES = [
    *"=+-@\t\r\n'\",;| _x\ufeff\x01\x1f\x7f\x85\u2028\ufffe\uffff\U0001f600ä<&>0A5",
    "_x0041_",
    "_x005F_",
    "]]>",
    "\r\n",
    "-5",
    "''",
]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
)
NAMES = TEXTS.map(str.strip).filter(bool)


def _is_no_blank_row(row):
    return any(map(str.strip, row.values()))


@st.composite
def tables(draw):
    columns = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    row = st.fixed_dictionaries(dict.fromkeys(columns, TEXTS)).filter(_is_no_blank_row)
    return columns, draw(st.lists(row, max_size=4))


@given(tables())
@example((["\ufeffsku", "b"], [{"\ufeffsku": "\ufeff", "b": " x "}]))
@example((["a;b"], [{"a;b": "1;2"}, {"a;b": "3"}]))
@example((["'a'"], [{"'a'": "'b'"}]))
@example((["sep=;"], [{"sep=;": "sep=,"}]))
def test_csv_gives_back_every_text(table):
    columns, rows = table
    content = written("csv", columns, rows)
    assert columns_of(content, format="csv") == columns
    assert cells_of(content, format="csv") == rows


@given(tables())
def test_xlsx_gives_back_every_text(table):
    columns, rows = table
    content = written("xlsx", columns, rows)
    assert columns_of(content) == columns
    assert cells_of(content) == rows


@given(tables())
def test_json_lines_give_back_every_text(table):
    columns, rows = table
    if not rows:
        return
    content = written("jsonl", columns, rows)
    assert cells_of(content, format="jsonl") == rows


@given(TEXTS)
@example("''=")
@example("'-5")
@example("'-5x")
def test_disarming_can_be_undone_for_every_text(text):
    assert rearm(disarm(text)) == text
    assert not disarm(text).startswith(("=", "+", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_text_that_a_spreadsheet_would_run_is_marked_in_the_file(text):
    assert disarm(text) == f"'{text}"
    assert f"'{text}".encode() in written("csv", ["a"], [[text]])


@pytest.mark.parametrize("text", ["-5", "-5.25", "5-", "'tis", "a=b", "", "x@example.com"])
def test_other_text_is_left_as_it_is(text):
    assert disarm(text) == text


def test_numbers_are_never_marked():
    assert written("csv", ["a"], [[JsonNumber("-5.0")], [JsonNumber("+5")]]) == (
        b"a\r\n-5.0\r\n+5\r\n"
    )


@given(TEXTS)
@example("_x0041_x0042_")
@example("_x0041\x01")
def test_escaping_can_be_undone_for_every_text(text):
    assert unescape(escape(text)) == text


def test_values_that_are_no_text_are_written_as_text_in_csv():
    row = [JsonNumber("100.00"), True, False, None, ["a", "b"], 7]
    assert written("csv", list("abcdef"), [row]) == (
        b'a,b,c,d,e,f\r\n100.00,true,false,,"[""a"",""b""]",7\r\n'
    )


def test_json_lines_keep_the_digits_of_numbers_and_the_kinds_of_values():
    row = {"a": JsonNumber("100.00"), "b": True, "c": None, "d": ["x", JsonNumber("1e400")]}
    content = written("jsonl", None, [row])
    assert content == b'{"a":100.00,"b":true,"c":null,"d":["x",1e400]}\n'
    assert cells_of(content) == [row]


def test_json_lines_leave_out_what_the_row_does_not_have_and_what_is_no_column():
    assert written("jsonl", ["a", "b"], [{"c": 1, "b": 2}]) == b'{"b":2}\n'


def test_csv_takes_rows_by_name_and_leaves_out_what_is_no_column():
    assert written("csv", ["a", "b"], [{"c": 1, "b": 2}]) == b"a,b\r\n,2\r\n"


def test_xlsx_writes_a_number_as_one_only_when_no_digit_is_lost():
    numbers = ["12.1", "100.00", "-5", "12345678901234567890", "0.1", "+5", ".5"]
    content = written("xlsx", ["a"], [[JsonNumber(number)] for number in numbers])
    sheet = load_workbook(io.BytesIO(content)).active
    kinds = [cell.data_type for (cell,) in sheet.iter_rows(min_row=2)]
    assert kinds == ["n", "s", "n", "s", "n", "s", "s"]
    assert [row["a"] for row in cells_of(content)] == numbers


def test_other_programs_read_our_workbooks():
    content = written("xlsx", ["sku", "on"], [["=1+1", True], ["007", False], [" <ä&>\n ", None]])
    sheet = load_workbook(io.BytesIO(content)).active
    assert list(sheet.values) == [
        ("sku", "on"),
        ("'=1+1", True),
        ("007", False),
        (" <ä&>\n ", None),
    ]
    assert {cell.number_format for (cell, _) in sheet.iter_rows()} == {"@"}


def test_rows_in_order_need_columns():
    assert written("jsonl", ["a", "b"], [[1]]) == b'{"a":1}\n'
    with pytest.raises(TypeError, match="cells must come by name"):
        written("jsonl", None, [[1]])
    with pytest.raises(TypeError, match="csv needs columns"):
        written("csv", None, [])


def test_a_file_without_rows_has_its_columns():
    for kind in ("csv", "xlsx"):
        with open_table(io.BytesIO(written(kind, ["sku", "title"], []))) as table:
            assert (table.format, table.columns, list(table.rows)) == (kind, ["sku", "title"], [])
