"""The CSV writer, for spreadsheets and scripts (RFC 4180)."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any, BinaryIO

from pims_api.transfer.tables.cell_text import cell_text
from pims_api.transfer.tables.row_cells import Cells, in_order

# RFC 4180. Excel and every reader of CSV take it; a bare LF in a cell stays within its quotes.
_LINE_END = "\r\n"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.\- ]+")


@contextmanager
def open_csv_writer(
    stream: BinaryIO, columns: Sequence[str], delimiter: str = ","
) -> Iterator["_CsvWriter"]:
    """Open a writer, as `open_writer` says."""
    text = TextIOWrapper(stream, "utf-8", newline="")
    try:
        yield _CsvWriter(text, columns, delimiter)
    finally:
        text.flush()
        text.detach()


class _CsvWriter:
    def __init__(self, text: TextIOWrapper, columns: Sequence[str], delimiter: str) -> None:
        self._columns = columns
        self._write_row = self._writer(text, delimiter, csv.QUOTE_MINIMAL)
        self._write_header(text, delimiter)

    def write(self, cells: Cells) -> None:
        self._write_row([cell_text(cell) for cell in in_order(cells, self._columns)])

    def _writer(self, text: TextIOWrapper, delimiter: str, quoting: Any) -> Any:
        made = csv.writer(text, delimiter=delimiter, lineterminator=_LINE_END, quoting=quoting)
        return made.writerow

    def _write_header(self, text: TextIOWrapper, delimiter: str) -> None:
        """Write the names; all in quotes if one holds what a reader could take for a delimiter."""
        names: list[Any] = [cell_text(name) for name in self._columns]
        plain = all(_PLAIN_NAME.fullmatch(name) for name in names)
        if plain:
            self._write_row(names)
        else:
            self._writer(text, delimiter, csv.QUOTE_ALL)(names)
