"""The evaluation of a condition for one product, in plain Python.

It answers "why is this product (not) in the result" and is what the catalogue index is compared
with. Logic is three-valued as in SQL: None is unknown.

Source: docs/core.md, Conditions.
"""

import operator
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from pims_api.domain.conditions.condition import (
    And,
    Between,
    Comparison,
    Condition,
    Contains,
    In,
    IsNull,
    Like,
    Not,
    Operand,
    Or,
    Predicate,
    Test,
)
from pims_api.domain.definition import Definition
from pims_api.domain.generated_sku import GeneratedSkus
from pims_api.domain.product import Values
from pims_api.domain.values.scope import slot
from pims_api.domain.values.value import comparable, elements, text_form

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_PATTERN_PIECE = re.compile(r"\\?.", re.DOTALL)

Holds = Callable[[Any], bool]


def matches(condition: Condition, values: Values, definition: Definition) -> bool:
    """Return whether a document matches: the condition is true, not unknown."""
    return truth(condition, values, definition) is True


def truth(condition: Condition, values: Values, definition: Definition) -> bool | None:
    """Return true, false or, where unset values leave it open, None.

    values: the product's document, with the values of computed attributes under their keys.

    Source: docs/core.md, Conditions.
    """
    match condition:
        case And(parts):
            return _all(truth(part, values, definition) for part in parts)
        case Or(parts):
            return _negated(_all(_negated(truth(part, values, definition)) for part in parts))
        case Not(part):
            return _negated(truth(part, values, definition))
    return _predicate_truth(condition, values, definition)


def _predicate_truth(predicate: Predicate, values: Values, definition: Definition) -> bool | None:
    if not isinstance(predicate, IsNull):
        return document_test(predicate, definition)(values)
    return not elements(predicate.operand.attribute, stored_value(predicate.operand, values))


def document_test(predicate: Test, definition: Definition) -> Callable[[Values], bool | None]:
    """Return the predicate as a function of a document, faster for many documents."""
    operand, attribute = predicate.operand, predicate.operand.attribute
    holds = value_test(predicate)
    form = text_form if isinstance(predicate, Contains) else comparable

    def test(values: Values) -> bool | None:
        found = elements(attribute, stored_value(operand, values))
        if not found:
            return None
        return any(holds(form(attribute, one, definition)) for one in found)

    return test


def stored_value(operand: Operand, values: Values) -> Any:
    """Return the value of the first of the operand's scopes that has one, or None."""
    for scope in operand.scopes:
        stored = values.get(slot(operand.attribute.key, scope))
        if stored is not None and stored != []:
            return stored
    return None


def _all(parts: Iterable[bool | None]) -> bool | None:
    seen = set(parts)
    if False in seen:
        return False
    return None if None in seen else True


def _negated(value: bool | None) -> bool | None:
    return None if value is None else not value


def value_test(predicate: Test) -> Holds:
    """Return the predicate as a function of one value in its comparable form."""
    match predicate:
        case Comparison(_, sign, literal):
            compare = _COMPARE[sign]
            return lambda value: compare(value, literal)
        case In(_, literals):
            return lambda value: value in literals
        case Between(_, low, high):
            return lambda value: _between(low, value, high)
        case Like(_, pattern):
            return like_test(pattern)
        case Contains(_, text, unset):
            return _but(contains_test(text), unset)


def _between(low: Any, value: str | Decimal | bool, high: Any) -> bool:
    return bool(low <= value <= high)


def contains_test(text: str) -> Holds:
    """Return the test whether a value has a text in it, in any case.

    >>> contains_test("STRASSE")("Große Straße")
    True
    """
    wanted = text.casefold()
    return lambda value: wanted in str(value).casefold()


def _but(holds: Holds, unset: GeneratedSkus | None) -> Holds:
    return holds if unset is None else lambda value: holds(value) and value not in unset


class Wild(Enum):
    """A wildcard of a LIKE pattern."""

    RUN = "%"
    ONE = "_"


def like_pieces(pattern: str) -> list[str | Wild]:
    r"""Return the pattern as literal characters and wildcards.

    >>> like_pieces(r"a_\%")
    ['a', <Wild.ONE: '_'>, '%']
    """
    wild: dict[str, Wild] = {one.value: one for one in Wild}
    return [wild.get(piece, piece[-1]) for piece in _PATTERN_PIECE.findall(pattern)]


@lru_cache(maxsize=512)
def like_test(pattern: str) -> Callable[[str], bool]:
    """Return the test whether a whole text matches a LIKE pattern.

    Its time grows with the length of the text alone, whatever the pattern.
    """
    pieces = like_pieces(pattern)
    if Wild.ONE in pieces:
        return _bit_test(pieces)
    runs = [""]
    for piece in pieces:
        if isinstance(piece, Wild):
            runs.append("")
        else:
            runs[-1] += piece
    return _run_test(runs)


def _run_test(runs: list[str]) -> Callable[[str], bool]:
    """Return the test for literal runs with anything in between."""
    first, *middle = runs
    if not middle:
        return lambda text: text == first
    last = middle.pop()
    shortest = len(first) + len(last)

    def holds(text: str) -> bool:
        if len(text) < shortest or not (text.startswith(first) and text.endswith(last)):
            return False
        place, end = len(first), len(text) - len(last)
        for run in middle:
            found = text.find(run, place, end)
            if found < 0:
                return False
            place = found + len(run)
        return True

    return holds


def _bit_test(pieces: list[str | Wild]) -> Callable[[str], bool]:
    """Return the test by an automaton whose states are the bits of one integer.

    Bit n is set while the first n single characters of the pattern are met; `stay` are the bits
    at which a % lets further characters pass.
    """
    single: dict[str, int] = {}
    wild = stay = length = 0
    for piece in pieces:
        bit = 1 << length
        if piece is Wild.RUN:
            stay |= bit
            continue
        length += 1
        if isinstance(piece, str):
            single[piece] = single.get(piece, 0) | bit
        else:
            wild |= bit
    single = {character: bits | wild for character, bits in single.items()}
    done = 1 << length

    def holds(text: str) -> bool:
        state = 1
        for character in text:
            state = (state & single.get(character, wild)) << 1 | state & stay
            if not state:
                return False
        return bool(state & done)

    return holds
