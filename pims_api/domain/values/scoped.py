"""Scoped values: all values of a product, attribute by attribute, each with its scope."""

from typing import Any

from pims_api.domain.product import Values
from pims_api.domain.values.scope import split_slot

ScopedValue = tuple[str, Any]
"""The text of a scope, and the stored value in it."""


def by_attribute(values: Values) -> dict[str, list[ScopedValue]]:
    """Return the scoped values by the key of their attribute, in the order of the document.

    >>> by_attribute({"title": "rod", "title@1=2": "Stange", "price": "5"})
    {'title': [('', 'rod'), ('1=2', 'Stange')], 'price': [('', '5')]}
    """
    found: dict[str, list[ScopedValue]] = {}
    for place, value in values.items():
        key, scope = split_slot(place)
        found.setdefault(key, []).append((scope, value))
    return found
