"""The types of attributes that an import makes, guessed from every cell of their columns.

What a type would spoil stays a string: numbers with leading zeros or a plus, GTINs, whole numbers
too long to count anything, and columns in which cells are of several kinds.

Source: docs/imports.md, Types of new attributes.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.values.value import JsonNumber, read_datetime, read_number
from pims_api.services.imports.column_plan import NewAttribute
from pims_api.transfer.tables.table import Row

WHOLE_DIGITS_MAX = 11  # of a number; longer ones are codes

_PLAIN_NUMBER = re.compile(rf"-?(?:0|[1-9][0-9]{{0,{WHOLE_DIGITS_MAX - 1}}})?(?:\.[0-9]+)?")
_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_FLAGS = frozenset({"true", "false"})


def guessed_types(
    made: Mapping[str, NewAttribute], rows: Iterable[Row], separator: str | None
) -> dict[str, ValueType]:
    """Return attribute → type; a string for those that have no value. Reads every row.

    separator: what parts the elements in a cell of a collection.
    """
    guesses = {name: _Guess() for name in made}
    open_columns = [
        (column, guesses[name], separator if one.collection else None)
        for name, one in made.items()
        for column in one.columns
    ]
    for row in rows:
        for column, guess, part_by in open_columns:
            cell = row.cells.get(column)
            if cell is not None and cell != "":
                guess.look(cell, part_by)
        open_columns = [one for one in open_columns if one[1].fits]
        if not open_columns:
            break
    return {name: guess.type for name, guess in guesses.items()}


class _Guess:
    """The types that fit every cell of an attribute so far."""

    def __init__(self) -> None:
        self.fits = dict(_FITS)
        self._is_empty = True
        self._is_code = True  # whether every cell may be a GTIN
        self._has_time = False

    def look(self, cell: Any, separator: str | None) -> None:
        """Look at a further cell."""
        for one in _elements(cell, separator):
            self._is_empty = False
            self._is_code = self._is_code and _is_gtin(one)
            self._has_time = self._has_time or "T" in str(one)
            self.fits = {kind: fits for kind, fits in self.fits.items() if fits(one)}

    @property
    def type(self) -> ValueType:
        """The first of the types that fit; a date where no moment has a time."""
        if self._is_empty or self._is_code:
            return ValueType.STRING
        found = next(iter(self.fits), ValueType.STRING)
        if found is ValueType.DATETIME and not self._has_time:
            return ValueType.DATE
        return found


def _elements(cell: Any, separator: str | None) -> list[Any]:
    if isinstance(cell, str) and not isinstance(cell, JsonNumber):
        parts = cell.split(separator) if separator else [cell]
        return [part.strip() for part in parts if part.strip()]
    return cell if isinstance(cell, list) else [cell]


def _is_gtin(cell: Any) -> bool:
    """Return whether a cell may be a GTIN. No number of JSON is one, since no string takes it."""
    return type(cell) is str and _GTIN.fullmatch(cell) is not None


def _is_number(cell: Any) -> bool:
    if isinstance(cell, JsonNumber):
        return _is_read(read_number, cell)
    is_plain = isinstance(cell, str) and _PLAIN_NUMBER.fullmatch(cell) is not None
    return is_plain and _is_read(read_number, cell)


def _is_flag(cell: Any) -> bool:
    return isinstance(cell, bool) or (isinstance(cell, str) and cell.lower() in _FLAGS)


def _is_moment(cell: Any) -> bool:
    return type(cell) is str and _is_read(read_datetime, cell)


def _is_read(read: Callable[[object], str], cell: str) -> bool:
    try:
        read(cell)
    except ValueError:
        return False
    return True


_FITS: dict[ValueType, Callable[[Any], bool]] = {
    ValueType.BOOLEAN: _is_flag,
    ValueType.NUMBER: _is_number,
    ValueType.DATETIME: _is_moment,
}
