"""The encoding of cells as text and as JSON."""

import re
from decimal import Decimal
from typing import Any

import orjson

from pims_api.domain.values.value import JsonNumber
from pims_api.transfer.tables.formula import disarm

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def cell_text(cell: Any) -> str:
    """Return the text of a cell for CSV and XLSX; formulas disarmed, lists and objects as JSON.

    >>> cell_text("=1+1"), cell_text(JsonNumber("-5.0")), cell_text(True), cell_text(["a", "b"])
    ("'=1+1", '-5.0', 'true', '["a","b"]')
    """
    if type(cell) is str:
        return disarm(cell)
    if cell is None:
        return ""
    if is_number(cell):
        return str(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return disarm(cell if isinstance(cell, str) else to_json(cell).decode())


def is_number(cell: Any) -> bool:
    """Return whether a cell is a number of any type, but no flag."""
    return isinstance(cell, JsonNumber | int | Decimal | float) and not isinstance(cell, bool)


def to_json(value: Any) -> bytes:
    """Return a value as JSON in UTF-8, each number digit for digit.

    >>> to_json({"price": JsonNumber("100.00"), "weight": JsonNumber("+5")})
    b'{"price":100.00,"weight":"+5"}'
    """
    return orjson.dumps(value, default=_exact, option=orjson.OPT_PASSTHROUGH_SUBCLASS)


def _exact(value: Any) -> Any:
    """Return a number as the JSON number it is; one that JSON cannot write (`+5`, `.5`) as text."""
    if not isinstance(value, str | Decimal):
        raise TypeError(type(value).__name__)
    text = str(value)
    is_json = isinstance(value, JsonNumber | Decimal) and _JSON_NUMBER.fullmatch(text)
    return orjson.Fragment(text) if is_json else text
