"""From a body to checked values: every complaint becomes a fault, in the order of the body."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from pims_api.errors import Fault, pointer_to

_MARK = "|"


def complaint(code: str, message: str) -> str:
    """Return an error message that carries its code, as schemas declare it.

    >>> complaint("required", "SKU cannot be empty!")
    'required|SKU cannot be empty!'
    """
    return f"{code}{_MARK}{message}"


def load(schema: Schema, body: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return what could be read of the body, and everything that is wrong with it."""
    try:
        loaded: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        valid = error.valid_data if isinstance(error.valid_data, dict) else {}
        return valid, list(_faults(error.messages, ""))
    return loaded, []


def _faults(messages: Any, pointer: str) -> Iterator[Fault]:
    if isinstance(messages, str):
        code, mark, message = messages.partition(_MARK)
        yield (
            Fault(code, message, pointer=pointer) if mark else Fault("type", code, pointer=pointer)
        )
    elif isinstance(messages, Mapping):
        for name, below in messages.items():
            place = pointer if name == "_schema" else pointer + pointer_to(name)
            yield from _faults(below, place)
    else:
        for message in messages:
            yield from _faults(message, pointer)
