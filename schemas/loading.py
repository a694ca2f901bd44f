"""A loader of request bodies: marshmallow schemas, compiled once to a plan.

marshmallow's own loader calls every hook of every field, which costs as much as the rest of a small
request. A plan holds the reader of each key and the default of each missing key. Schemas still
declare shapes, defaults and messages.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, missing
from marshmallow.exceptions import SCHEMA

from pims_api.errors import Fault, pointer_to
from schemas.keys import Aliases, KeyTable

_MARK = "|"

Read = Callable[[Any], Any]
"""From a value as it was sent to what it means. Raises ValidationError."""


class Keyed(Schema):
    """An object whose keys are accepted in snake and camel case.

    aliases: other names of keys. passed_over: keys that are known here and read elsewhere.
    """

    aliases: Aliases = {}
    passed_over: tuple[str, ...] = ()

    class Meta:
        unknown = EXCLUDE


@dataclass(frozen=True, slots=True)
class _Plan:
    """A compiled schema.

    keys: its keys in every spelling. read: the reader of each key. constants: immutable defaults.
    makers: factories of mutable defaults; they raise for required keys. refused: the message for
    unknown keys; None: they are ignored.
    """

    keys: KeyTable
    read: Mapping[str, Read]
    constants: dict[str, Any]
    makers: tuple[tuple[str, Callable[[], Any]], ...]
    refused: str | None


def complaint(code: str, message: str) -> str:
    """Return an error message with its code in front, as schemas declare it.

    >>> complaint("required", "SKU cannot be empty!")
    'required|SKU cannot be empty!'
    """
    return f"{code}{_MARK}{message}"


def load(
    schema: Schema, body: Any, usual: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], list[Fault]]:
    """Return the valid values of a body, and every fault of it in the order of the schema.

    usual: values that stand for keys which were not sent, instead of the schema's defaults.
    """
    try:
        return read_object(schema, body, usual), []
    except ValidationError as error:
        return dict(error.valid_data or {}), list(_faults(error.messages, ""))


def read_object(
    schema: Schema, sent: Any, usual: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the values of an object. Raises ValidationError with the valid ones among them."""
    plan = _plan(schema)
    if not isinstance(sent, dict):
        raise ValidationError({SCHEMA: [schema.error_messages["type"]]}, valid_data={})
    values = dict(usual or plan.constants)
    wrong: dict[str, Any] = {}
    if not sent.keys() <= plan.keys.own:
        sent, clashes = plan.keys.named(sent)
        wrong = {name: [complaint("syntax", message)] for name, message in clashes.items()}
        values = {name: value for name, value in values.items() if name not in wrong}
    for name, value in sent.items():
        read = plan.read.get(name)
        if read is not None:
            try:
                values[name] = read(value)
            except ValidationError as error:
                _set_aside(name, error, values, wrong)
    _make_absent(plan, values, wrong)
    if plan.refused:
        wrong |= {name: [plan.refused] for name in sent if name not in plan.read}
    if wrong:
        order = [*plan.read, *wrong]
        messages = {name: wrong[name] for name in order if name in wrong}
        raise ValidationError(messages, valid_data=values)
    return values


def _make_absent(plan: _Plan, values: dict[str, Any], wrong: dict[str, Any]) -> None:
    """Add the defaults of keys that were not sent, or the error that they are required."""
    for name, make in plan.makers:
        if name not in values and name not in wrong:
            try:
                values[name] = make()
            except ValidationError as error:
                _set_aside(name, error, values, wrong)


def read_objects(schema: Schema, sent: list[Any]) -> list[dict[str, Any]]:
    """Return the values of a list of objects. Raises ValidationError with what is valid of each."""
    valid: list[dict[str, Any]] = []
    wrong: dict[int, Any] = {}
    for place, one in enumerate(sent):
        try:
            valid.append(read_object(schema, one))
        except ValidationError as error:
            wrong[place] = error.messages
            valid.append(dict(error.valid_data or {}))
    if wrong:
        raise ValidationError(wrong, valid_data=valid)
    return valid


def _set_aside(
    name: str, error: ValidationError, values: dict[str, Any], wrong: dict[str, Any]
) -> None:
    """Note the error of a value; of an object within the body the valid part is kept."""
    wrong[name] = error.messages
    values.pop(name, None)
    if error.valid_data:
        values[name] = error.valid_data


@cache
def keys_of(schema: Schema) -> KeyTable:
    """Return the keys of a schema and of the objects in it."""
    tables = {name: _keys_within(field) for name, field in schema.fields.items()}
    return KeyTable(
        [*schema.fields, *getattr(schema, "passed_over", ())],
        getattr(schema, "aliases", {}),
        {name: table for name, table in tables.items() if table is not None},
    )


def _keys_within(field: fields.Field[Any]) -> KeyTable | None:
    if isinstance(field, fields.Nested):
        return keys_of(field.schema)
    table: KeyTable | None = getattr(field, "keys", None)
    return table


@cache
def _plan(schema: Schema) -> _Plan:
    known: Mapping[str, fields.Field[Any]] = schema.fields
    absent = {name: one for name, one in known.items() if _stands_for_absent(one)}
    refused = schema.error_messages["unknown"] if schema.unknown == RAISE else None
    return _Plan(
        keys=keys_of(schema),
        read={name: _reader(name, field) for name, field in known.items()},
        constants={name: one.load_default for name, one in absent.items() if not _is_made(one)},
        makers=tuple((name, _maker(name, one)) for name, one in absent.items() if _is_made(one)),
        refused=refused,
    )


def _stands_for_absent(field: fields.Field[Any]) -> bool:
    return field.required or field.load_default is not missing


def _is_made(field: fields.Field[Any]) -> bool:
    return field.required or callable(field.load_default)


def _reader(name: str, field: fields.Field[Any]) -> Read:
    compiled: Callable[[str], Read] | None = getattr(field, "compiled", None)
    return compiled(name) if compiled else lambda value: field.deserialize(value, name)


def _maker(name: str, field: fields.Field[Any]) -> Callable[[], Any]:
    if field.required:
        return lambda: field.deserialize(missing, name)
    make: Callable[[], Any] = field.load_default
    return make


def _faults(messages: Any, pointer: str) -> Iterator[Fault]:
    if isinstance(messages, str):
        code, mark, message = messages.partition(_MARK)
        yield (
            Fault(code, message, pointer=pointer) if mark else Fault("type", code, pointer=pointer)
        )
    elif isinstance(messages, Mapping):
        for name, below in messages.items():
            place = pointer if name == SCHEMA else pointer + pointer_to(name)
            yield from _faults(below, place)
    else:
        for message in messages:
            yield from _faults(message, pointer)
