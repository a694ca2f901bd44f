"""Options for reading a file, and the detection of its format."""

import codecs
from dataclasses import dataclass

from pims_api.errors import BadInput, Fault
from pims_api.transfer.tables.table import Format

LENIENT = "lenient"
QUOTES = ("strict", LENIENT)


@dataclass(frozen=True, slots=True)
class FileFormat:
    """The options for reading a file. An option that is None is detected from the file.

    format: csv, xlsx or jsonl. CSV only: delimiter and quote, one character each; quotes, strict or
    lenient (strict when not given); encoding, a name Python knows (`utf-8`, `cp1252`, …). XLSX
    only: sheet, its name or its number from 1;
    the first one when not given.
    """

    format: Format | None = None
    delimiter: str | None = None
    quote: str | None = None
    quotes: str | None = None
    encoding: str | None = None
    sheet: str | int | None = None


_OLD_EXCEL = (
    "The file is an old Excel workbook (.xls) or one protected by a password: save it as .xlsx "
    "without a password!"
)
_OTHER_KINDS = (
    (b"\xd0\xcf\x11\xe0", _OLD_EXCEL),
    (b"\x1f\x8b", "The file is packed with gzip: unpack it first!"),
    (b"%PDF", "The file is a PDF document, no table: save it as CSV or .xlsx!"),
)
_HTML = (b"<html", b"<!doctype html", b"<table", b"<?xml")
_ZIP = b"PK"
_JSON_LINES_NAMES = (".jsonl", ".ndjson", ".json")
_CSV_NAMES = (".csv", ".tsv", ".tab")


def find_format(head: bytes, name: str) -> Format:
    """Return the format of a file that begins with `head`, by its content, then by its name.

    Raises BadInput for a file that is evidently of another kind.

    >>> find_format(b'{"sku": "A"}', "products.txt"), find_format(b"sku;title", "products.xlsx")
    ('jsonl', 'csv')
    """
    for beginning, message in _OTHER_KINDS:
        if head.startswith(beginning):
            raise BadInput(faults=[Fault("type", message)])
    if head.startswith(_ZIP) and head[2:4] in (b"\x03\x04", b"\x05\x06"):
        return "xlsx"
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.lower().startswith(_HTML):
        message = "The file is a web page or XML, no table: save it as CSV or .xlsx!"
        raise BadInput(faults=[Fault("type", message)])
    if name.lower().endswith(_JSON_LINES_NAMES):
        return "jsonl"
    looks_json = text.startswith((b'{"', b"{ ", b"[{")) and not name.lower().endswith(_CSV_NAMES)
    return "jsonl" if looks_json else "csv"
