"""Numbers of bodies: JSON numbers whose digits are those of the stored text."""

import re

import orjson

_PARTS = re.compile(r"([+-]?)0*([0-9]*)(\.[0-9]+)?\.?\Z")


def json_number(text: str) -> orjson.Fragment:
    """Return a stored decimal text as a JSON number, digit for digit.

    >>> orjson.dumps([json_number(text) for text in ("100.00", "+007", "-.5", "0")])
    b'[100.00,7,-0.5,0]'
    """
    found = _PARTS.match(text)
    sign, whole, rest = found.groups() if found else ("", text, None)
    return orjson.Fragment(f"{'-' if sign == '-' else ''}{whole or '0'}{rest or ''}")


def plain_number(text: str) -> int | float:
    """Return a JSON number of a setting, in which no digit beyond sixteen matters.

    >>> plain_number("12"), plain_number("0.5")
    (12, 0.5)
    """
    return float(text) if "." in text else int(text)
