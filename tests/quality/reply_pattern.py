"""Replies as documents write them: JSON in which three dots stand for what is left out.

`"…"` is any value, `"…": "…"` in an object any further keys, `"…"` at the end of a list any further
elements, `…` inside a text any characters. Everything else must be equal, the order of keys too.
"""

import re
from typing import Any

ANY = "…"


def difference(pattern: Any, found: Any, place: str = "") -> str | None:
    """Return where and how a reply differs from its pattern, or None.

    >>> difference({"sku": "A", "…": "…"}, {"sku": "A", "version": 1})
    >>> difference({"sku": "A"}, {"sku": "B"})
    '/sku: "A" is expected, found "B"'
    """
    if isinstance(pattern, dict) and isinstance(found, dict):
        return _object_difference(pattern, found, place)
    if isinstance(pattern, list) and isinstance(found, list):
        return _list_difference(pattern, found, place)
    if pattern == ANY or _fits(pattern, found):
        return None
    return f"{place}: {_shown(pattern)} is expected, found {_shown(found)}"


def _object_difference(pattern: dict[str, Any], found: dict[str, Any], place: str) -> str | None:
    wanted = [name for name in pattern if name != ANY]
    known = [name for name in found if name in pattern or ANY not in pattern]
    if wanted != known:
        return f"{place}: the keys {wanted} are expected, found {list(found)}"
    differences = (difference(pattern[name], found[name], f"{place}/{name}") for name in wanted)
    return next((one for one in differences if one), None)


def _list_difference(pattern: list[Any], found: list[Any], place: str) -> str | None:
    if pattern and pattern[-1] == ANY:
        pattern = pattern[:-1]
        found = found[: len(pattern)]
    if len(pattern) != len(found):
        return f"{place}: {len(pattern)} elements are expected, found {_shown(found)}"
    pairs = enumerate(zip(pattern, found, strict=True))
    differences = (difference(one, other, f"{place}/{n}") for n, (one, other) in pairs)
    return next((one for one in differences if one), None)


def _fits(pattern: Any, value: Any) -> bool:
    if not (isinstance(pattern, str) and isinstance(value, str)):
        return type(pattern) is type(value) and bool(pattern == value)
    parts = [re.escape(part) for part in pattern.split(ANY)]
    return re.fullmatch(".*".join(parts), value, re.DOTALL) is not None


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
