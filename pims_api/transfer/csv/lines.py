"""The lines of a CSV file with limits on their length, for the csv module.

The csv module only knows where a record ends; this iterator keeps the text that it reads within
limits, and knows when the file ends within a record.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TextIO

from pims_api.transfer.tables.formula import MARK
from pims_api.transfer.tables.table import CELL_CHARS_MAX

RECORD_CHARS_MAX = 16_000_000  # characters of one record, its quoted line breaks included


class RecordTooLongError(Exception):
    """The record exceeds RECORD_CHARS_MAX and was skipped. next_line: what comes after it."""

    def __init__(self, next_line: int) -> None:
        super().__init__(next_line)
        self.next_line = next_line


class OpenQuoteError(Exception):
    """The file ends within quotes, in the record whose lines `CsvLines.record` has."""


class CsvLines:
    """An iterator of lines. The reader calls `begin_record` after each whole record.

    record: the lines of the record so far. begun: the number of the first. spent: their characters.
    special: it may hold a marked or an overlong cell. bears_open_ends: whether a quote may stay
    open to the end of the file.
    """

    __slots__ = (
        "_again",
        "_quote",
        "_text",
        "bears_open_ends",
        "begun",
        "record",
        "special",
        "spent",
    )

    def __init__(self, text: TextIO, quote: str, *, bears_open_ends: bool = False) -> None:
        self._text = text
        self._quote = quote
        self._again: deque[str] = deque()
        self.bears_open_ends = bears_open_ends
        self.record: list[str] = []
        self.begun = 0
        self.spent = 0
        self.special = False

    def begin_record(self) -> None:
        self.spent = 0
        self.special = False

    def lines(self, first_line: int) -> Iterator[str]:
        """Yield the remaining lines, the first of which has this number.

        Raises RecordTooLongError, after which `lines` is to be called anew, and OpenQuoteError.
        """
        number = first_line
        for line in self.remaining():
            if not self.spent:
                self.record, self.begun = [line], number
            else:
                self.record.append(line)
            self.spent += len(line)
            if self.spent > CELL_CHARS_MAX:
                self._check_record(line, number)
            elif MARK in line:
                self.special = True
            yield line
            number += 1
        if self.spent and not self.bears_open_ends:
            raise OpenQuoteError

    def remaining(self) -> Iterator[str]:
        """Yield the remaining lines without looking at them; `read_again` may take some back."""
        while self._again:
            yield self._again.popleft()
        yield from iter(partial(self._text.readline, RECORD_CHARS_MAX), "")

    def read_again(self, lines: Iterable[str]) -> None:
        """Take back lines, to be the next ones."""
        self._again.extendleft(reversed(list(lines)))

    def _check_record(self, line: str, number: int) -> None:
        self.special = True
        if self.spent >= RECORD_CHARS_MAX:
            continued = self.spent > len(line)
            raise RecordTooLongError(number + self._skip_record(line, continued))

    def _skip_record(self, line: str, within_quotes: bool) -> int:
        """Read on to the end of the line on which all quotes are closed; return how many lines."""
        skipped = 0
        while line:
            within_quotes ^= line.count(self._quote) % 2 == 1
            if line[-1] in "\r\n":
                skipped += 1
                if not within_quotes:
                    return skipped
            line = self._text.readline(RECORD_CHARS_MAX)
        if within_quotes:
            raise OpenQuoteError
        return skipped + 1
