"""The reader of cells as values, with hints how to correct invalid ones.

Source: docs/core.md, Values.
"""

import re
from datetime import date
from typing import Any

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.values.value import read_value

HINT_LENGTH_MAX = 64  # characters of a cell that is looked at for a hint

_TRIMMED = frozenset({ValueType.NUMBER, ValueType.BOOLEAN, ValueType.DATE, ValueType.DATETIME})
_MOMENTS = frozenset({ValueType.DATE, ValueType.DATETIME})

_FLAGS = {
    **dict.fromkeys(("yes", "ja", "oui", "si", "sí", "wahr", "vrai"), "true"),
    **dict.fromkeys(("no", "nein", "non", "falsch", "faux"), "false"),
}
"""What spreadsheets and people of some languages write for true and false."""

_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([,.' \u00a0\u202f])[0-9]{3})+(?:[.,][0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_EXPONENT = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+")
_GERMAN_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_WITH_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{1,2}:[0-9]{2}.*")
_SERIAL = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")  # from 1927 to 2173, as spreadsheets count days
_SLASHED_DATE = re.compile(r"[0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{1,4}\b.*")


def read_cell(attribute: Attribute, raw: Any) -> Any:
    """Return the value of a cell; spaces around numbers, dates and flags are ignored.

    Raises ValueError, whose message says what is expected and how this cell gets there.
    """
    cell = _trimmed(raw) if attribute.type in _TRIMMED else raw
    try:
        return read_value(attribute, _flag(cell) if attribute.type is ValueType.BOOLEAN else cell)
    except ValueError as error:
        cells = raw if isinstance(raw, list) else [raw]
        texts = (one.strip() for one in cells if isinstance(one, str))
        hints = (way_out(attribute.type, one) for one in texts if len(one) <= HINT_LENGTH_MAX)
        hint = next((one for one in hints if one), "")
        raise ValueError(_told(str(error), hint)) from None


def way_out(kind: ValueType, text: str) -> str:
    """Return a hint how to write an invalid cell, or an empty text.

    >>> way_out(ValueType.NUMBER, "12,345.60")
    'write 12,345.60 without thousands separators: 12345.60'
    >>> way_out(ValueType.NUMBER, "12,5")
    'write 12,5 with a decimal point: 12.5'
    >>> way_out(ValueType.DATE, "31.12.2026")
    'write 31.12.2026 as 2026-12-31'
    >>> way_out(ValueType.DATE, "45000")
    '45000 is a number: format the cell as a date, or write YYYY-MM-DD'
    """
    if kind is ValueType.NUMBER:
        return _number_hint(text)
    with_time = _WITH_TIME.fullmatch(text)
    if kind is ValueType.DATE and with_time:
        return f"{text} has a time, which a date has not: write {with_time[1]}"
    return _date_hint(text) if kind in _MOMENTS else ""


def _told(expected: str, hint: str) -> str:
    """Return the expectation with a hint, which replaces the rules of the whole type.

    >>> _told("a number: an optional sign, digits", "write 12,5 with a decimal point: 12.5")
    'a number: write 12,5 with a decimal point: 12.5'
    """
    return f"{re.split('[:,]', expected)[0]}: {hint}" if hint else expected


def _flag(cell: Any) -> Any:
    """Return a cell as one of the spellings that a value may have, if it is a word for one.

    >>> _flag(["WAHR", "No", "maybe"])
    ['true', 'false', 'maybe']
    """
    if isinstance(cell, list):
        return [_flag(one) for one in cell]
    return _FLAGS.get(cell.casefold(), cell) if isinstance(cell, str) else cell


def _trimmed(raw: Any) -> Any:
    if isinstance(raw, list):
        return [_trimmed(one) for one in raw]
    # A JsonNumber has no space around it and must keep its class.
    return raw.strip() if type(raw) is str else raw


def _number_hint(text: str) -> str:
    grouped = _GROUPED.fullmatch(text)
    if grouped:
        return _ungrouped(text, grouped[1])
    if _DECIMAL_COMMA.fullmatch(text):
        return f"write {text} with a decimal point: {text.replace(',', '.')}"
    if _EXPONENT.fullmatch(text):
        return f"{text} was shortened: write all its digits"
    return ""


def _ungrouped(text: str, separator: str) -> str:
    """Return hints for a number with separators; both readings where these may be decimal."""
    bare = text.replace(separator, "")
    if separator == "," and text.count(",") == 1 and "." not in text:
        point = text.replace(",", ".")
        return (
            f"write {text} without thousands separators: {bare}, or with a decimal point: {point}"
        )
    return f"write {text} without thousands separators: {bare.replace(',', '.')}"


def _date_hint(text: str) -> str:
    if _SERIAL.fullmatch(text):
        return f"{text} is a number: format the cell as a date, or write YYYY-MM-DD"
    parts = _GERMAN_DATE.fullmatch(text)
    if parts:
        try:
            day = date(int(parts[3]), int(parts[2]), int(parts[1]))
        except ValueError:
            return ""
        return f"write {text} as {day.isoformat()}"
    if _SLASHED_DATE.fullmatch(text):
        return f"write {text} as year-month-day, such as 2026-12-31"
    return ""
