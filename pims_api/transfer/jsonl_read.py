"""Read JSON lines: one JSON object a line."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from pims_api.domain.json_text import read_object
from pims_api.errors import BadInput, Fault
from pims_api.transfer.table import Row, Table

LINE_BYTES_MAX = 8 * 1024 * 1024
LINE_SHOWN_CHARS = 100_000  # of a line that cannot be read, kept for the errors file

_WHITE = b" \t\r\n"


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
        elif line.strip(_WHITE):
            yield _row(number, line)


def _skip_line(stream: BinaryIO) -> None:
    while line := stream.readline(LINE_BYTES_MAX):
        if line.endswith(b"\n"):
            return


def _row(number: int, line: bytes) -> Row:
    try:
        return Row(number, read_object(line))
    except BadInput as error:
        faults = tuple(Fault(fault.code, _of_a_line(fault.message)) for fault in error.faults)
        text = line.decode("utf-8", "replace").strip("\r\n")
        return Row(number, {}, faults, (text[:LINE_SHOWN_CHARS],))


def _of_a_line(message: str) -> str:
    """Say of a line what is said of a body, which it is to the reader of JSON."""
    return message.replace("body", "line").replace("line 1, ", "")
