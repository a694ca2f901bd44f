"""Attribute values as PIMS callers send and receive them.

Source: docs/api/pims.md, Values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pims_api.domain.access import Access, Column
from pims_api.domain.attribute import SKU
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.domain.value import read_value
from pims_api.errors import Fault, pointer_to
from pims_api.services.product.values import IGNORED, Assignment

POINTER = "/data/attributes"
HINTS_KEPT = 100  # wrong names whose nearest ones a process remembers


@dataclass(slots=True)
class ReadValues:
    """The values of a body: those that can be checked further, what is wrong, what was ignored."""

    assignments: list[Assignment] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[Fault] = field(default_factory=list)


def read_attributes(
    sent: Mapping[str, Any], access: Access, sku: str, suggestions: Suggestions
) -> ReadValues:
    """Return what a body sets, by the names and types that its caller sees."""
    result = ReadValues()
    for name, raw in sent.items():
        column = access.column(name)
        if column is None:
            result.ignored.append(_unknown(name, access, suggestions))
        elif column.name == SKU and column.attribute.name == SKU:
            if sku and (raw.strip() if isinstance(raw, str) else raw) != sku:
                message = "sku must equal the SKU of the request: a SKU cannot be renamed!"
                result.faults.append(Fault("read_only", message, SKU, f"{POINTER}/{SKU}"))
        elif not column.writable:
            message = f"{name} is read only{IGNORED}"
            pointer = _pointer(name)
            result.ignored.append(Fault("read_only", message, name, pointer))
        else:
            _read(column, raw, result)
    return result


def _unknown(name: str, access: Access, suggestions: Suggestions) -> Fault:
    shown = name[:NAME_LENGTH_MAX]
    message = f"There is no attribute {shown!r}{IGNORED}"
    hint = _hint(name, access, suggestions)
    return Fault("unknown_attribute", message, shown, _pointer(name), nearest=hint)


def unknown_columns(names: Iterable[str] | None, access: Access) -> list[Fault]:
    """Return a warning for every name in params.attributes that this caller sees no attribute of.

    Source: docs/api/pims.md, Values.
    """
    suggestions = Suggestions()
    places: dict[str, int] = {}
    for place, name in enumerate(names or ()):
        places.setdefault(name, place)
    return [
        Fault(
            "unknown_attribute",
            f"There is no attribute {name[:NAME_LENGTH_MAX]!r}: the name was ignored.",
            name[:NAME_LENGTH_MAX],
            pointer_to("params", "attributes", place),
            nearest=suggestions.word(name, access.by_name),
        )
        for name, place in places.items()
        if access.column(name) is None
    ]


def _hint(name: str, access: Access, suggestions: Suggestions) -> str | None:
    """Return the nearest name. A script sends the same wrong name with every row: it is kept."""
    known: dict[str, str | None] = access.derived.setdefault("hints", {})
    if name not in known and len(known) < HINTS_KEPT:
        known[name] = suggestions.word(name, access.by_name)
    return known.get(name)


@lru_cache(maxsize=8_192)
def _pointer(name: str) -> str:
    return POINTER + pointer_to(name)


def _read(column: Column, raw: Any, result: ReadValues) -> None:
    pointer = _pointer(column.name)
    try:
        value = read_value(column.attribute, raw)
    except ValueError as error:
        message = f"{column.name} must be {error}!"
        shown = raw[:200] if isinstance(raw, str) else None
        result.faults.append(Fault("type", message, column.name, pointer, shown))
    else:
        result.assignments.append(Assignment(column, value, pointer))
