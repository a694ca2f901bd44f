"""Completeness: the share of the attributes required by its type that a product has."""

from collections.abc import Iterator
from typing import Any

from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.attributes.attribute import DEFAULT_TYPE, PRODUCT_TYPE
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values
from pims_api.domain.values.scope import Scope, slot

COMPLETE = 100  # percent

_UNSET: tuple[Any, ...] = (None, [])


def completeness(values: Values, definition: Definition) -> int:
    """Return the percentage, 0 to 100, of the required attributes that have a value.

    That is the global value, or where more than locales differ the one of the default segments.
    Rounded to the nearest whole number, an exact half down; 100 when nothing is required.
    Required attributes that are deleted or computed do not count.

    Source: docs/core.md, Completeness.
    """
    by_type, kind = definition.derive(_slots_by_type), values.get(PRODUCT_TYPE, DEFAULT_TYPE)
    required = by_type.get(kind)
    if required is None:
        required = by_type[kind] = list(_required(definition, kind))
    filled = sum(
        values.get(best) not in _UNSET or any(values.get(one) not in _UNSET for one in others)
        for best, *others in required
    )
    return share(filled, len(required))


def _slots_by_type(_: Definition) -> dict[str, list[tuple[str, ...]]]:
    """Return the cache of the slots that each product type requires, empty."""
    return {}


def _required(definition: Definition, type_name: str) -> Iterator[tuple[str, ...]]:
    """Yield the slots of each attribute that a product type requires, the best first."""
    kind = definition.types.get(type_name)
    for number in kind.required_ids if kind else ():
        one = definition.attributes.get(number)
        if one is not None and not (one.deleted or one.computed):
            yield tuple(slot(one.key, s) for s in searched_scopes(definition, one, Scope()))


def share(filled: int, required: int) -> int:
    """Return filled of required as a percentage, by whole numbers only.

    >>> share(2, 3), share(1, 8), share(0, 4), share(0, 0)
    (67, 12, 0, 100)
    """
    if not required:
        return COMPLETE
    return -((required - 2 * COMPLETE * filled) // (2 * required))
