"""The writer of a file of rows in any of the formats."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Protocol

from pims_api.transfer.csv.write import open_csv_writer
from pims_api.transfer.jsonl.write import JsonlWriter
from pims_api.transfer.tables.row_cells import Cells
from pims_api.transfer.tables.table import Format


class TableWriter(Protocol):
    """A writer of rows."""

    def write(self, cells: Cells) -> None:
        """Write one row: cells by column name (others are left out), or in the columns' order.

        None and "" are an empty cell; in JSON lines None is null and an absent name stays absent.
        """


@contextmanager
def open_writer(
    kind: Format, stream: BinaryIO, columns: Sequence[str] | None, delimiter: str = ","
) -> Iterator[TableWriter]:
    """Open a writer onto a binary stream, which stays open; the file is whole after the block.

    Memory does not grow with the rows. columns: required for CSV and XLSX; with JSON lines None
    writes each row's own keys. Cells: text, JsonNumber, int, Decimal, bool, None; a list or an
    object is written as JSON. What is written reads back equal with `open_table`, except that every
    cell of CSV and XLSX comes back as text, that rows without any text are left out as blank, and
    that spaces around column names do not count.

    CSV: UTF-8 without a byte order mark, the delimiter, a header line, CRLF. XLSX: one sheet, whose
    text cells stay text when somebody edits them; dates are ISO text; a number is a number cell
    when it reads back digit for digit, else text. JSON lines: UTF-8, one object a line, exact
    numbers.
    Text that a spreadsheet would run as a formula gets a leading apostrophe in CSV and XLSX, which
    reading takes away again.

    Raises BadInput for what XLSX cannot hold: too many rows or columns, too long a cell.
    """
    if kind == "jsonl":
        yield JsonlWriter(stream, columns)
        return
    if columns is None:
        raise TypeError(f"{kind} needs columns")
    if kind == "csv":
        with open_csv_writer(stream, columns, delimiter) as csv_writer:
            yield csv_writer
    else:
        # Commands that write no sheet would wait for this import.
        from pims_api.transfer.xlsx.write import open_xlsx_writer

        with open_xlsx_writer(stream, columns) as xlsx_writer:
            yield xlsx_writer
