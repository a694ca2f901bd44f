"""A strict JSON reader: it refuses what two readers could understand differently.

Numbers keep their text. Refused: text that is not UTF-8, duplicate keys, NaN and infinities, lone
surrogates, NUL, deep nesting, very many values, very long numbers.

Source: docs/core.md, JSON texts.
"""

import json
import re
from collections import Counter
from typing import Any, NoReturn

from pims_api.domain.values.value import NUMBER_DIGITS_MAX, JsonNumber
from pims_api.errors import BadInput, Fault

DEPTH_MAX = 32  # levels of lists and objects
ELEMENTS_MAX = 400_000  # values; 100,000 rows of a dictionary with three cells are fewer

_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # an unclosed one ends the body
_BRACKETS = re.compile(rb"[\[\]{}]")
_UNWELCOME = re.compile("[\ud800-\udfff\x00]")
_NESTS = frozenset((dict, list))


def read_object(text: bytes, *, what: str = "body") -> dict[str, Any]:
    """Return the JSON object that a text holds; numbers as JsonNumber. Raises BadInput.

    what: what messages call the text.
    """
    found = read_value(text, what=what)
    if not isinstance(found, dict):
        _refuse(f"The {what} must be a JSON object!")
    return found


def read_value(text: bytes, *, what: str = "body", elements_max: int = ELEMENTS_MAX) -> Any:
    """Return the JSON value that a text holds; numbers as JsonNumber. Raises BadInput.

    what: how messages call it.
    """
    # One less than there are values, or more: strings hold these signs too.
    signs = len(text) - len(text.translate(None, b",[{"))
    if signs > elements_max and _most(text) > elements_max:
        _check_size(_bare(text), what, elements_max)
    try:
        found = _decoded(text, what)
    except (BadInput, RecursionError):
        _check_depth(_bare(text), what)
        raise
    if signs > DEPTH_MAX and _is_deep(found):
        _refuse_depth(what)
    if b"\\" in text and b"\\u" in text:  # looking for a single byte is much quicker
        _check_text(found)
    return found


def _decoded(text: bytes, what: str) -> Any:
    try:
        return _DECODER.decode(text.decode("utf-8"))
    except UnicodeDecodeError:
        _refuse(f"The {what} must be UTF-8 text!")
    except json.JSONDecodeError as error:
        _refuse(f"The {what} is not JSON: line {error.lineno}, column {error.colno}!")


def _refuse(message: str, code: str = "syntax") -> NoReturn:
    raise BadInput(faults=[Fault(code, message)]) from None


def _refuse_depth(what: str) -> NoReturn:
    _refuse(f"The {what} is nested deeper than {DEPTH_MAX} levels!", "limit")


def _bare(text: bytes) -> bytes:
    """Return a text without its strings. It takes longer than decoding the text."""
    return _STRINGS.sub(b"", text)


def _most(text: bytes) -> int:
    """Return how many lists and objects are opened, or how many commas there are, if more."""
    return max(text.count(b"[") + text.count(b"{"), text.count(b","))


def _check_size(bare: bytes, what: str, elements_max: int) -> None:
    """Refuse, before it is decoded, a text with too many or too deeply nested values."""
    if _most(bare) > elements_max:
        _refuse(f"A {what} holds at most {elements_max} values!", "limit")
    _check_depth(bare, what)


def _check_depth(bare: bytes, what: str) -> None:
    depth = 0
    for token in _BRACKETS.finditer(bare):
        if token[0] in b"[{":
            depth += 1
            if depth > DEPTH_MAX:
                _refuse_depth(what)
        else:
            depth -= 1


def _is_deep(found: Any) -> bool:
    """Return whether lists and objects are nested deeper than DEPTH_MAX levels."""
    level = [found] if type(found) in _NESTS else []
    for _ in range(DEPTH_MAX):
        level = [
            inner
            for one in level
            for inner in (one.values() if type(one) is dict else one)
            if type(inner) in _NESTS
        ]
        if not level:
            return False
    return True


def _check_text(found: Any) -> None:
    """Refuse escapes that stand for no character; only escapes can write them."""
    if isinstance(found, str):
        if _UNWELCOME.search(found):
            _refuse("Text cannot hold NUL or half of a surrogate pair!")
    elif isinstance(found, dict):
        for name, value in found.items():
            _check_text(name)
            _check_text(value)
    elif isinstance(found, list):
        for value in found:
            _check_text(value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        _refuse(f"The key {twice[:64]!r} is there twice in one object!")
    return found


def _number(text: str) -> JsonNumber:
    if len(text) > NUMBER_DIGITS_MAX and _digits(text) > NUMBER_DIGITS_MAX:
        _refuse(f"A number has at most {NUMBER_DIGITS_MAX} digits!", "limit")
    return JsonNumber(text)


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _constant(name: str) -> NoReturn:
    _refuse(f"{name} is not a JSON value!")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_number,
    parse_float=_number,
    parse_constant=_constant,
)
