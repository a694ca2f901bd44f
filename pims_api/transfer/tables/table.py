"""An open file of any format: its columns and a stream of its rows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pims_api.errors import BadInput, Fault

Format = Literal["csv", "xlsx", "jsonl"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx", "jsonl")

COLUMNS_MAX = 20_000  # columns of one file
CELL_CHARS_MAX = 1_000_000  # characters of one cell

# A cell of CSV and XLSX is text; one of JSON lines is any JSON value, its numbers as JsonNumber.
Cell = Any


class Row(NamedTuple):
    """One row of a file.

    line: where it begins, counted from 1: the line of a CSV or JSON lines file, the row of a sheet.
    cells: column → text (CSV, XLSX) or JSON value. An empty cell is ""; a cell that the row does
    not have (a short CSV row, a key that the JSON object lacks) is absent.
    faults: why the row cannot be used; other rows are not affected.
    rest: what belongs to no column: cells beyond the header, a line that cannot be read.
    notes: how it was read, where that may not be what was meant.
    """

    line: int
    cells: dict[str, Cell]
    faults: tuple[Fault, ...] = ()
    rest: tuple[str, ...] = ()
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """The detected properties of a file.

    encoding: what `codecs` calls it; UTF-8 where a format has no other. guessed: whether nothing
    but the lack of a better one speaks for it. delimiter: of CSV. notes: sentences for the sender
    about how the file was read.
    """

    encoding: str = "utf-8"
    guessed: bool = False
    delimiter: str = ","
    notes: tuple[str, ...] = ()


PLAIN = Manner()


class Table:
    """An open file.

    format: what it turned out to be. columns: the names in its header, None for JSON lines.
    rows: can be walked once, while the file is open; blank rows are left out. size: the bytes that
    there are to read (of an XLSX file those of the unpacked sheet). manner: how it is written.
    """

    def __init__(
        self,
        kind: Format,
        columns: list[str] | None,
        rows: Iterator[Row],
        size: int,
        position: Callable[[], int],
        manner: Manner = PLAIN,
    ) -> None:
        self.format = kind
        self.columns = columns
        self.rows = rows
        self.size = size
        self.manner = manner
        self._position = position

    @property
    def notes(self) -> list[Fault]:
        """Return the notes of `manner` as warnings."""
        return [Fault("range", one) for one in self.manner.notes]

    @contextmanager
    def notes_in_refusals(self) -> Iterator[None]:
        """Add the notes to a BadInput raised in the block: they may be its reason."""
        try:
            yield
        except BadInput as error:
            raise BadInput(faults=[*error.faults, *self.notes]) from error

    def position(self) -> int:
        """Return how many of `size` bytes have been read, for a progress bar."""
        return min(self._position(), self.size)
