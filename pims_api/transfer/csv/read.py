"""The CSV reader, for the dialects and encodings of spreadsheets and scripts."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING, BinaryIO, TextIO

from pims_api.errors import BadInput, Fault
from pims_api.transfer.csv.dialect import Dialect, find_dialect
from pims_api.transfer.csv.lines import RECORD_CHARS_MAX, CsvLines, RecordTooLongError
from pims_api.transfer.encoding import UNREADABLE, UNREADABLE_ERRORS, TextEncoding, find_encoding
from pims_api.transfer.file_format import FileFormat
from pims_api.transfer.tables.formula import rearm
from pims_api.transfer.tables.header import Header, refuse_unnamed
from pims_api.transfer.tables.table import Manner, Row, Table

SAMPLE_CHARS = 200_000

if TYPE_CHECKING:
    import _csv

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_MIXED = (
    "The row holds bytes that are not UTF-8; the rest of the file is: correct the cell with � in "
    "it, or name the file's encoding!"
)
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
        reader = _CsvReader(text, dialect, encoding)
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
    def __init__(self, text: TextIO, dialect: Dialect, encoding: TextEncoding) -> None:
        for _ in range(1, dialect.first_line):
            text.readline()
        self._lines = CsvLines(text, dialect.quote)
        self._dialect = dialect
        self._encoding = encoding
        self._next_line = dialect.first_line
        self.header = Header([rearm(cell) for cell in self._header_cells()])

    def rows(self) -> Iterator[Row]:
        """Yield the rows after the header, blank ones left out."""
        ended = False
        while not ended:
            try:
                yield from self._rows_up_to_a_long_one()
                ended = True
            except RecordTooLongError as error:
                line, self._next_line = self._next_line, error.next_line
                message = f"The row exceeds {RECORD_CHARS_MAX} characters: is a quote missing?"
                yield Row(line, {}, (Fault("limit", message),))

    def _rows_up_to_a_long_one(self) -> Iterator[Row]:
        lines, names, width = self._lines, self.header.names, self.header.width
        plain = self._encoding.clean and len(self.header.columns) == width
        plain = plain and not self.header.of_errors
        first_line = line = self._next_line
        records = self._records()
        for cells in records:
            if plain and len(cells) == width and not lines.special:
                if any(cells):
                    yield Row(line, dict(zip(names, cells, strict=False)))
            elif any(cells):
                yield self._odd_row(line, cells)
            lines.begin_record()
            self._next_line = line = first_line + records.line_num

    def _records(self) -> "_csv.Reader":
        self._lines.begin_record()
        lines = self._lines.lines(self._next_line)
        return csv.reader(lines, delimiter=self._dialect.delimiter, quotechar=self._dialect.quote)

    def _header_cells(self) -> list[str]:
        """Return the first record that is not blank."""
        records = self._records()
        try:
            for cells in records:
                self._lines.begin_record()
                if any(cells):
                    self._next_line += records.line_num
                    return cells
        except RecordTooLongError:
            message = f"The header exceeds {RECORD_CHARS_MAX} characters: is it a CSV file?"
            raise BadInput(faults=[Fault("limit", message)]) from None
        return []

    def _odd_row(self, line: int, cells: list[str]) -> Row:
        """Return a row by the slow path: too long, too short, marked, or with undecodable bytes."""
        if self._encoding.clean:
            return self.header.row(line, [rearm(cell) for cell in cells])
        faults = list(_unreadable(cells, self._encoding))
        shown = [rearm(cell.replace(UNREADABLE, _REPLACEMENT)) for cell in cells]
        return self.header.row(line, shown, faults)


def _unreadable(cells: Sequence[str], encoding: TextEncoding) -> Iterator[Fault]:
    if any("\0" in cell for cell in cells):
        yield Fault("syntax", "The row holds a NUL character, which is no text!")
    if any(UNREADABLE in cell for cell in cells):
        yield Fault("syntax", _MIXED if encoding.mixed else _OTHER.format(encoding.name))
