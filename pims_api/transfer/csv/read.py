"""The CSV reader, for the dialects and encodings of spreadsheets and scripts."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import accumulate, islice
from typing import TYPE_CHECKING, BinaryIO, TextIO

from pims_api.errors import BadInput, Fault, Subject
from pims_api.transfer.csv.dialect import Dialect, find_dialect
from pims_api.transfer.csv.lines import (
    RECORD_CHARS_MAX,
    CsvLines,
    OpenQuoteError,
    RecordTooLongError,
)
from pims_api.transfer.csv.quotes import SHOWN_CHARS, LenientCells, Quotes, columns_at
from pims_api.transfer.encoding import UNREADABLE, UNREADABLE_ERRORS, TextEncoding, find_encoding
from pims_api.transfer.file_format import LENIENT, FileFormat
from pims_api.transfer.tables.formula import rearm
from pims_api.transfer.tables.header import Header, refuse_unnamed
from pims_api.transfer.tables.table import CELL_CHARS_MAX, Manner, Row, Table

SAMPLE_CHARS = 200_000
LENIENT_LINES_MAX = 100  # of one row whose quotes are broken
COLUMNS_SHOWN = 3  # that a note names
LINES_ALIKE = 2  # lines of one row that look like rows, of which it is told
LINES_SHOWN = 5

if TYPE_CHECKING:
    import _csv

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_MIXED = (
    "The row holds bytes that are not UTF-8; the rest of the file is: correct the cell with � in "
    "it, or name the file's encoding!"
)
_LENIENTLY = "write every quote within a cell twice, or have the quotes read leniently."
_OTHER = "The row holds bytes that are no {} text: name the file's encoding!"


@contextmanager
def open_csv(stream: BinaryIO, size: int, how: FileFormat) -> Iterator[Table]:
    """Open a seekable stream as a table. Raises BadInput as `open_table` does."""
    # One limit for the whole process, which the module sets low; records have their own, above it.
    csv.field_size_limit(max(csv.field_size_limit(), RECORD_CHARS_MAX))
    encoding = find_encoding(stream, how.encoding)
    with _decoded(stream, encoding) as text:
        dialect = find_dialect(text.read(SAMPLE_CHARS), how.delimiter, how.quote)
    with _decoded(stream, encoding) as text:
        _CsvReader(text, dialect, how, encoding).require_closed_quotes()
    with _decoded(stream, encoding) as text:
        reader = _CsvReader(text, dialect, how, encoding)
        rows = refuse_unnamed(reader.rows())
        manner = _manner(encoding, dialect)
        yield Table("csv", reader.header.columns, rows, size, stream.tell, manner)


def _manner(encoding: TextEncoding, dialect: Dialect) -> Manner:
    note = (
        f"The file was read as {encoding.name}, for it is not UTF-8: the option encoding says "
        "otherwise."
    )
    notes = (note,) if encoding.guessed else ()
    return Manner(encoding.name, encoding.guessed, dialect.delimiter, notes)


@contextmanager
def _decoded(stream: BinaryIO, encoding: TextEncoding) -> Iterator[TextIO]:
    """Decode the stream from its beginning, line ends kept; it stays open."""
    stream.seek(0)
    text = TextIOWrapper(stream, encoding.name, UNREADABLE_ERRORS, newline="")
    try:
        yield text
    finally:
        text.detach()


class _CsvReader:
    def __init__(self, text: TextIO, dialect: Dialect, how: FileFormat, encoding: TextEncoding):
        for _ in range(1, dialect.first_line):
            text.readline()
        self._lenient = how.quotes == LENIENT
        self._lines = CsvLines(text, dialect.quote, bears_open_ends=self._lenient)
        self._quotes = Quotes(dialect)
        self._dialect = dialect
        self._encoding = encoding
        self._next_line = dialect.first_line
        self._broken_line = 0  # where quotes broke, until a row has the header's width again
        cells = self._header_cells()
        self._cells_in_header = len(cells)
        self.header = Header([rearm(cell) for cell in cells])

    def require_closed_quotes(self) -> None:
        """Raise BadInput if a quote stays open to the end of the file, which is read through.

        So it is known before anything is done with the rows above it.
        """
        ended = self._lenient  # what stays open is text then
        while not ended:
            first_line, records, lines = self._next_line, self._records(), self._lines
            try:
                for _ in records:
                    lines.begin_record()
                ended = True
            except RecordTooLongError as error:
                self._next_line = error.next_line
            except OpenQuoteError:
                raise self._open_quote(self.header.names) from None
            except csv.Error:  # the row is refused by itself
                self._next_line = first_line + records.line_num

    def rows(self) -> Iterator[Row]:
        """Yield the rows after the header, blank ones left out."""
        ended = False
        while not ended:
            try:
                yield from self._well_formed_rows()
                ended = True
            except RecordTooLongError as error:
                line, self._next_line = self._next_line, error.next_line
                message = f"The row exceeds {RECORD_CHARS_MAX} characters: is a quote missing?"
                yield Row(line, {}, (Fault("limit", message),))
            except csv.Error:
                yield self._lenient_row() if self._lenient else self._broken_row()

    def _well_formed_rows(self) -> Iterator[Row]:
        """Yield rows up to one that is too long or has broken quotes, which raises."""
        lines, names, width = self._lines, self.header.names, self.header.width
        plain = self._encoding.clean and len(self.header.columns) == width
        plain = plain and not self.header.of_errors
        first_line = line = self._next_line
        read = 0
        records = self._records()
        for cells in records:
            spanned, read = records.line_num - read, records.line_num
            if not any(map(str.strip, cells)):
                pass
            elif self._broken_line and not self._is_in_step(len(cells)):
                yield self._unread_row(line, cells)
            elif plain and len(cells) == width and not lines.special:
                notes = self._swallowed(line) if spanned > 1 else ()
                yield Row(line, dict(zip(names, cells, strict=False)), notes=notes)
            else:
                notes = self._swallowed(line) if spanned > 1 else ()
                yield self._odd_row(line, cells, notes)
            lines.begin_record()
            self._next_line = line = first_line + read

    def _records(self) -> "_csv.Reader":
        self._lines.begin_record()
        lines = self._lines.lines(self._next_line)
        delimiter, quote = self._dialect.delimiter, self._dialect.quote
        return csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)

    def _header_cells(self) -> list[str]:
        """Return the first record that is not blank."""
        records = self._records()
        try:
            for cells in records:
                self._lines.begin_record()
                if any(map(str.strip, cells)):
                    self._next_line += records.line_num
                    return cells
        except RecordTooLongError:
            message = f"The header exceeds {RECORD_CHARS_MAX} characters: is it a CSV file?"
            raise BadInput(faults=[Fault("limit", message)]) from None
        except OpenQuoteError:
            raise self._open_quote(()) from None
        except csv.Error:
            self._next_line = self._lines.begun
            return self._broken_header()
        return []

    def _open_quote(self, names: Sequence[str]) -> BadInput:
        """Return the refusal of a file that ends within its last record."""
        lines = self._lines.record
        place, start, text = self._quotes.broken_cell("".join(lines))
        line = self._lines.begun + sum(end <= start for end in accumulate(map(len, lines)))
        (column,) = columns_at(names, [place])
        shown = text.replace(UNREADABLE, _REPLACEMENT)
        message = (
            f"The quote that opens on line {line} is never closed: the file ends within it, so "
            f"nothing of it was taken! It begins column {column}: {shown!r}. If it is a part of "
            f"the text, {_LENIENTLY} If it holds the text, close it."
        )
        return BadInput(faults=[Fault("syntax", message, subject=Subject.QUOTES)])

    def _broken_header(self) -> list[str]:
        first, *others = self._lines.record
        read = self._quotes.read_leniently(first)
        if not self._lenient or read is None:
            place, _, text = self._quotes.broken_cell("".join(self._lines.record))
            cell = f"Cell {place + 1} of the header, on line {self._next_line},"
            message = f"{cell} {_broken(text)}"
            raise BadInput(faults=[Fault("syntax", message, subject=Subject.QUOTES)])
        self._lines.read_again(others)
        self._next_line += 1
        return read.cells

    def _broken_row(self) -> Row:
        """Return the lines of a record with broken quotes as one row that is refused."""
        line, lines = self._next_line, self._lines.record
        place, _, text = self._quotes.broken_cell("".join(lines))
        names = self.header.names
        (column,) = columns_at(names, [place])
        name = (names[place] if place < len(names) else "") or None
        self._broken_line = last = line + len(lines) - 1
        self._next_line = last + 1
        among = f" The row has the lines {line} to {last}." if last > line else ""
        message = f"Column {column} {_broken(text)}{among}"
        fault = Fault("syntax", message, name, subject=Subject.QUOTES)
        return Row(line, {}, (fault,), (_raw("".join(lines)),))

    def _is_in_step(self, cells: int) -> bool:
        """Return whether a row, the first of full width after a broken one, begins anew."""
        if self._has_width(cells):
            self._broken_line = 0
        return not self._broken_line

    def _unread_row(self, line: int, cells: Sequence[str]) -> Row:
        message = (
            f"The row has {len(cells)} cells, and the header {self.header.width}: after the broken "
            f"quotes on line {self._broken_line} it may be a part of another row. Correct that one!"
        )
        return Row(line, {}, (Fault("syntax", message),), (_raw("".join(self._lines.record)),))

    def _lenient_row(self) -> Row:
        """Return the row that begins here by a second, lenient reading, with a note of it."""
        line, lines = self._next_line, list(self._lines.record)
        read, count = self._lenient_cells(lines)
        self._lines.read_again(lines[count:])
        self._next_line += count
        self._broken_line = line if read.left_open else self._broken_line
        shown = [
            f"{column} as {read.cells[place][:SHOWN_CHARS]!r}"
            for place in read.doubtful[:COLUMNS_SHOWN]
            for column in columns_at(self.header.names, [place])
        ]
        message = f"Line {line} was read leniently, for its quotes are not those of CSV: column "
        note = Fault("syntax", message + ", ".join(shown) + ".")
        return self._odd_row(line, read.cells, (note,))

    def _lenient_cells(self, lines: list[str]) -> tuple[LenientCells, int]:
        """Return the cells, and of how many lines; lines that are read further join the list.

        It is the first line, unless a quote stays open there and some more lines, which are no rows
        of their own, close it and have the header's width together.
        """
        alone = self._quotes.read_leniently(lines[0]) or LenientCells([lines[0]], [0])
        further = self._lines.remaining()
        for count in range(2, LENIENT_LINES_MAX + 1) if alone.left_open else ():
            if count > len(lines):
                lines += islice(further, 1)
            if count > len(lines):
                break
            if self._dialect.quote not in lines[count - 1]:
                continue
            read = self._quotes.read_leniently("".join(lines[:count]))
            if read and self._has_width(len(read.cells)) and not read.left_open:
                return (alone, 1) if self._lines_alike(lines[:count]) else (read, count)
            if self._dialect.delimiter + self._dialect.quote in lines[count - 1]:
                break  # another cell opens there, so nothing below closes the first
        return alone, 1

    def _has_width(self, cells: int) -> bool:
        return cells in (self.header.width, self._cells_in_header)

    def _lines_alike(self, lines: Sequence[str]) -> list[int]:
        """Return the places of lines that look like rows, where there are LINES_ALIKE of them."""
        width = self._cells_in_header
        found = [n for n, text in enumerate(lines) if self._quotes.has_width(text, width)]
        return found if len(found) >= LINES_ALIKE and width > 1 else []

    def _swallowed(self, line: int) -> tuple[Fault, ...]:
        """Return a note if the lines of a record look like rows of their own."""
        alike = [str(line + place) for place in self._lines_alike(self._lines.record)]
        if not alike:
            return ()
        shown = f"{', '.join(alike[:LINES_SHOWN])}{', …' if len(alike) > LINES_SHOWN else ''}"
        last = line + len(self._lines.record) - 1
        message = (
            f"The lines {line} to {last} are one row, for a quote opens on line {line}; but "
            f"{len(alike)} of them look like rows of their own ({shown}): is a quote missing?"
        )
        return (Fault("syntax", message),)

    def _odd_row(self, line: int, cells: list[str], notes: tuple[Fault, ...]) -> Row:
        """Return a row by the slow path: too long, too short, marked, or with undecodable bytes."""
        if self._encoding.clean:
            return self.header.row(line, [rearm(cell) for cell in cells])._replace(notes=notes)
        faults = list(_unreadable(cells, self._encoding))
        shown = [rearm(cell.replace(UNREADABLE, _REPLACEMENT)) for cell in cells]
        return self.header.row(line, shown, faults)._replace(notes=notes)


def _broken(text: str) -> str:
    return f"has text after its closing quote: {text!r}! {_LENIENTLY.capitalize()}"


def _raw(text: str) -> str:
    """Return lines as an errors file keeps them, as far as a cell holds them."""
    return text.rstrip("\r\n").replace(UNREADABLE, _REPLACEMENT)[:CELL_CHARS_MAX]


def _unreadable(cells: Sequence[str], encoding: TextEncoding) -> Iterator[Fault]:
    if any("\0" in cell for cell in cells):
        yield Fault("syntax", "The row holds a NUL character, which is no text!")
    if any(UNREADABLE in cell for cell in cells):
        yield Fault("syntax", _MIXED if encoding.mixed else _OTHER.format(encoding.name))
