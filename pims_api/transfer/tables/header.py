"""The header of a file: its column names, and the rows by these names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from pims_api.errors import BadInput, Fault
from pims_api.transfer.encoding import UNREADABLE
from pims_api.transfer.errors_file import ERROR_LINE, lost_cells
from pims_api.transfer.tables.table import CELL_CHARS_MAX, COLUMNS_MAX, Row

ROWS_PEEKED = 100
SHOWN_CHARS = 40  # of a cell in a message

_UNNAMED = "required"


class Header:
    """The column names of a CSV file or a sheet.

    names: one for each column from the first, "" where there is none. columns: the names alone.
    of_errors: whether the file holds rows that an import refused.
    """

    def __init__(self, cells: Sequence[str]) -> None:
        """Take the header's cells; spaces around names and empty cells at the end do not count.

        Raises BadInput, with every fault, when there are no names, too many, or one twice.
        """
        self.names = [cell.strip() for cell in cells]
        while self.names and not self.names[-1]:
            self.names.pop()
        self.columns = [name for name in self.names if name]
        self.width = len(self.names)
        self.of_errors = ERROR_LINE in self.columns
        faults = _header_faults(self.names)
        if faults:
            raise BadInput(faults=faults)

    def row(self, line: int, cells: Sequence[str], faults: Sequence[Fault] = ()) -> Row:
        """Return the row of these cells, with its faults."""
        rest = tuple(cells[self.width :])
        found = list(faults)
        if any(rest):
            found.append(_too_many(len(cells), self.width))
        if len(self.columns) == self.width:
            laid = dict(zip(self.names, cells, strict=False))
        else:
            found += self._unnamed(cells)
            laid = {name: cell for name, cell in zip(self.names, cells, strict=False) if name}
        found += _long_cells(laid)
        if self.of_errors:
            found += lost_cells(laid)
        return Row(line, laid, tuple(found), rest if any(rest) else ())

    def _unnamed(self, cells: Sequence[str]) -> Iterator[Fault]:
        for number, (name, cell) in enumerate(zip(self.names, cells, strict=False), start=1):
            if cell and not name:
                message = (
                    f"Column {number} has no name in the header but holds "
                    f"{cell[:SHOWN_CHARS]!r}: name it or delete it!"
                )
                yield Fault(_UNNAMED, message)


def refuse_unnamed(rows: Iterator[Row]) -> Iterator[Row]:
    """Return the rows again. Raises BadInput when the first ones use a column without a name.

    A column that a whole file uses is reported once, not for each of its rows.
    """
    first = list(islice(rows, ROWS_PEEKED))
    for row in first:
        unnamed = [fault for fault in row.faults if fault.code == _UNNAMED]
        if unnamed:
            raise BadInput(faults=unnamed)
    return chain(first, rows)


def _header_faults(names: Sequence[str]) -> list[Fault]:
    if not names:
        return [Fault("required", "The file has no header: its first row must name the columns!")]
    if len(names) > COLUMNS_MAX:
        message = f"A file has at most {COLUMNS_MAX} columns, this one has {len(names)}!"
        return [Fault("limit", message)]
    places = defaultdict(list)
    for number, name in enumerate(names, start=1):
        places[name].append(number)
    faults = _unreadable_names(names)
    return faults or [
        Fault("syntax", f"The column name {name[:SHOWN_CHARS]!r} is there {_times(numbers)}!")
        for name, numbers in places.items()
        if name and len(numbers) > 1
    ]


def _unreadable_names(names: Iterable[str]) -> list[Fault]:
    if any("\0" in name or UNREADABLE in name for name in names):
        message = "The header is no text in the file's encoding (is it UTF-16?): name the encoding!"
        return [Fault("syntax", message)]
    return []


def _times(numbers: Sequence[int]) -> str:
    listed = ", ".join(map(str, numbers[:5]))
    return f"{len(numbers)} times (columns {listed}{', …' if len(numbers) > 5 else ''})"


def _too_many(cells: int, columns: int) -> Fault:
    message = f"The row has {cells} cells, but the header names {columns} columns!"
    return Fault("syntax", message)


def _long_cells(cells: dict[str, str]) -> list[Fault]:
    return [
        Fault("limit", f"Column {name[:SHOWN_CHARS]!r} exceeds {CELL_CHARS_MAX} characters!")
        for name, cell in cells.items()
        if len(cell) > CELL_CHARS_MAX
    ]
