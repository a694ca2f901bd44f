"""The errors file can be corrected and imported again."""

import io

from pims_api.errors import Fault
from pims_api.transfer.errors_file import ERROR_COLUMNS, open_errors_file
from pims_api.transfer.tables.table import Manner, Row
from tests.transfer.files import cells_of, columns_of, messages_of, rows_of, written


def errors_of(kind, columns, *refused, **manner):
    stream = io.BytesIO()
    with open_errors_file(kind, stream, columns, Manner(**manner)) as errors:
        for row, messages in refused:
            errors.write(row, messages)
        assert errors.count == len(refused)
    return stream.getvalue()


def test_csv_and_xlsx_keep_the_cells_and_tell_line_and_messages():
    row = Row(7, {"sku": "=A", "title": "x\r\ny"}, (Fault("type", "Bad!"),))
    for kind in ("csv", "xlsx"):
        content = errors_of(kind, ["sku", "title"], (row, ["Worse!", "Bad!"]))
        assert columns_of(content) == ["error_line", "error_message", "sku", "title"]
        told = {"error_line": "7", "error_message": "Bad! Worse!"}
        assert cells_of(content) == [told | row.cells]


def test_json_lines_keep_numbers_and_the_text_of_lines_that_are_no_json():
    good, bad = rows_of(b'{"sku": "A", "price": 1.50}\n{"sku": }\n')
    content = errors_of("jsonl", None, (good, ["No such product!"]), (bad, []))
    assert content.decode().splitlines() == [
        '{"error_line":1,"error_message":"No such product!","sku":"A","price":1.50}',
        '{"error_line":2,"error_message":"The line is not JSON: column 9!",'
        '"error_text":"{\\"sku\\": }"}',
    ]


def test_cells_beyond_the_header_are_kept_too():
    for kind in ("csv", "xlsx"):
        (row,) = rows_of(written("csv", ["a", "b"], [["1", "2", "3", "4"]]))
        (again,) = rows_of(errors_of(kind, ["a", "b"], (row, [])))
        assert (again.cells["a"], again.cells["b"], again.rest) == ("1", "2", ("3", "4"))
        assert again.cells["error_message"] == row.faults[0].message


def test_errors_of_an_errors_file_take_the_place_of_the_old_ones():
    for kind in ("csv", "xlsx", "jsonl"):
        first = errors_of(kind, ["sku"], (Row(7, {"sku": "A"}), ["Old!"]))
        (row,) = rows_of(first)
        columns = None if kind == "jsonl" else columns_of(first)
        (again,) = cells_of(errors_of(kind, columns, (row, ["New!"])))
        assert (again["error_message"], str(again["error_line"])) == ("New!", str(row.line))
        assert set(again) <= {"sku", *ERROR_COLUMNS}


def test_a_text_too_long_for_a_sheet_is_cut_there_and_nowhere_else():
    row = Row(2, {"a": "=" * 40_000}, (Fault("limit", "Too long!"),))
    assert len(cells_of(errors_of("xlsx", ["a"], (row, [])))[0]["a"]) == 16_383
    assert cells_of(errors_of("csv", ["a"], (row, [])))[0]["a"] == row.cells["a"]


def test_csv_keeps_the_delimiter_and_has_a_mark_where_the_input_was_not_plain_utf_8():
    row = Row(2, {"sku": "Ö", "title": "a,b"})
    plain = errors_of("csv", ["sku", "title"], (row, ["Bad!"]), delimiter=";")
    assert plain.decode() == "error_line;error_message;sku;title\r\n2;Bad!;Ö;a,b\r\n"
    marked = errors_of("csv", ["sku", "title"], (row, ["Bad!"]), delimiter=";", encoding="cp1252")
    assert marked == b"\xef\xbb\xbf" + plain
    assert cells_of(marked, encoding="cp1252")[0]["sku"] == "Ö"


def test_json_lines_of_a_table_keep_cells_beyond_the_header():
    (row,) = rows_of(b"a,b\n1,2,3\n")
    (again,) = rows_of(errors_of("jsonl", ["a", "b"], (row, [])))
    assert (again.cells["a"], again.cells["error_cells"], again.faults) == ("1", ["3"], ())


def test_a_line_that_could_not_be_read_counts_once_it_is_corrected():
    (bad,) = rows_of(b'{"sku": "A", "title": }\n', format="jsonl")
    errors = errors_of("jsonl", None, (bad, []))
    (still_bad,) = rows_of(errors)
    assert (still_bad.rest, messages_of(still_bad)) == (bad.rest, messages_of(bad))
    (corrected,) = rows_of(errors.replace(b"}", b'\\"Rod\\"}', 1))
    assert (corrected.line, corrected.cells) == (1, {"sku": "A", "title": "Rod"})


def test_a_line_whose_bytes_were_lost_is_not_taken_as_it_is():
    (bad,) = rows_of(b'{"sku": "Gr\xf6\xdfe"}\n')
    (again,) = rows_of(errors_of("jsonl", None, (bad, [])))
    assert messages_of(again) == ["The line holds � where bytes were no UTF-8: correct them!"]


def test_a_cell_whose_bytes_were_lost_has_to_be_corrected():
    *_, bad = rows_of("sku,title\nA,Öl\nB,Öl\n".encode() + b"C,\xd6l\n")
    for kind in ("csv", "xlsx", "jsonl"):
        (again,) = rows_of(errors_of(kind, ["sku", "title"], (bad, [])))
        told = ["Column 'title' holds � for bytes that were lost: correct it!"]
        assert (messages_of(again), again.cells["sku"]) == (told, "C")
