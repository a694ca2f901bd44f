"""Reading bodies that are as most are, without looking at everything that they could be.

A schema looks at each of its fields, sent or not, which costs as much as the rest of a small read.
Where all keys are spelled our way and all values are fine, what was sent and the defaults of the
rest say the same. Any other body is left to the schema, and so are its faults.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError, fields, missing

from schemas.pims.fields import Part, PartList


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a schema reads. others: keys of it that mean something else than they say."""

    read: Mapping[str, Callable[[Any], Any]]
    defaults: Mapping[str, Callable[[], Any]]
    required: frozenset[str]
    others: frozenset[str]


class _NotPlain(Exception):
    """The schema has to look at it."""


def read_plainly(schema: Schema, sent: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what the schema would read, or None where it has to look itself."""
    try:
        return _read(schema, sent)
    except (_NotPlain, ValidationError):
        return None


def _read(schema: Schema, sent: Any) -> dict[str, Any]:
    if type(sent) is not dict:
        raise _NotPlain
    plan, values = _plan(schema), {}
    for name, value in sent.items():
        read = plan.read.get(name)
        if read is not None and value is not None:
            values[name] = read(value)
        elif read is not None or name in plan.others:
            raise _NotPlain
    for name, default in plan.defaults.items():
        if name not in values:
            values[name] = default()
    if not plan.required <= values.keys():
        raise _NotPlain
    return values


@cache
def _plan(schema: Schema) -> _Plan:
    known: Mapping[str, fields.Field[Any]] = schema.fields
    aliases: Mapping[str, tuple[str, ...]] = getattr(schema, "aliases", {})
    return _Plan(
        read={name: _reader(name, field) for name, field in known.items()},
        defaults={
            name: _default(field)
            for name, field in known.items()
            if isinstance(field, Part) or field.load_default is not missing
        },
        required=frozenset(name for name, field in known.items() if field.required),
        others=frozenset(other for others in aliases.values() for other in others),
    )


def _reader(name: str, field: fields.Field[Any]) -> Callable[[Any], Any]:
    if isinstance(field, Part):
        return lambda value: _read(field.schema, value)
    if isinstance(field, PartList):
        return lambda value: _read_all(field, value)
    return lambda value: field.deserialize(value, name)


def _read_all(field: PartList, sent: Any) -> list[dict[str, Any]]:
    if type(sent) is not list or len(sent) > field.most:
        raise _NotPlain
    return [_read(field.schema, one) for one in sent]


def _default(field: fields.Field[Any]) -> Callable[[], Any]:
    if isinstance(field, Part):
        return lambda: _read(field.schema, {})
    default = field.load_default
    return default if callable(default) else lambda: default
