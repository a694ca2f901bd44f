"""The JSON shape of one value of each type: read from bodies, written into replies.

Source: docs/api/sigma.md, Values.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import orjson

from pims_api.domain.attributes.attribute import Attribute, ValueType
from pims_api.domain.attributes.option_list import Option, OptionList
from pims_api.domain.definition import Definition
from pims_api.domain.values.value import (
    JsonNumber,
    elements,
    read_date,
    read_datetime,
    read_number,
)
from schemas.rest.numbers import exact_json, json_number, without_exponent
from schemas.sigma.ids import find_option, option_id
from schemas.sigma.model.attributes import TYPES

Linked = Mapping[str, str]
"""From the id of a record or variant to its SKU, or back."""


class Mismatch(ValueError):
    """A value of another type. Its message says what is expected.

    received: the name of its type, where it is one of a list.
    """

    received: str = ""


class Unlinked(Mismatch):
    """The id of no record or variant that is there, in the place of one."""


def read_single(definition: Definition, attribute: Attribute, value: Any, links: Linked) -> Any:
    """Return one JSON value in the shape that the core takes. Raises Mismatch."""
    kind = attribute.type
    if kind is ValueType.OPTION:
        return _read_option(definition.options_of(attribute), value)
    if kind is ValueType.RELATION:
        return _read_link(value, links)
    read: Callable[[Any], Any] = _READERS.get(kind, _read_text)
    return read(value)


def value_writer(
    definition: Definition, attribute: Attribute, links: Linked
) -> Callable[[Any], Any]:
    """Return the writer of the stored values of an attribute as JSON.

    It returns None for a link to what is not there any more.
    """
    write = _single_writer(definition, attribute, links)
    if not attribute.collection:
        return write

    def write_list(held: Any) -> list[Any] | None:
        shown = (write(one) for one in elements(attribute, held))
        return [one for one in shown if one is not None] or None

    return write_list


def _single_writer(
    definition: Definition, attribute: Attribute, links: Linked
) -> Callable[[Any], Any]:
    if attribute.type is ValueType.OPTION:
        return partial(_write_option, definition.options_of(attribute).options)
    if attribute.type is ValueType.RELATION:
        return links.get
    return _WRITERS.get(attribute.type, write_as_is)


def write_as_is(held: Any) -> Any:
    """Return a stored value that is JSON as it is."""
    return held


def _write_media(held: str) -> Any:
    return orjson.Fragment(held) if held.startswith("{") and _is_media_object(held) else held


def _is_media_object(text: str) -> bool:
    """Return whether a text is an object with a url, and not just any text that begins like one."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and _is_text(found.get("url"))


def _write_option(options: Mapping[str, Option], held: str) -> str:
    option = options.get(held)
    return held if option is None else option_id(option)


_WRITERS: Mapping[ValueType, Callable[[Any], Any]] = {
    ValueType.NUMBER: json_number,
    ValueType.COMPLEX: orjson.Fragment,
    ValueType.MEDIA: _write_media,
}


def type_name(value: Any) -> str:
    """Return what the type of a JSON value is called in messages.

    >>> [type_name(one) for one in ("x", JsonNumber("1"), True, None, [], {})]
    ['text', 'number', 'boolean', 'null', 'list', 'object']
    """
    return next(name for kind, name in _NAMES if isinstance(value, kind))


_NAMES: tuple[tuple[type, str], ...] = (
    (JsonNumber, "number"),
    (str, "text"),
    (bool, "boolean"),
    (type(None), "null"),
    (list, "list"),
    (dict, "object"),
)


def expected(attribute: Attribute) -> str:
    """Return the name of the type that an attribute expects."""
    return TYPES[attribute.type]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, JsonNumber)


def _read_text(value: Any) -> str:
    if not _is_text(value):
        raise Mismatch("a text")
    return str(value)


def _read_number(value: Any) -> str:
    if not isinstance(value, JsonNumber):
        raise Mismatch("a number")
    return _checked(read_number, JsonNumber(without_exponent(value)))


def _read_boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Mismatch("true or false")
    return value


def _read_media(value: Any) -> str:
    if isinstance(value, dict) and _is_text(value.get("url")):
        return exact_json(value)
    if not _is_text(value):
        raise Mismatch("a URL, or an object with a url")
    return str(value)


def _read_complex(value: Any) -> str:
    if not isinstance(value, dict | list):
        raise Mismatch("an object or a list")
    return exact_json(value)


def _checked(read: Callable[[object], str], value: Any) -> str:
    try:
        return read(None if isinstance(value, JsonNumber) and read is not read_number else value)
    except ValueError as error:
        raise Mismatch(str(error)) from error


_READERS: Mapping[ValueType, Callable[[Any], Any]] = {
    ValueType.NUMBER: _read_number,
    ValueType.BOOLEAN: _read_boolean,
    ValueType.DATE: lambda value: _checked(read_date, value),
    ValueType.DATETIME: lambda value: _checked(read_datetime, value),
    ValueType.MEDIA: _read_media,
    ValueType.COMPLEX: _read_complex,
}


def _read_option(options: OptionList, value: Any) -> str:
    text = _read_text(value)
    by_id = find_option(options, text)
    return text if by_id is None else by_id.alias


def _read_link(value: Any, links: Linked) -> str:
    text = value if _is_text(value) else None
    if text is None or text not in links:
        raise (Mismatch if text is None else Unlinked)("the id of a record or variant")
    return links[text]
