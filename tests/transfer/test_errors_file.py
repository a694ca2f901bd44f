"""The errors file can be corrected and imported again."""

import io

from pims_api.errors import Fault
from pims_api.transfer.errors_file import ERROR_COLUMNS, open_errors_file
from pims_api.transfer.table import Row
from tests.transfer.files import cells_of, columns_of, rows_of, written


def errors_of(kind, columns, *refused):
    stream = io.BytesIO()
    with open_errors_file(kind, stream, columns) as errors:
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
