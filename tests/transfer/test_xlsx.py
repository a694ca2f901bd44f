"""XLSX as spreadsheets and other programs write it."""

import io
import tracemalloc
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pims_api.errors import BadInput
from pims_api.transfer.read import open_table
from pims_api.transfer.write import open_writer
from tests.transfer.files import (
    SHEET,
    cells_of,
    columns_of,
    messages_of,
    rows_of,
    sheet_with,
    with_part,
    written,
)

NAME_A = '<row><c t="inlineStr"><is><t>a</t></is></c></row>'


def saved(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def sheet_of(*rows, formats=None) -> bytes:
    """Return a workbook as openpyxl writes it: shared strings, styles and all."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    for place, code in (formats or {}).items():
        workbook.active[place].number_format = code
    return saved(workbook)


def value_of(cell, number_format=None):
    """Return what a cell reads as."""
    formats = {"A2": number_format} if number_format else {}
    ((text,),) = [row.values() for row in cells_of(sheet_of(["a"], [cell], formats=formats))]
    return text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Größe 5", "Größe 5"),
        (" x ", " x "),
        ("007", "007"),
        (12.1, "12.1"),
        (0.1 + 0.2, "0.3"),
        (3.0, "3"),
        (3, "3"),
        (-0.0, "0"),
        (-4.50, "-4.5"),
        (4006381333931, "4006381333931"),
        (1e-7, "0.0000001"),
        (1.5e20, "150000000000000000000"),
        (True, "true"),
        (False, "false"),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29), "2024-02-29"),  # noqa: DTZ001
        (datetime(2024, 2, 29, 13, 5, 6), "2024-02-29T13:05:06"),  # noqa: DTZ001
        (datetime(1900, 1, 1), "1900-01-01"),  # noqa: DTZ001
        (datetime(1900, 3, 1), "1900-03-01"),  # noqa: DTZ001
        (datetime(9999, 12, 31), "9999-12-31"),  # noqa: DTZ001
        (time(8, 30), "08:30:00"),
        (timedelta(hours=30, minutes=5), "30:05:00"),
    ],
)
def test_a_cell_reads_as_a_person_sees_it(cell, text):
    assert value_of(cell) == text


@pytest.mark.parametrize(
    ("number_format", "text"),
    [
        ("00000000", "00000042"),
        ("dd.mm.yyyy", "1900-02-11"),
        ("[$-407]d. mmmm yyyy;@", "1900-02-11"),
        ('0.00 "mm"', "42"),
        ("[Red]0.0", "42"),
        ("0.00E+00", "42"),
        ("#,##0 \\d", "42"),
        ("[h]:mm", "1008:00:00"),
        ("General", "42"),
    ],
)
def test_a_format_makes_a_date_or_leading_zeros_of_a_number(number_format, text):
    assert value_of(42, number_format) == text


def test_whole_numbers_keep_all_their_digits():
    row = "<row><c><v>1234567890123456789</v></c></row>"
    assert cells_of(sheet_with(NAME_A + row)) == [{"a": "1234567890123456789"}]


def test_shared_strings_are_read_with_their_runs_and_escapes():
    row = '<row><c t="s"><v>1</v></c></row><row><c t="s"><v>0</v></c></row>'
    strings = "<si><t>a_x000D__x005F_x0041_</t></si><si><r><t>b</t></r><r><t> c</t></r></si>"
    content = sheet_with(NAME_A + row, strings)
    assert cells_of(content) == [{"a": "b c"}, {"a": "a\r_x0041_"}]


def test_dates_may_count_from_1904():
    workbook = Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    workbook.active.append(["a"])
    workbook.active.append([date(2024, 2, 29)])
    assert cells_of(saved(workbook)) == [{"a": "2024-02-29"}]


def test_rich_text_is_its_text():
    rich = CellRichText("M", TextBlock(InlineFont(b=True), "5 "), "bolt")
    assert value_of(rich) == "M5 bolt"


def test_spreadsheet_errors_are_faults_of_their_row_and_name_the_cell():
    first, second = rows_of(sheet_of(["a", "b", "c"], ["x", "#N/A", "#DIV/0!"], ["y", 1, 2]))
    assert messages_of(first) == [
        "Cell B2 holds the spreadsheet error #N/A!",
        "Cell C2 holds the spreadsheet error #DIV/0!!",
    ]
    assert first.cells == {"a": "x", "b": "#N/A", "c": "#DIV/0!"}
    assert second.faults == ()


def test_a_formula_gives_its_stored_result():
    row = '<row><c t="str"><f>A1</f><v>x_x000D_y</v></c><c><f>1+1</f><v>2</v></c></row>'
    names = (
        '<row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>'
    )
    assert cells_of(sheet_with(names + row)) == [{"a": "x\ry", "b": "2"}]


def test_a_formula_without_a_stored_result_is_a_fault():
    (row,) = rows_of(sheet_of(["a"], ["=1+1"]))
    assert messages_of(row) == [
        "Cell A2 is a formula without a stored result: save the file in Excel!"
    ]


def test_a_row_knows_its_number_in_the_sheet_and_blank_rows_are_left_out():
    content = sheet_of([], ["sku", "title"], [], ["A", None], [None, None], ["B", "x"])
    assert [(row.line, row.cells) for row in rows_of(content)] == [
        (4, {"sku": "A", "title": ""}),
        (6, {"sku": "B", "title": "x"}),
    ]


def test_cells_beyond_the_header_are_a_fault_and_kept():
    (row,) = rows_of(sheet_of(["a", "b"], ["1", "2", None, "4"]))
    assert messages_of(row) == ["The row has 4 cells, but the header names 2 columns!"]
    assert row.rest == ("", "4")


def test_columns_of_one_name_and_without_a_name_are_refused():
    with pytest.raises(BadInput, match=r"'a' is there 2 times \(columns 1, 3\)"):
        rows_of(sheet_of(["a", "b", "a"], ["1"]))
    with pytest.raises(BadInput, match="Column 2 has no name in the header but holds 'x'"):
        rows_of(sheet_of(["a", None, "c"], ["1", "x"]))


def test_an_empty_sheet_is_refused():
    with pytest.raises(BadInput, match="The file has no header"):
        rows_of(sheet_of())


def test_a_header_with_an_error_is_refused():
    with pytest.raises(BadInput, match="Cell B1 holds the spreadsheet error #REF!"):
        rows_of(sheet_of(["a", "#REF!"], ["1"]))


@pytest.mark.parametrize(
    ("wanted", "column"), [(None, "a"), ("First", "a"), ("2", "b"), (2, "b"), ("1", "c")]
)
def test_a_sheet_is_told_by_name_or_by_number(wanted, column):
    workbook = Workbook()
    workbook.active.title = "First"
    workbook.active.append(["a"])
    workbook.create_sheet("Second").append(["b"])
    workbook.create_sheet("1").append(["c"])
    assert columns_of(saved(workbook), sheet=wanted) == [column]


@pytest.mark.parametrize("wanted", ["Third", 0, 3, "9" * 5000])
def test_an_unknown_sheet_is_refused_with_the_known_ones(wanted):
    workbook = Workbook()
    workbook.active.title = "First"
    workbook.create_sheet("Second")
    with pytest.raises(BadInput, match="Its sheets: 'First', 'Second'!"):
        rows_of(saved(workbook), sheet=wanted)


def test_prefixes_the_strict_namespace_and_missing_places_are_understood():
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    row = '<x:row><x:c t="inlineStr"><x:is><x:t>{}</x:t></x:is></x:c></x:row>'
    xml = (
        f'<x:worksheet xmlns:x="{main}"><x:sheetData>{row.format("a")}{row.format("1")}'
        "</x:sheetData></x:worksheet>"
    )
    content = with_part(written("xlsx", ["sku"], []), SHEET, xml.encode())
    assert [(row.line, row.cells) for row in rows_of(content)] == [(2, {"a": "1"})]


def test_dates_may_be_stored_as_iso_text():
    cells = '<c t="d"><v>2024-02-29T00:00:00</v></c>', '<c t="d"><v>2024-02-29T13:05:06Z</v></c>'
    content = sheet_with(NAME_A + "".join(f"<row>{cell}</row>" for cell in cells))
    assert cells_of(content) == [{"a": "2024-02-29"}, {"a": "2024-02-29T13:05:06Z"}]


def test_half_a_surrogate_pair_becomes_a_replacement_character_and_a_whole_one_its_character():
    cell = '<c t="inlineStr"><is><t>x_xD83D__xDE00__xD83D_</t></is></c>'
    ((text,),) = [row.values() for row in cells_of(sheet_with(f"{NAME_A}<row>{cell}</row>"))]
    assert text == "x\N{GRINNING FACE}\N{REPLACEMENT CHARACTER}"


def test_a_workbook_is_found_without_the_relations_of_the_package():
    content = with_part(written("xlsx", ["sku"], [["A"]]), "_rels/.rels", None)
    assert cells_of(content) == [{"sku": "A"}]


def test_a_sheet_beyond_two_gigabytes_is_refused(monkeypatch):
    monkeypatch.setattr("pims_api.transfer.xlsx.write.UNPACKED_BYTES_MAX", 2 * 1024**2)
    with pytest.raises(BadInput, match="The sheet exceeds 0 GB: save it as CSV or JSON lines"):
        written("xlsx", ["a"], [["x" * 1000]] * 2_000)


def test_phonetic_hints_are_no_text():
    cell = '<c t="inlineStr"><is><t>東</t><rPh sb="0" eb="1"><t>ヒガシ</t></rPh></is></c>'
    assert columns_of(sheet_with(f"<row>{cell}</row>")) == ["東"]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("<c><v>twelve</v></c>", "Cell A2 holds 'twelve', which is no number or date!"),
        ("<c><v>NaN</v></c>", "Cell A2 holds 'NaN', which is no number or date!"),
        ("<c><v>1E999999999</v></c>", "Cell A2 holds '1E999999999', which is no number or date!"),
        ('<c t="s"><v>7</v></c>', "Cell A2 refers to a text that the workbook lacks!"),
        ('<c t="s"><v>-1</v></c>', "Cell A2 refers to a text that the workbook lacks!"),
    ],
)
def test_cells_that_make_no_sense_are_faults_of_their_row(cell, message):
    bad, good = rows_of(sheet_with(f"{NAME_A}<row>{cell}</row><row><c><v>1</v></c></row>"))
    assert messages_of(bad) == [message]
    assert (good.cells, good.faults) == ({"a": "1"}, ())


@pytest.mark.parametrize("number", ["60", "-1", "2958466", "1E400", "NaN", "sNaN", "x"])
def test_numbers_that_are_no_date_are_faults(number):
    content = sheet_of(["a"], [date(2024, 1, 1)])
    sheet = with_value(content, b"<v>45292</v>", f"<v>{number}</v>".encode())
    (row,) = rows_of(sheet)
    assert messages_of(row) == [f"Cell A2 holds {number!r}, which is no number or date!"]


def with_value(content: bytes, old: bytes, new: bytes) -> bytes:

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read(SHEET)
    assert old in sheet
    return with_part(content, SHEET, sheet.replace(old, new))


def test_a_text_longer_than_a_cell_holds_is_refused_with_its_place():
    message = (
        "Row 3, column 'b': an XLSX cell holds at most 32767 characters, this text has 32768: "
        "save it as CSV or JSON lines instead!"
    )
    long = "x" * 32_767
    assert cells_of(written("xlsx", ["a", "b"], [["1", long]])) == [{"a": "1", "b": long}]
    for text in (long + "x", "\N{GRINNING FACE}" * 16_384):
        with pytest.raises(BadInput, match=message):
            written("xlsx", ["a", "b"], [["1", "2"], ["1", text]])


def test_too_many_columns_and_rows_are_refused(monkeypatch):
    with pytest.raises(BadInput, match="A sheet has at most 16384 columns, these are 16385"):
        written("xlsx", [f"c{n}" for n in range(16_385)], [])
    monkeypatch.setattr("pims_api.transfer.xlsx.write.ROWS_MAX", 3)
    with pytest.raises(BadInput, match="A sheet has at most 3 rows: save it as CSV"):
        written("xlsx", ["a"], [["1"]] * 3)


def test_position_goes_from_nothing_to_the_size():
    content = written("xlsx", ["a"], [[f"text {n}"] for n in range(5_000)])
    with open_table(io.BytesIO(content)) as table:
        places = [table.position() for _ in table.rows]
        assert places == sorted(places)
        assert 0 < places[0] < table.size / 2
        assert table.position() == table.size


def test_memory_does_not_grow_with_the_sheet(tmp_path):
    path = tmp_path / "shop.xlsx"
    tracemalloc.start()
    try:
        with path.open("wb") as stream, open_writer("xlsx", stream, ["sku", "title"]) as writer:
            for number in range(10_000):
                writer.write([f"A-{number}", f"{number} " * 500])
        with open_table(path) as table:
            assert sum(1 for _ in table.rows) == 10_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert table.size > 25_000_000
    assert peak < 8_000_000


def test_nul_is_a_fault_of_its_row():
    cell = '<row><c t="inlineStr"><is><t>{}</t></is></c></row>'
    first, second = rows_of(sheet_with("".join(map(cell.format, ("sku", "a_x0000_b", "c")))))
    assert messages_of(first) == ["Cell A2 holds a NUL character, which is no text!"]
    assert (second.cells, second.faults) == ({"sku": "c"}, ())
