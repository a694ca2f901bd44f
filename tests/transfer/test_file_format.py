"""Which format a file has: its content says, then its name."""

import io

import pytest

from pims_api.errors import BadInput
from pims_api.transfer.file_format import FileFormat, find_format
from pims_api.transfer.read import open_table
from tests.transfer.files import written


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (b"PK\x03\x04", "shop.csv", "xlsx"),
        (b"sku;title", "shop.xlsx", "csv"),
        (b"PKW;title", "cars.csv", "csv"),
        (b'{"sku": 1}', "", "jsonl"),
        (b'\xef\xbb\xbf\n{ "sku": 1}', "shop.txt", "jsonl"),
        (b'{"a",b', "shop.csv", "csv"),
        (b"oops", "shop.JSONL", "jsonl"),
        (b"oops", "shop.ndjson", "jsonl"),
        (b"sku", "shop", "csv"),
    ],
)
def test_content_then_name_decide(head, name, expected):
    assert find_format(head, name) == expected


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", r"old Excel workbook \(.xls\)"),
        (b"\x1f\x8b\x08", "packed with gzip: unpack it first"),
        (b"%PDF-1.7", "PDF document"),
        (b"\n<HTML><body>", "a web page or XML"),
        (b"<?xml version='1.0'?>", "a web page or XML"),
    ],
)
def test_files_of_other_kinds_are_refused_with_the_way_out(head, message):
    with pytest.raises(BadInput, match=message):
        find_format(head, "shop.xls")


def test_the_name_of_a_stream_counts(tmp_path):
    path = tmp_path / "shop.jsonl"
    path.write_bytes(b"oops\n")
    with path.open("rb") as stream, open_table(stream) as table:
        assert table.format == "jsonl"


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_workbook_told_to_be_text_does_not_break_the_reader(kind):
    content = written("xlsx", ["sku"], [["A"]])
    with (
        pytest.raises(BadInput),
        open_table(io.BytesIO(content), FileFormat(format="csv")) as table,
    ):
        list(table.rows)
    with open_table(io.BytesIO(content), FileFormat(format="jsonl")) as table:
        assert all(row.faults for row in table.rows)


def test_text_told_to_be_a_workbook_is_refused():
    with pytest.raises(BadInput, match="The file is no XLSX workbook: it cannot be unpacked!"):
        open_table(io.BytesIO(b"sku\nA\n"), FileFormat(format="xlsx")).__enter__()
