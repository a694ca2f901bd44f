"""CSV as people have it."""

import io

import pytest

from pims_api.errors import BadInput
from pims_api.transfer.file_format import FileFormat
from pims_api.transfer.read import open_table
from pims_api.transfer.tables.table import Manner
from tests.transfer.files import cells_of, columns_of, messages_of, rows_of

SHOP = [{"sku": "A-1", "title": "Größe 5"}, {"sku": "A-2", "title": "Nut, M5"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_encoding_line_ends_delimiter_and_quote_are_found_out(encoding, end, delimiter, quote):
    records = [["sku", "title"], ["A-1", "Größe 5"], ["A-2", "Nut, M5"]]
    lines = [delimiter.join(f"{quote}{cell}{quote}" for cell in record) for record in records]
    assert cells_of((end.join(lines) + end).encode(encoding)) == SHOP


def test_excel_for_germany_saves_semicolons_and_cp1252():
    content = "sku;Preis, €;Breite\r\nA-1;12,50;3,5\r\nA-2;;4,0\r\n".encode("cp1252")
    assert cells_of(content) == [
        {"sku": "A-1", "Preis, €": "12,50", "Breite": "3,5"},
        {"sku": "A-2", "Preis, €": "", "Breite": "4,0"},
    ]


def test_one_odd_byte_at_the_very_end_makes_the_whole_file_cp1252():
    content = b"sku\n" + b"A\n" * 100_000 + b"Gr\xf6\xdfe\n"
    assert rows_of(content)[-1].cells == {"sku": "Größe"}


MIXED = (
    "The row holds bytes that are not UTF-8; the rest of the file is: correct the cell with � in "
    "it, or name the file's encoding!"
)


@pytest.mark.parametrize("last", [b"Gr\xf6\xdfe\n", b"Gr\xc3"])
def test_odd_bytes_among_utf_8_are_a_fault_of_their_row_alone(last):
    *others, odd = rows_of(b"sku\n" + "Größe\n".encode() * 100_000 + last)
    assert {(row.cells["sku"], row.faults) for row in others} == {("Größe", ())}
    assert (odd.line, messages_of(odd)) == (100_002, [MIXED])


def test_a_guessed_encoding_is_told():
    note = "The file was read as cp1252, for it is not UTF-8: the option encoding says otherwise."
    with open_table(io.BytesIO(b"sku;title\nA;\xd6l\n")) as table:
        assert table.manner == Manner("cp1252", guessed=True, delimiter=";", notes=(note,))
    for content, how in ((b"sku\nA\n", {}), (b"sku\n\xd6l\n", {"encoding": "cp1252"})):
        with open_table(io.BytesIO(content), FileFormat(**how)) as table:
            assert (table.manner.guessed, table.notes) == (False, [])


def test_a_utf_8_mark_counts_for_more_than_what_is_told():
    assert cells_of("\ufeffsku\nÖl\n".encode(), encoding="cp1252") == [{"sku": "Öl"}]


@pytest.mark.parametrize(
    ("given", "expected"), [("utf-8", "M\N{REPLACEMENT CHARACTER}b"), ("mac-roman", "M^b")]
)
def test_the_encoding_can_be_told(given, expected):
    (row,) = rows_of("sku\nM\xf6b\n".encode("latin-1"), encoding=given)
    assert row.cells == {"sku": expected.replace("^", "ˆ")}


def test_bytes_that_are_no_text_are_a_fault_of_their_row():
    first, second = rows_of(b"sku\nM\x81b\nB\n")
    assert messages_of(first) == [
        "The row holds bytes that are no cp1252 text: name the file's encoding!"
    ]
    assert (second.cells, second.faults) == ({"sku": "B"}, ())


def test_nul_is_a_fault_of_its_row():
    first, second = rows_of(b"sku,title\nA,x\0y\nB,z\n")
    assert (first.line, messages_of(first)) == (
        2,
        ["The row holds a NUL character, which is no text!"],
    )
    assert (second.line, second.faults) == (3, ())


@pytest.mark.parametrize("encoding", ["klingon", "base64", "idna", "rot13", "undefined", "", "\0"])
def test_an_unknown_encoding_is_refused(encoding):
    with pytest.raises(BadInput, match="is unknown: use utf-8"):
        rows_of(b"sku\nA\n", encoding=encoding, format="csv")


@pytest.mark.parametrize(("what", "given"), [("delimiter", ""), ("quote", "ab"), ("quote", "\n")])
def test_a_delimiter_and_a_quote_are_one_character(what, given):
    with pytest.raises(BadInput, match=f"The {what} must be one character"):
        rows_of(b"sku\nA\n", **{what: given})


def test_a_told_delimiter_is_taken():
    assert cells_of(b"a,b#c\n1,2#3\n", delimiter="#") == [{"a,b": "1,2", "c": "3"}]


def test_excels_line_about_the_separator_is_understood():
    assert [(row.line, row.cells) for row in rows_of(b"sep=|\r\na;x|b\r\n1;|2\r\n")] == [
        (3, {"a;x": "1;", "b": "2"})
    ]


def test_a_file_of_one_column_is_not_split():
    assert cells_of(b"title\nBolt, red\nNut, blue\n") == [
        {"title": "Bolt, red"},
        {"title": "Nut, blue"},
    ]


def test_the_records_decide_between_delimiters_that_are_both_in_the_header():
    assert columns_of(b"size, mm;weight, kg;sku\n1;2;A\n3;4;B\n") == [
        "size, mm",
        "weight, kg",
        "sku",
    ]


def test_an_empty_column_at_the_end_does_not_count():
    assert cells_of(b"sku,title,,\nA,x,,\nB,y\nC\n") == [
        {"sku": "A", "title": "x"},
        {"sku": "B", "title": "y"},
        {"sku": "C"},
    ]


def test_a_row_knows_the_line_on_which_it_begins():
    rows = rows_of(b'\n\nsku,title\n\nA,"two\nlines"\n,,\n\nB,x\r\n"C",\n')
    assert [(row.line, row.cells["sku"]) for row in rows] == [(5, "A"), (9, "B"), (10, "C")]
    assert rows[0].cells["title"] == "two\nlines"


def test_a_row_with_too_many_cells_is_at_fault_and_the_next_is_not():
    first, second = rows_of(b"sku,title\nA,b,c,d\nB,x\n")
    assert messages_of(first) == ["The row has 4 cells, but the header names 2 columns!"]
    assert (first.cells, first.rest) == ({"sku": "A", "title": "b"}, ("c", "d"))
    assert (second.cells, second.faults) == ({"sku": "B", "title": "x"}, ())


def test_columns_of_one_name_are_all_told():
    with pytest.raises(BadInput) as refused:
        rows_of(b"a,b,a,b,c,a\n1,2,3,4,5,6\n")
    assert [fault.message for fault in refused.value.faults] == [
        "The column name 'a' is there 3 times (columns 1, 3, 6)!",
        "The column name 'b' is there 2 times (columns 2, 4)!",
    ]


def test_a_column_without_a_name_is_refused_when_it_holds_something():
    assert cells_of(b"a,,b\n1,,2\n") == [{"a": "1", "b": "2"}]
    with pytest.raises(BadInput, match="Column 2 has no name in the header but holds 'x': name it"):
        rows_of(b"a,,b\n1,,2\n1,x,2\n")


def test_a_column_without_a_name_that_is_used_late_is_a_fault_of_that_row():
    *others, last = rows_of(b"a,,b\n" + b"1,,2\n" * 200 + b"1,x,2\n")
    assert [row for row in others if row.faults] == []
    assert messages_of(last) == [
        "Column 2 has no name in the header but holds 'x': name it or delete it!"
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'a,b\n1,"x\n2,3\n', 2),
        (b'a,b\n1,2\n3,"x\ny",4\n5,"6\n', 5),
        (b'a,b\n1,"x\ny","z\n', 3),
        (b'"a,b\n1', 1),
    ],
)
def test_a_quote_that_is_never_closed_is_refused_with_its_line(content, line):
    message = f"The quote that opens on line {line} is never closed"
    with pytest.raises(BadInput, match=message):
        rows_of(content, delimiter=",")


@pytest.mark.parametrize("content", [b"\n", b"\r\n\r\n", b",,\n", b"\xef\xbb\xbf", b"  \n"])
def test_a_file_without_a_header_is_refused(content):
    with pytest.raises(BadInput, match="The file has no header"):
        rows_of(content)


def test_an_empty_file_is_refused():
    with pytest.raises(BadInput, match="The file is empty!"):
        rows_of(b"")


def test_a_header_alone_is_a_table_without_rows():
    assert (columns_of(b"sku;title"), rows_of(b"sku;title")) == (["sku", "title"], [])


def test_utf_16_without_its_mark_is_refused_with_the_way_out():
    content = "sku,title\nA,x\n".encode("utf-16-le")
    with pytest.raises(BadInput, match=r"\(is it UTF-16\?\): name the encoding!"):
        rows_of(content)
    assert cells_of(content, encoding="utf-16-le") == [{"sku": "A", "title": "x"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_told_encoding_may_come_with_its_mark_or_without(encoding, mark):
    writer = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(encoding, encoding)
    content = f"{mark}sku,title\nA,Größe\n".encode(writer)
    assert cells_of(content, encoding=encoding, format="csv") == [{"sku": "A", "title": "Größe"}]


def test_spaces_around_names_do_not_count_and_those_around_values_do():
    assert cells_of(b"sku , title\nA , x\n") == [{"sku": "A ", "title": " x"}]
