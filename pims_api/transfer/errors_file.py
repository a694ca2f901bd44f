"""The errors file: refused rows with their faults, to be corrected and imported again."""

import codecs
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from pims_api.errors import Fault
from pims_api.transfer.tables.table import PLAIN, Format, Manner, Row
from pims_api.transfer.write import TableWriter, open_writer
from pims_api.transfer.xlsx import CELL_UNITS_MAX

ERROR_LINE = "error_line"
ERROR_MESSAGE = "error_message"
ERROR_TEXT = "error_text"  # JSON lines only: a line that is no JSON object
ERROR_CELLS = "error_cells"  # JSON lines of a CSV file or a sheet: cells beyond the last column
ERROR_COLUMNS = (ERROR_LINE, ERROR_MESSAGE, ERROR_TEXT, ERROR_CELLS)  # an import ignores them

_MESSAGE_CHARS_MAX = 10_000
_SHEET_CHARS_MAX = CELL_UNITS_MAX // 2  # of a cell that would be too long for a sheet


_LOST = "\N{REPLACEMENT CHARACTER}"


def lost_cells(cells: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for each cell whose unreadable bytes are not corrected yet."""
    return [
        Fault("syntax", f"Column {name[:40]!r} holds {_LOST} for bytes that were lost: correct it!")
        for name, cell in cells.items()
        if isinstance(cell, str) and _LOST in cell and name not in ERROR_COLUMNS
    ]


class ErrorsFile:
    """A writer of refused rows. count: the rows written."""

    def __init__(self, kind: Format, writer: TableWriter, columns: Sequence[str] | None) -> None:
        self.count = 0
        self._kind = kind
        self._columns = columns or ()
        self._rest = ERROR_TEXT if columns is None else ERROR_CELLS
        self._write = writer.write

    def write(self, row: Row, messages: Iterable[str] = ()) -> None:
        """Write the row as it came, with its line and all messages, those of row.faults first.

        A cell too long for a sheet is cut.
        """
        self.count += 1
        told = dict.fromkeys([*(fault.message for fault in row.faults), *messages])
        error = {ERROR_LINE: row.line, ERROR_MESSAGE: " ".join(told)[:_MESSAGE_CHARS_MAX]}
        if self._kind == "jsonl":
            self._write(error | self._kept(row.rest) | _without_errors(row.cells))
            return
        cells = [*error.values(), *(row.cells.get(name) for name in self._columns), *row.rest]
        self._write(cells if self._kind == "csv" else [_fit(cell) for cell in cells])

    def _kept(self, rest: Sequence[str]) -> dict[str, Any]:
        """Return the cells for text in no column: a whole line, or cells beyond the last one."""
        if not rest:
            return {}
        return {self._rest: rest[0] if self._rest == ERROR_TEXT else list(rest)}


@contextmanager
def open_errors_file(
    kind: Format, stream: BinaryIO, columns: Sequence[str] | None, manner: Manner = PLAIN
) -> Iterator[ErrorsFile]:
    """Open an errors file in a format, with the columns and the manner of what was imported.

    CSV has the delimiter of the file that was imported, and a byte order mark if that was not plain
    UTF-8, so that the same program opens both. JSON lines, whose columns are None, make no table.
    Its line and message come first, so that cells beyond the last column stay where they were.
    """
    own = [name for name in columns or () if name not in ERROR_COLUMNS]
    written = None if kind == "jsonl" else [ERROR_LINE, ERROR_MESSAGE, *own]
    if kind == "csv" and manner.encoding != PLAIN.encoding:
        stream.write(codecs.BOM_UTF8)
    with open_writer(kind, stream, written, manner.delimiter) as writer:
        yield ErrorsFile(kind, writer, own if columns is not None else None)


def _without_errors(cells: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in cells.items() if name not in ERROR_COLUMNS}


def _fit(cell: Any) -> Any:
    too_long = isinstance(cell, str) and len(cell) > _SHEET_CHARS_MAX
    return cell[:_SHEET_CHARS_MAX] if too_long else cell
