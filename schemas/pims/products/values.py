"""Attribute values as PIMS callers send and receive them.

Source: docs/api/pims.md, Values.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import SKU
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.domain.values.value import value_reader
from pims_api.errors import Fault, pointer_to
from pims_api.services.products.value_rules import IGNORED, Assignment
from schemas.pims.body import refused_name

POINTER = "/data/attributes"
HINTS_MAX = 100  # unknown names per access whose nearest known ones are cached

_new = tuple.__new__  # makes an assignment in half of the time that it takes to name its parts

Reader = tuple[Column, Callable[[Any], Any], str, str]
"""A column that may be written, what reads its values, the pointer to these, and their slot."""


@dataclass(slots=True)
class ReadValues:
    """The values of a body: assignments to be checked further, faults, and ignored values."""

    assignments: list[Assignment] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[Fault] = field(default_factory=list)


def read_attributes(
    sent: Mapping[str, Any], access: Access, sku: str, suggestions: Suggestions
) -> ReadValues:
    """Return the values that a body sets, read by the names and types that its caller sees."""
    result = ReadValues()
    assignments = result.assignments
    readers = access.derive(_readers)
    for name, raw in sent.items():
        known = readers.get(name) or _reader(access, name, readers)
        if known is None:
            _pass_over(name, raw, access, sku, suggestions, result)
            continue
        column, read, pointer, slot = known
        try:
            assignments.append(_new(Assignment, (column, read(raw), pointer, slot)))
        except ValueError as error:
            result.faults.append(_unreadable(column, raw, pointer, error))
    return result


def _readers(_: Access) -> dict[str, Reader]:
    """Return the cache of readers by outward name, empty."""
    return {}


def _reader(access: Access, name: str, readers: dict[str, Reader]) -> Reader | None:
    """Return how values of that name are read, and cache it; None where they are not stored."""
    column = access.column(name)
    if column is None or not column.writable or _is_sku(column):
        return None
    readers[name] = column, value_reader(column.attribute), _pointer(name), column.slot
    return readers[name]


def _is_sku(column: Column) -> bool:
    return column.name == SKU and column.attribute.name == SKU


def _pass_over(
    name: str, raw: Any, access: Access, sku: str, suggestions: Suggestions, result: ReadValues
) -> None:
    """Add to the result why a value is not stored."""
    column = access.column(name)
    if column is None:
        if refused := refused_name(name, ("data", "attributes")):
            result.faults.append(refused)
        else:
            result.ignored.append(_unknown(name, access, suggestions))
    elif not _is_sku(column):
        message = f"{name} is read only{IGNORED}"
        result.ignored.append(Fault("read_only", message, name, _pointer(name)))
    elif sku and (raw.strip() if isinstance(raw, str) else raw) != sku:
        message = "sku must equal the SKU of the request: a SKU cannot be renamed!"
        result.faults.append(Fault("read_only", message, SKU, f"{POINTER}/{SKU}"))


def _unknown(name: str, access: Access, suggestions: Suggestions) -> Fault:
    shown = name[:NAME_LENGTH_MAX]
    message = f"There is no attribute {shown!r}{IGNORED}"
    hint = _hint(name, access, suggestions)
    return Fault("unknown_attribute", message, shown, _pointer(name), nearest=hint)


def unknown_columns(names: Iterable[str] | None, access: Access) -> list[Fault]:
    """Return a warning for every name in params.attributes that this caller sees no attribute of.

    Source: docs/api/pims.md, Values.
    """
    if not names:
        return []
    suggestions = Suggestions()
    places: dict[str, int] = {}
    for place, name in enumerate(names):
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
    """Return the nearest name, cached: a script sends the same wrong name with every row."""
    hints = access.derive(_hints)
    if name not in hints and len(hints) < HINTS_MAX:
        hints[name] = suggestions.word(name, access.by_name)
    return hints.get(name)


def _hints(_: Access) -> dict[str, str | None]:
    """Return the cache of nearest names by unknown name, empty."""
    return {}


@lru_cache(maxsize=8_192)
def _pointer(name: str) -> str:
    return POINTER + pointer_to(name)


def _unreadable(column: Column, raw: Any, pointer: str, error: ValueError) -> Fault:
    shown = raw[:200] if isinstance(raw, str) else None
    return Fault("type", f"{column.name} must be {error}!", column.name, pointer, shown)
