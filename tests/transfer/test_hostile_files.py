"""Whatever a file holds, it is read or refused: no other error, and no end of it."""

import io
from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from pims_api.errors import BadInput
from pims_api.transfer.errors_file import open_errors_file
from pims_api.transfer.file_format import FileFormat
from pims_api.transfer.read import open_table
from tests.transfer.files import sheet_with, written

SAMPLES = {kind: written(kind, ["sku", "b"], [["A", "=x"], ["B", "ü"]]) for kind in ("csv", "xlsx")}
ENCODINGS = st.sampled_from([None, "utf-8", "utf-16", "utf-16-be", "utf-32", "cp1252", "shift_jis"])
CSV_PIECES = st.sampled_from([b'"', b"'", b",", b";", b"\r", b"\n", b"\0", b"\xff", b"a", b"\xef"])
XML_PIECES = st.sampled_from(
    [
        *("<row>", '<row r="3">', "</row>", "<c>", '<c t="s">', '<c t="b">', '<c t="e">', "</c>"),
        *('<c s="1">', '<c t="d">', '<c t="inlineStr">', '<c t="?">', '<c r="C">', "<is>", "</is>"),
        *(
            "<t>",
            "</t>",
            "<v>",
            "</v>",
            "<f>",
            "</f>",
            "<rPh>",
            "</rPh>",
            "1",
            "-2.5e3",
            "a",
            "&lt;",
        ),
    ]
)


def read_all(content: bytes, how: FileFormat) -> None:
    """Read a file and write each of its rows to an errors file of its format."""
    with suppress(BadInput), open_table(io.BytesIO(content), how) as table:
        with open_errors_file(table.format, io.BytesIO(), table.columns) as errors:
            for row in table.rows:
                errors.write(row)
        assert 0 <= table.position() <= table.size


@given(st.binary(max_size=200), st.sampled_from([None, "csv", "xlsx", "jsonl"]), ENCODINGS)
def test_any_bytes(content, kind, encoding):
    read_all(content, FileFormat(format=kind, encoding=encoding))


@given(st.lists(CSV_PIECES, max_size=40).map(b"".join), ENCODINGS)
def test_any_punctuation_of_csv(content, encoding):
    read_all(content, FileFormat(format="csv", encoding=encoding))


@given(st.sampled_from(sorted(SAMPLES)), st.integers(0, 3000), st.integers(0, 255))
@example(kind="xlsx", place=-5, byte=9)  # the place of the directory, in the last bytes
def test_any_byte_of_a_good_file_changed(kind, place, byte):
    content = bytearray(SAMPLES[kind])
    content[place % len(content)] = byte
    read_all(bytes(content), FileFormat(format=kind))


@given(st.lists(XML_PIECES, max_size=30).map("".join))
def test_any_xml_in_a_sheet(rows):
    name = '<row><c t="inlineStr"><is><t>a</t></is></c></row>'
    read_all(sheet_with(name + rows), FileFormat())


@given(st.lists(st.sampled_from(sorted(b'{}[]":,\n\\u0ea1.-')), max_size=40).map(bytes))
def test_any_punctuation_of_json_lines(content):
    read_all(content, FileFormat(format="jsonl"))
