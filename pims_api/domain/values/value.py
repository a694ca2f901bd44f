"""Values: readers of what callers send, and the comparable form of stored values."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from pims_api.domain.attributes.attribute import CATEGORIES, Attribute, ValueType
from pims_api.domain.category import join_path, split_path
from pims_api.domain.conditions.condition import Literal
from pims_api.domain.definition import Definition

NUMBER_DIGITS_MAX = 40

_is_number = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)").fullmatch
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:T(?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_MOMENT = "a date and time in ISO 8601, such as 2024-02-13T13:42:17Z"
_FLAGS = {"true": True, "y": True, "1": True, "false": False, "n": False, "0": False}


class JsonNumber(str):
    """The text of a number as it stood in a JSON body, so that no digit of it is lost."""

    __slots__ = ()


def read_number(raw: object) -> str:
    """Return the decimal text as it came: sign, digits, at most one point, at most 40 digits.

    Raises ValueError, whose message says what a number looks like.
    Source: docs/core.md, Values.

    >>> read_number(JsonNumber("100.00"))
    '100.00'
    """
    text = str(raw) if isinstance(raw, str) else ""
    if _is_number(text) and (
        len(text) <= NUMBER_DIGITS_MAX
        or len(text.strip("+-").replace(".", "")) <= NUMBER_DIGITS_MAX
    ):
        return text
    raise ValueError(
        "a number: an optional sign, digits and at most one point, "
        f"at most {NUMBER_DIGITS_MAX} digits, no exponent"
    )


def read_boolean(raw: object) -> bool:
    """Return the flag that true, "true", "Y", "1" and their opposites, in any case, stand for.

    Raises ValueError, whose message lists the spellings.
    Source: docs/core.md, Values.
    """
    if isinstance(raw, bool):
        return raw
    known = _FLAGS.get(raw.lower()) if isinstance(raw, str) else None
    if known is None:
        raise ValueError('true or false (also "Y" or "N", "1" or "0")')
    return known


def read_date(raw: object) -> str:
    """Return the date as it came: ISO YYYY-MM-DD, a day that exists.

    Raises ValueError, whose message says what a date looks like.
    Source: docs/core.md, Values.
    """
    if isinstance(raw, str) and _DATE.fullmatch(raw) and _is_day(raw):
        return str(raw)
    raise ValueError("a date that exists, written YYYY-MM-DD")


def read_datetime(raw: object) -> str:
    """Return the moment as it came: an ISO 8601 date, alone or with T, a time and an offset.

    Raises ValueError, whose message says what a moment looks like.
    Source: docs/core.md, Values.
    """
    if isinstance(raw, str) and _DATETIME.fullmatch(raw):
        _check_moment(raw)
        return str(raw)
    raise ValueError(_MOMENT)


def point_in_time(moment: str) -> str:
    """Return a moment in UTC, without the Z; equal moments have equal texts, and they sort by time.

    A date is its 00:00, and a time without an offset is in UTC.
    Source: docs/core.md, Values.

    >>> point_in_time("2024-02-13T10:00:00-05:00"), point_in_time("2024-02-13T13:42:17.50Z")
    ('2024-02-13T15:00:00', '2024-02-13T13:42:17.5')
    """
    read = datetime.fromisoformat(moment)
    if read.tzinfo is not None:
        try:
            read = read.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:  # stored when years 0 and 10000 in UTC were not refused yet
            read = datetime.min if read.year == 1 else datetime.max  # noqa: DTZ901
    text = read.isoformat()
    return text.rstrip("0") if read.microsecond else text


def read_text(raw: object) -> str:
    """Return the text unchanged.

    Raises ValueError for anything else, a JSON number included.
    Source: docs/core.md, Values.
    """
    if isinstance(raw, str) and not isinstance(raw, JsonNumber):
        return raw
    raise ValueError("text, in quotes")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_moment(text: str) -> None:
    try:
        read = datetime.fromisoformat(text)
        if read.tzinfo is not None:
            read.astimezone(UTC)
    except ValueError:
        raise ValueError(_MOMENT) from None
    except OverflowError:
        raise ValueError("a date and time that is in the years 1 to 9999 in UTC too") from None


_READERS: dict[ValueType, Callable[[object], Any]] = {
    ValueType.NUMBER: read_number,
    ValueType.BOOLEAN: read_boolean,
    ValueType.DATE: read_date,
    ValueType.DATETIME: read_datetime,
}


def read_value(attribute: Attribute, raw: Any) -> Any:
    """Return a value in the shape that its attribute takes, None where it unsets.

    A bare value of a collection counts as a list of one. Raises ValueError saying what is
    expected.
    """
    return value_reader(attribute)(raw)


def value_reader(attribute: Attribute) -> Callable[[Any], Any]:
    """Return `read_value` for one attribute, faster for many values."""
    return _value_reader(attribute.type, attribute.collection)


@cache
def _value_reader(kind: ValueType, collection: bool) -> Callable[[Any], Any]:
    read = _READERS.get(kind, read_text)
    if collection:
        return lambda raw: _read_list(read, raw)
    if read is read_text:
        return _read_single_text

    def read_single(raw: Any) -> Any:
        if type(raw) is JsonNumber or (type(raw) is str and raw):
            return read(raw)
        return _read_single(read, raw)

    return read_single


def _read_single_text(raw: Any) -> str | None:
    if type(raw) is str:  # nearly always
        return raw or None
    found: str | None = _read_single(read_text, raw)
    return found


def _read_single(read: Callable[[object], Any], raw: Any) -> Any:
    if raw is None or raw == "":
        return None
    if isinstance(raw, list):
        raise ValueError("a single value, not a list")
    return read(raw)


def _read_list(read: Callable[[object], Any], raw: Any) -> list[Any] | None:
    if raw is None or raw in ("", []):
        return None
    sent = raw if isinstance(raw, list) else [raw]
    return [read(one) if type(one) is str and one else _read_element(read, one) for one in sent]


def _read_element(read: Callable[[object], Any], raw: Any) -> Any:
    if raw is None or raw == "":
        raise ValueError("a list without empty elements")
    return read(raw)


def is_categories(attribute: Attribute) -> bool:
    """Return whether this is the system attribute whose values are category ids."""
    return attribute.system and attribute.name == CATEGORIES


def _read_decimal(raw: object) -> Decimal:
    return Decimal(read_number(raw))


def _read_point_in_time(raw: object) -> str:
    return point_in_time(read_datetime(raw))


_LITERALS: dict[ValueType, Callable[[object], Literal]] = {
    ValueType.NUMBER: _read_decimal,
    ValueType.COMPLETENESS: _read_decimal,
    ValueType.BOOLEAN: read_boolean,
    ValueType.DATE: read_date,
    ValueType.DATETIME: _read_point_in_time,
}


def read_literal(attribute: Attribute, raw: object) -> Literal:
    """Return the `comparable` form of a literal that an attribute's values are compared with.

    Option aliases and category paths need not exist; paths get the spaces that faces show.

    Raises ValueError, whose message says what the attribute takes.
    Source: docs/core.md, Conditions.
    """
    literal = _LITERALS.get(attribute.type, read_text)(raw)
    if is_categories(attribute):
        return join_path(split_path(str(literal)))
    return literal


_COMPARABLE: dict[ValueType, Callable[[Any], Literal]] = {
    ValueType.NUMBER: lambda stored: Decimal(str(stored)),
    ValueType.COMPLETENESS: lambda stored: Decimal(str(stored)),
    ValueType.BOOLEAN: bool,
    ValueType.DATETIME: point_in_time,
}


def comparable(attribute: Attribute, stored: Any, definition: Definition) -> Decimal | str | bool:
    """Return the comparable form of one stored element.

    Numbers as decimals, booleans as they are, options by alias, categories by path, moments by
    their `point_in_time`, all else (dates too) as text by code point.

    Source: docs/core.md, Conditions.
    """
    plain = _COMPARABLE.get(attribute.type)
    if plain is not None:
        return plain(stored)
    if attribute.type is ValueType.OPTION:
        return definition.options_of(attribute).alias(stored)
    if is_categories(attribute):
        return definition.categories.path_text(stored)
    return str(stored)


def text_form(attribute: Attribute, stored: Any, definition: Definition) -> str:
    """Return the text of one stored element: what was stored, an option's alias, a path."""
    if attribute.type is ValueType.OPTION or is_categories(attribute):
        return str(comparable(attribute, stored, definition))
    return str(stored)


def is_stored_form(attribute: Attribute, stored: Any) -> bool:
    """Return whether a value may be stored for an attribute of that type.

    What an attribute had before it got its type may not be.
    """
    if isinstance(stored, list):
        return attribute.collection and all(_is_stored_element(attribute, one) for one in stored)
    return _is_stored_element(attribute, stored)


def _is_stored_element(attribute: Attribute, stored: Any) -> bool:
    kind = attribute.type
    if kind is ValueType.COMPLEX or is_categories(attribute):
        return True
    if kind is ValueType.BOOLEAN or not isinstance(stored, str):
        return kind is ValueType.BOOLEAN and isinstance(stored, bool)
    read = _READ_AGAIN.get(kind)
    try:
        return read is None or read(stored) == stored
    except ValueError:
        return False


_READ_AGAIN: dict[ValueType, Callable[[object], str]] = {
    ValueType.NUMBER: read_number,
    ValueType.DATE: read_date,
    ValueType.DATETIME: read_datetime,
}


def elements(attribute: Attribute, stored: Any) -> list[Any]:
    """Return the single values of a stored value: those of a collection, itself, or none."""
    if stored is None:
        return []
    if attribute.collection and isinstance(stored, list):
        return stored
    return [stored]
