"""Terms: the texts under which a stored value is in the index.

The first character is the kind of the term, so that each kind is one range of the term column:

- `*`: there is a value; kept of every attribute, whether or not the index has its values;
- `=text`: a value, or an element of a collection: the text itself, `true` or `false`, an option or
  category id, a SKU, a plain number;
- `!number`: an inexact number, one that its integer does not represent exactly, because it has
  more decimals or is too large.

A single number or date has no other terms. It is stored as an order-preserving integer: a number
times ten thousand rounded down, a day counted from the year 1, or the microseconds since 1970 when
a product was made or changed (see `number_blocks`). Inexact numbers with the same integer are told
apart by their terms.

The term of a long text is its head, a mark and its digest; the table `long_term` holds the text.
Terms sort like their texts, except long ones with the same head.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any

from pims_api.domain.attributes.attribute import NEVER_INDEXED, NUMERIC, Attribute, ValueType
from pims_api.domain.conditions.condition import Literal
from pims_api.domain.values.value import elements, point_in_time
from pims_api.storage.catalogue_index.bitmaps.decimal_text import (
    plain_decimal,
    plain_number,
    scaled_floor,
)

HAS_VALUE = "*"
NO_TERMS: frozenset[str] = frozenset()
PRESENT: frozenset[str] = frozenset((HAS_VALUE,))

TEXT = "="
TEXT_END = ">"  # the character after it
INEXACT = "!"
INEXACT_END = '"'  # the character after it
MAGNITUDE_MAX = (1 << 63) - 1
DECIMALS = {
    ValueType.NUMBER: 4,
    ValueType.COMPLETENESS: 0,
    ValueType.DATE: 0,
    ValueType.DATETIME: 0,
}

TEXT_LENGTH_MAX = 120  # characters of a text that is its own term
HEAD_LENGTH = 60  # characters of a longer text before the mark
MARK = "\x02"
LONG_LENGTH_MIN = len(TEXT) + len(MARK) + 64  # of a long term: there may be nothing before its mark

_ALWAYS_SLICED = frozenset(DECIMALS) - {ValueType.DATETIME}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def is_sliced(attribute: Attribute) -> bool:
    """Return whether the values of an attribute are stored as bit slices.

    Of moments those are that the server notes itself, which nearly all differ.
    """
    if not attribute.indexed or attribute.collection:
        return False
    kind = attribute.type
    return kind in _ALWAYS_SLICED or (kind is ValueType.DATETIME and attribute.computed)


def terms_of(attribute: Attribute, stored: Any) -> frozenset[str]:
    """Return the terms of a stored value; none when it is unset."""
    if stored is None or stored == []:
        return NO_TERMS
    if not attribute.indexed or attribute.type in NEVER_INDEXED:
        return PRESENT
    if attribute.collection:
        return PRESENT.union(_terms_of_elements(attribute, stored))
    kind = attribute.type
    if kind in _ALWAYS_SLICED or (isinstance(stored, str) and len(stored) > TEXT_LENGTH_MAX):
        # Not cached: the number is cached already, and long texts would take much room.
        own = _term_of_single(kind, stored)
        return PRESENT.union(own) if own else PRESENT
    return _single_terms(kind, stored)


@lru_cache(maxsize=16_384)
def _single_terms(kind: ValueType, stored: Any) -> frozenset[str]:
    return PRESENT.union(_term_of_single(kind, stored))


def own_terms(attribute: Attribute) -> Callable[[Any], Iterable[str]]:
    """Return a function that returns the terms of a set value without HAS_VALUE, each once.

    For many values of an attribute, of which most differ: terms of texts are not cached.
    """
    if not attribute.indexed or attribute.type in NEVER_INDEXED:
        return lambda _: ()
    if attribute.collection:
        return partial(_terms_of_elements, attribute)
    return partial(_term_of_single, attribute.type)


def _terms_of_elements(attribute: Attribute, stored: Any) -> set[str]:
    return {text_term(_text_of(attribute.type, one)) for one in elements(attribute, stored)}


def _term_of_single(kind: ValueType, stored: Any) -> tuple[str, ...]:
    if kind in _ALWAYS_SLICED:
        exact = _index_number(kind, stored)[1]
        return () if exact else (INEXACT + plain_number(str(stored)),)
    return (text_term(_text_of(kind, stored)),)


def index_number(attribute: Attribute, stored: Any) -> int | None:
    """Return the integer of a single number or date in the index; None when it is unset."""
    return None if stored is None else _index_number(attribute.type, stored)[0]


def element_text(attribute: Attribute, element: Any) -> str:
    """Return the index text of one stored element; equal values have equal texts."""
    return _text_of(attribute.type, element)


def _text_of(kind: ValueType, element: Any) -> str:
    return _TEXTS.get(kind, str)(element)


_TEXTS: dict[ValueType, Callable[[Any], str]] = {
    **dict.fromkeys(NUMERIC, lambda number: plain_number(str(number))),
    ValueType.BOOLEAN: lambda flag: "true" if flag else "false",
    ValueType.DATETIME: point_in_time,
}


def text_term(text: str) -> str:
    """Return the term of a text."""
    return TEXT + unique_form(text)


def unique_form(text: str) -> str:
    """Return the text itself, or its head, the mark and its digest when it is long.

    A text that contains the mark counts as long, so the mark is never mistaken.
    """
    if len(text) <= TEXT_LENGTH_MAX and MARK not in text:
        return text
    digest = sha256(text.encode()).hexdigest()
    return f"{head_of(text)}{MARK}{digest}"


def unique_term(attribute: Attribute, element: Any) -> str:
    """Return a text that is the same for two elements exactly when they are equal."""
    return unique_form(element_text(attribute, element))


def head_of(text: str) -> str:
    """Return the head of a text: what comes before the mark if it is long."""
    return text[:HEAD_LENGTH].partition(MARK)[0]


def is_long(term: str) -> bool:
    """Return whether a term is long, so holds a digest of its text."""
    return MARK in term


def long_texts(attribute: Attribute, stored: Any) -> Iterator[tuple[str, str]]:
    """Yield the long terms of a stored value, each with its text."""
    if not is_sliced(attribute) and attribute.type not in NEVER_INDEXED:
        for element in elements(attribute, stored):
            text = element_text(attribute, element)
            term = text_term(text)
            if is_long(term):
                yield term, text


def slice_number(attribute: Attribute, value: Literal) -> tuple[int, bool]:
    """Return the integer of a single number or date, and whether it is exact.

    value: stored text, or a literal to compare with. The integer is not limited in size.
    """
    return _number_of(attribute.type, value)


def _number_of(kind: ValueType, value: Literal) -> tuple[int, bool]:
    if kind is ValueType.DATE:
        return date.fromisoformat(str(value)).toordinal(), True
    if kind is ValueType.DATETIME:
        return _microseconds(str(value)), True
    plain = plain_decimal(value) if isinstance(value, Decimal) else plain_number(str(value))
    return scaled_floor(plain, DECIMALS[kind])


def _microseconds(moment: str) -> int:
    read = datetime.fromisoformat(moment)
    return ((read if read.tzinfo else read.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=16_384)
def _index_number(kind: ValueType, stored: Any) -> tuple[int, bool]:
    """Return the integer of a number, limited in size, and whether it is exact."""
    number, exact = _number_of(kind, stored)
    if abs(number) > MAGNITUDE_MAX:
        return (-MAGNITUDE_MAX if number < 0 else MAGNITUDE_MAX), False
    return number, exact


def after_prefix(prefix: str) -> str:
    """Return the least text above all texts with a prefix.

    The prefix must have a character other than U+10FFFF, as every term does.

    >>> after_prefix("=ab")
    '=ac'
    """
    rest = prefix.rstrip("\U0010ffff")
    last = ord(rest[-1]) + 1
    if 0xD800 <= last <= 0xDFFF:  # no characters
        last = 0xE000
    return rest[:-1] + chr(last)
