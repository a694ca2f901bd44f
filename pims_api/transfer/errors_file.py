"""The errors file: rows that were refused, and why, to be corrected and imported again."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from pims_api.transfer.table import Format, Row
from pims_api.transfer.write import TableWriter, open_writer
from pims_api.transfer.xlsx.write import CELL_UNITS_MAX

ERROR_LINE = "error_line"
ERROR_MESSAGE = "error_message"
ERROR_TEXT = "error_text"  # JSON lines only: a line that is no JSON object
ERROR_COLUMNS = (ERROR_LINE, ERROR_MESSAGE, ERROR_TEXT)  # an importer ignores them

_MESSAGE_CHARS_MAX = 10_000
_SHEET_CHARS_MAX = CELL_UNITS_MAX // 2  # of a cell that would be too long for a sheet


class ErrorsFile:
    """Takes refused rows, one at a time. `count` is how many it has taken."""

    def __init__(self, kind: Format, writer: TableWriter, columns: Sequence[str]) -> None:
        self.count = 0
        self._kind = kind
        self._columns = columns
        self._write = writer.write

    def write(self, row: Row, messages: Iterable[str] = ()) -> None:
        """Write the row as it came, with its line and all messages, those of row.faults first.

        A cell too long for a sheet is cut.
        """
        self.count += 1
        told = dict.fromkeys([*(fault.message for fault in row.faults), *messages])
        error = {ERROR_LINE: row.line, ERROR_MESSAGE: " ".join(told)[:_MESSAGE_CHARS_MAX]}
        if self._kind == "jsonl":
            self._write(error | _text(row) | _without_errors(row.cells))
            return
        cells = [*error.values(), *(row.cells.get(name) for name in self._columns), *row.rest]
        self._write(cells if self._kind == "csv" else [_fit(cell) for cell in cells])


@contextmanager
def open_errors_file(
    kind: Format, stream: BinaryIO, columns: Sequence[str] | None
) -> Iterator[ErrorsFile]:
    """Open an errors file in the format, and with the columns, of the file that was imported.

    Its line and message come first, so that cells beyond the last column stay where they were.
    """
    own = [name for name in columns or () if name not in ERROR_COLUMNS]
    written = None if kind == "jsonl" else [ERROR_LINE, ERROR_MESSAGE, *own]
    with open_writer(kind, stream, written) as writer:
        yield ErrorsFile(kind, writer, own)


def _text(row: Row) -> dict[str, str]:
    return {ERROR_TEXT: row.rest[0]} if row.rest else {}


def _without_errors(cells: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in cells.items() if name not in ERROR_COLUMNS}


def _fit(cell: Any) -> Any:
    too_long = isinstance(cell, str) and len(cell) > _SHEET_CHARS_MAX
    return cell[:_SHEET_CHARS_MAX] if too_long else cell
