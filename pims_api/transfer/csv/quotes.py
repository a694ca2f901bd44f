"""What a CSV file's quotes say beyond the csv module: where they are broken, and what may be meant.

The module reads strictly (RFC 4180): a quote that begins a cell is closed by one before a delimiter
or the end of the line, and doubled within. Here is what it does not tell of a row it refuses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pims_api.transfer.csv.dialect import Dialect

SHOWN_CHARS = 60  # of a cell in a message

_LINE_ENDS = ("\r", "\n", "")


@dataclass(frozen=True, slots=True)
class LenientCells:
    """The cells of a text that is read leniently.

    doubtful: the places of those with odd quotes. left_open: whether a quote of one never closes.
    """

    cells: list[str]
    doubtful: list[int]
    left_open: bool = False


class BrokenCell(NamedTuple):
    """A cell whose quotes are broken. place: of its column, from 0. start: of its text."""

    place: int
    start: int
    text: str


class Quotes:
    """The cells of a dialect, read one after the other."""

    def __init__(self, dialect: Dialect) -> None:
        self._delimiter, self._quote = dialect.delimiter, dialect.quote
        self._ends = (dialect.delimiter, *_LINE_ENDS)
        delimiter, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
        quoted = f"{quote}(?:[^{quote}]++|{quote}{quote})*+{quote}"
        bare = f"(?!{quote})[^{delimiter}\r\n]*+"
        self._strict = re.compile(f"(?:{quoted}|{bare})(?={delimiter}|\r|\n|\\Z)")
        self._bare = re.compile(f"[^{delimiter}\r\n]*+")
        self._escaped = re.compile(rf"\\{quote}|{quote}{quote}")

    def broken_cell(self, text: str) -> BrokenCell:
        """Return the first cell of a record that its quotes do not end, its text cut to be shown.

        >>> Quotes(Dialect(",", '"')).broken_cell('T1,"5 in,x')
        BrokenCell(place=1, start=3, text='"5 in,x')
        """
        at, place = 0, 0
        while (found := self._strict.match(text, at)) and text[found.end() : found.end() + 1]:
            at, place = found.end() + 1, place + 1
        return BrokenCell(place, at, text[at : at + SHOWN_CHARS].rstrip("\r\n"))

    def has_width(self, line: str, width: int) -> bool:
        """Return whether a line by itself would be a row of so many cells.

        >>> Quotes(Dialect(",", '"')).has_width('T2,7" screen,x', 3)
        True
        """
        return line.count(self._delimiter) == width - 1

    def read_leniently(self, text: str) -> LenientCells | None:
        r"""Return the cells of whole lines; None if a line ends before the last cell does.

        A quote that begins a cell is closed by one before a delimiter or the end of the line. If
        there is none up to where the next cell opens, the cell is taken as it stands.

        >>> Quotes(Dialect(",", '"')).read_leniently('T1,"17" screen","Big" pipe\n')
        LenientCells(cells=['T1', '17" screen', '"Big" pipe'], doubtful=[1, 2], left_open=True)
        """
        cells: list[str] = []
        doubtful: list[int] = []
        at, left_open = 0, False
        while True:
            strict = self._strict.match(text, at) is not None
            cell, at = self._cell(text, at)
            if not strict:
                doubtful.append(len(cells))
                left_open |= cell.startswith(self._quote)
            cells.append(cell)
            if text[at : at + 1] != self._delimiter:
                ended = not text[at:].lstrip("\r\n")
                return LenientCells(cells, doubtful, left_open) if ended else None
            at += 1

    def _cell(self, text: str, at: int) -> tuple[str, int]:
        """Return the cell that begins at a place, and where it ends."""
        if text.startswith(self._quote, at):
            closing = self._closing(text, at + 1)
            if closing >= 0:
                return self._escaped.sub(self._quote, text[at + 1 : closing]), closing + 1
        found = self._bare.match(text, at)
        return (found[0], found.end()) if found else ("", at)

    def _closing(self, text: str, start: int) -> int:
        """Return where the quote stands that closes a cell, or -1."""
        quote, ends = self._quote, self._ends
        at = text.find(quote, start)
        while at >= 0:
            after = text[at + 1 : at + 2]
            if after in ends:
                return at
            if text[at - 1] == self._delimiter and at > start:
                return -1  # another cell opens here
            if after == quote:
                if text[at - 1] == "\\" and text[at + 2 : at + 3] in ends:
                    return at + 1
                at += 1
            at = text.find(quote, at + 1)
        return -1


def columns_at(names: Sequence[str], places: Sequence[int]) -> list[str]:
    """Return the names of columns by their places; one without a name by its number.

    >>> columns_at(["sku"], [0, 1])
    ["'sku'", '2']
    """
    return [repr(names[one]) if one < len(names) and names[one] else str(one + 1) for one in places]
