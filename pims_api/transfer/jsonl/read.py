"""The reader of JSON lines: one JSON object a line."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from pims_api.domain.values.json_text import read_object
from pims_api.errors import BadInput, Fault
from pims_api.transfer.errors_file import ERROR_LINE, ERROR_TEXT, lost_cells
from pims_api.transfer.tables.table import Row, Table

LINE_BYTES_MAX = 8 * 1024 * 1024
LINE_SHOWN_CHARS = 100_000  # of a line that cannot be read, kept for the errors file

_WHITE = b" \t\r\n"
_LOST = "\N{REPLACEMENT CHARACTER}"
_LOST_TEXT = f"The line holds {_LOST} where bytes were no UTF-8: correct them!"


@contextmanager
def open_jsonl(stream: BinaryIO, size: int) -> Iterator[Table]:
    """Open a seekable stream as a table without columns. Raises BadInput as `open_table` does."""
    _check_beginning(stream)
    yield Table("jsonl", None, _rows(stream), size, stream.tell)


def _check_beginning(stream: BinaryIO) -> None:
    """Refuse JSON that is not in lines; leave the stream where the first line begins."""
    stream.seek(0)
    head = stream.read(65_536)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadInput("JSON lines must be UTF-8, this file is UTF-16!")
    start = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    first_line = head[start:].lstrip(_WHITE).partition(b"\n")[0].strip(_WHITE)
    if first_line.startswith(b"[") or first_line == b"{":
        raise BadInput(
            "This is one JSON document. JSON lines hold one object a line, without a list around "
            "them and without commas between them!"
        )
    stream.seek(start)


def _rows(stream: BinaryIO) -> Iterator[Row]:
    number = 0
    while line := stream.readline(LINE_BYTES_MAX):
        number += 1
        if len(line) == LINE_BYTES_MAX and not line.endswith(b"\n"):
            _skip_line(stream)
            message = f"The line exceeds {LINE_BYTES_MAX} bytes!"
            yield Row(number, {}, (Fault("limit", message),))
        elif line.strip(_WHITE) and not _is_blank(line):
            yield _row(number, line)


def _is_blank(line: bytes) -> bool:
    """Return whether a line holds nothing but white space, such as no-break spaces."""
    return not line.startswith(b"{") and line.decode("utf-8", "replace").isspace()


def _skip_line(stream: BinaryIO) -> None:
    while line := stream.readline(LINE_BYTES_MAX):
        if line.endswith(b"\n"):
            return


def _row(number: int, line: bytes) -> Row:
    try:
        found = read_object(line)
        text = found.get(ERROR_TEXT)
        if not isinstance(text, str) or not text:
            return Row(number, found, tuple(lost_cells(found)) if ERROR_LINE in found else ())
        line = text.encode("utf-8", "surrogatepass")
        return _corrected(number, text, read_object(line))
    except BadInput as error:
        faults = tuple(Fault(fault.code, _of_a_line(fault.message)) for fault in error.faults)
        text = line.decode("utf-8", "replace").strip("\r\n")
        return Row(number, {}, faults, (text[:LINE_SHOWN_CHARS],))


def _corrected(number: int, text: str, found: dict[str, Any]) -> Row:
    """Return the row of a line of an errors file that was unreadable and is corrected."""
    if _LOST in text:
        return Row(number, {}, (Fault("syntax", _LOST_TEXT),), (text[:LINE_SHOWN_CHARS],))
    return Row(number, found)


def _of_a_line(message: str) -> str:
    """Return the message about a JSON body as one about a line."""
    return message.replace("body", "line").replace("line 1, ", "")
