"""Numbers of bodies: JSON numbers whose digits are those of the stored text."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from pims_api.domain.values.value import NUMBER_DIGITS_MAX, JsonNumber

_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\Z")
_PARTS = re.compile(r"([+-]?)0*([0-9]*)(\.[0-9]+)?\.?\Z")


def json_number(text: str) -> orjson.Fragment:
    """Return a stored decimal text as a JSON number, digit for digit.

    >>> orjson.dumps([json_number(text) for text in ("100.00", "+007", "-.5", "0")])
    b'[100.00,7,-0.5,0]'
    """
    if _PLAIN.match(text):  # nearly always
        return orjson.Fragment(text)
    found = _PARTS.match(text)
    sign, whole, rest = found.groups() if found else ("", text, None)
    return orjson.Fragment(f"{'-' if sign == '-' else ''}{whole or '0'}{rest or ''}")


def without_exponent(number: str) -> str:
    """Return a JSON number without its exponent; as it is where that would be a very long text.

    >>> [without_exponent(one) for one in ("1e-05", "-2.50E+2", "1.50", "1e400")]
    ['0.00001', '-250', '1.50', '1e400']
    """
    if "e" not in number.lower():
        return str(number)
    try:
        found = Decimal(number)
    except InvalidOperation:  # an exponent of very many digits
        return str(number)
    return f"{found:f}" if abs(found.adjusted()) <= NUMBER_DIGITS_MAX else str(number)


def exact_json(value: Any) -> str:
    """Return a JSON value that was read from a body as JSON text, its numbers digit for digit.

    >>> exact_json({"a": [JsonNumber("1.50"), "x"]})
    '{"a":[1.50,"x"]}'
    """
    return orjson.dumps(exact(value)).decode()


def exact(value: Any) -> Any:
    """Return a JSON value that was read from a body, as it is written: numbers digit for digit."""
    if isinstance(value, JsonNumber):
        return json_number(str(value))
    if isinstance(value, dict):
        return {name: exact(one) for name, one in value.items()}
    return [exact(one) for one in value] if isinstance(value, list) else value
