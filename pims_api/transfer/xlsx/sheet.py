"""The streaming parser of a sheet's XML, by rows."""

from typing import NamedTuple

from pims_api.errors import Fault
from pims_api.transfer.tables.table import CELL_CHARS_MAX
from pims_api.transfer.xlsx.archive import refuse
from pims_api.transfer.xlsx.cells.cell import CellError, CellReader
from pims_api.transfer.xlsx.cells.strings import CellText
from pims_api.transfer.xlsx.xml_events import Attributes, named

ROWS_MAX = 1_048_576
COLUMNS_MAX = 16_384  # XFD, Excel's last one
CELL_FAULTS_MAX = 20  # faults of one row

_ROW, _CELL, _VALUE = named("row"), named("c"), named("v")
_FORMULA, _INLINE = named("f"), named("is")
_WATCHED = _ROW | _CELL | _VALUE | _FORMULA | _INLINE | named("t") | named("rPh")
_MAY_BE_EMPTY = ("str", "inlineStr")  # a formula's result that is the empty text
_DIGITS = "0123456789"


class SheetRow(NamedTuple):
    """number: in the sheet, from 1. cells: column from 0 → text; only those that hold something."""

    number: int
    cells: dict[int, str]
    faults: list[Fault]


class SheetHandler:
    """A handler of XML events that appends to `rows`, from which the caller takes them."""

    def __init__(self, reader: CellReader) -> None:
        self.rows: list[SheetRow] = []
        self._reader = reader
        self._columns: dict[str, int] = {}
        self._row = SheetRow(0, {}, [])
        self._column = -1
        self._inline = CellText()
        self._begin_cell({})

    def start(self, name: str, attributes: Attributes) -> None:
        if name in _VALUE:
            self._open = True
        elif name in _CELL:
            self._begin_cell(attributes)
        elif name in _ROW:
            self._begin_row(attributes)
        elif name in _FORMULA:
            self._formula = True
        elif name in _WATCHED:
            self._inline.start(name)

    def characters(self, text: str) -> None:
        if self._open:
            if len(self._raw) <= CELL_CHARS_MAX:
                self._raw += text
        else:
            self._inline.characters(text)

    def end(self, name: str) -> None:
        if name in _VALUE:
            self._open = False
        elif name in _CELL:
            self._end_cell()
        elif name in _ROW:
            if self._row.cells or self._row.faults:
                self.rows.append(self._row)
        elif name in _WATCHED:
            self._inline.end(name)

    def _begin_row(self, attributes: Attributes) -> None:
        given = attributes.get("r", "")
        number = int(given[:9]) if given.isdecimal() else self._row.number + 1
        if not self._row.number < number <= ROWS_MAX:
            refuse(f"The sheet is damaged: row {number} follows row {self._row.number}!")
        self._row = SheetRow(number, {}, [])
        self._column = -1

    def _begin_cell(self, attributes: Attributes) -> None:
        self._kind = attributes.get("t")
        self._style = attributes.get("s")
        self._raw = ""
        self._open = self._formula = False
        if self._kind == "inlineStr":
            self._inline.begin()
        reference = attributes.get("r")
        self._column = self._column_of(reference) if reference else self._column + 1

    def _end_cell(self) -> None:
        raw = self._inline.whole() if self._kind == "inlineStr" else self._raw
        try:
            if self._formula and not raw and self._kind not in _MAY_BE_EMPTY:
                raise CellError("is a formula without a stored result: save the file in Excel!")
            text = self._reader.read(self._kind, self._style, raw) if raw else ""
            if "\0" in text:
                raise CellError("holds a NUL character, which is no text!")
        except CellError as error:
            text = raw
            if len(self._row.faults) < CELL_FAULTS_MAX:
                place = f"{column_letters(self._column)}{self._row.number}"
                self._row.faults.append(Fault("type", f"Cell {place} {error}"))
        if text:
            self._row.cells[self._column] = text

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = _column_number(letters)
        return column


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    if not 1 <= number <= COLUMNS_MAX:
        refuse(f"The sheet is damaged: there is no column {letters[:10]!r}!")
    return number - 1


def column_letters(column: int) -> str:
    """Return the name of a column, counted from 0.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    while column >= 0:
        column, rest = divmod(column, 26)
        letters = chr(ord("A") + rest) + letters
        column -= 1
    return letters
