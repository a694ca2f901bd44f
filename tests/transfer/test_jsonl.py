"""JSON lines as scripts write them."""

import io

import pytest

from pims_api.domain.values.value import JsonNumber
from pims_api.errors import BadInput
from pims_api.transfer.jsonl import read as jsonl_read
from pims_api.transfer.read import open_table
from tests.transfer.files import cells_of, columns_of, messages_of, rows_of


def test_each_line_is_an_object_and_blank_lines_are_left_out():
    content = b'\xef\xbb\xbf\n{"sku": "A", "on": true}\r\n\n{"sku": "B", "tags": ["x"], "n": null}'
    assert [(row.line, row.cells) for row in rows_of(content)] == [
        (2, {"sku": "A", "on": True}),
        (4, {"sku": "B", "tags": ["x"], "n": None}),
    ]
    assert columns_of(content) is None


def test_numbers_keep_their_text():
    (row,) = cells_of(b'{"price": 100.00, "big": 12345678901234567890123}')
    assert row == {"price": "100.00", "big": "12345678901234567890123"}
    assert {type(number) for number in row.values()} == {JsonNumber}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"sku": "A",}', "The line is not JSON: column 13!"),
        (b'{"sku": "A", "sku": "B"}', "The key 'sku' is there twice in one object!"),
        (b"[1]", "The line must be a JSON object!"),
        (b'{"a": NaN}', "NaN is not a JSON value!"),
        (b'{"a": "\xff"}', "The line must be UTF-8 text!"),
        (b'{"a": "\\ud800"}', "Text cannot hold NUL or half of a surrogate pair!"),
        (b'{"a": ' + b"[" * 99, "The line is nested deeper than 32 levels!"),
    ],
)
def test_a_bad_line_is_a_fault_and_the_rest_goes_on(line, message):
    before, bad, after = rows_of(b'{"sku": "A"}\n' + line + b'\n{"sku": "B"}\n')
    assert (bad.line, messages_of(bad), bad.cells) == (2, [message], {})
    assert bad.rest == (line.decode("utf-8", "replace"),)
    assert (before.cells, after.cells, after.line) == ({"sku": "A"}, {"sku": "B"}, 3)


def test_a_line_too_long_is_a_fault_and_the_rest_goes_on(monkeypatch):
    monkeypatch.setattr(jsonl_read, "LINE_BYTES_MAX", 100)
    bad, after, last = rows_of(
        b'{"a": "' + b"x" * 500 + b'"}\n{"sku": "B"}\n{"a": "' + b"x" * 500, format="jsonl"
    )
    assert messages_of(bad) == messages_of(last) == ["The line exceeds 100 bytes!"]
    assert (after.line, after.cells) == (2, {"sku": "B"})


@pytest.mark.parametrize("content", [b'[\n{"sku": "A"}\n]', b'\n\n[{"sku": "A"}]', b'{\n"sku": 1}'])
def test_one_json_document_is_refused_with_the_way_out(content):
    with pytest.raises(BadInput, match="JSON lines hold one object a line"):
        rows_of(content, format="jsonl")


def test_utf_16_is_refused():
    with pytest.raises(BadInput, match="JSON lines must be UTF-8, this file is UTF-16!"):
        rows_of('{"a": 1}'.encode("utf-16"), format="jsonl")


def test_position_goes_from_nothing_to_the_size():
    content = b'{"sku": "A"}\n' * 10
    with open_table(io.BytesIO(content)) as table:
        assert [table.position() for _ in table.rows] == [13 * n for n in range(1, 11)]
        assert table.size == 130
