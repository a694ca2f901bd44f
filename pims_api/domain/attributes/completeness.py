"""Completeness: the share of the attributes required by its type that a product has."""

from collections.abc import Iterator
from typing import Any

from pims_api.domain.access.scopes import searched_scopes
from pims_api.domain.attributes.attribute import DEFAULT_TYPE, PRODUCT_TYPE
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product, Values
from pims_api.domain.values.scope import Scope, slot

COMPLETE = 100  # percent

_UNSET: tuple[Any, ...] = (None, [])

_Slots = dict[int, tuple[str, ...]]
"""The slots of required attributes, by the ids of these."""


def completeness(values: Values, definition: Definition) -> int:
    """Return the percentage, 0 to 100, of the required attributes that have a value.

    That is the global value, or where more than locales differ the one of the default segments.
    Rounded to the nearest whole number, an exact half down; 100 when nothing is required.
    Required attributes that are deleted or computed do not count.

    Source: docs/core.md, Completeness.
    """
    required = _required(values, definition)
    filled = sum(_has_value(values, slots) for slots in required.values())
    return share(filled, len(required))


def typed_values(product: Product) -> Values:
    """Return the document by which the completeness of a product counts.

    A product as it was at a moment has the values of then, with the type that it has today.
    """
    return product.values if product.today is None else typed_as(product.today, product.values)


def typed_as(other: Product, values: Values) -> Values:
    """Return a document with the product type of another product."""
    own = {slot: value for slot, value in values.items() if slot != PRODUCT_TYPE}
    return own | {slot: other.values[slot] for slot in (PRODUCT_TYPE,) if slot in other.values}


def missing_ids(values: Values, definition: Definition) -> set[int]:
    """Return the ids of the required attributes without a value, by which completeness is less.

    Source: docs/core.md, Completeness.
    """
    required = _required(values, definition)
    return {number for number, slots in required.items() if not _has_value(values, slots)}


def _has_value(values: Values, slots: tuple[str, ...]) -> bool:
    best, *others = slots
    return values.get(best) not in _UNSET or any(values.get(one) not in _UNSET for one in others)


def _required(values: Values, definition: Definition) -> _Slots:
    """Return what the type of a product requires."""
    by_type, kind = definition.derive(_slots_by_type), values.get(PRODUCT_TYPE, DEFAULT_TYPE)
    required = by_type.get(kind)
    if required is None:
        required = by_type[kind] = dict(_required_by(definition, kind))
    return required


def _slots_by_type(_: Definition) -> dict[str, _Slots]:
    """Return the cache of what each product type requires, empty."""
    return {}


def _required_by(definition: Definition, type_name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield id and slots, the best first, of each attribute that a product type requires."""
    kind = definition.types.get(type_name)
    for number in kind.required_ids if kind else ():
        one = definition.attributes.get(number)
        if one is not None and not (one.deleted or one.computed):
            slots = (slot(one.key, s) for s in searched_scopes(definition, one, Scope()))
            yield number, tuple(slots)


def share(filled: int, required: int) -> int:
    """Return filled of required as a percentage, by whole numbers only.

    >>> share(2, 3), share(1, 8), share(0, 4), share(0, 0)
    (67, 12, 0, 100)
    """
    if not required:
        return COMPLETE
    return -((required - 2 * COMPLETE * filled) // (2 * required))
