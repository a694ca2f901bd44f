"""Values without links to products that are deleted.

Source: docs/core.md, Workflows.
"""

from typing import Any

from pims_api.domain.attributes.attribute import STATUS, Attribute, ValueType
from pims_api.domain.definition import Definition
from pims_api.domain.product import Values
from pims_api.domain.values.scope import split_slot
from pims_api.domain.values.value import elements
from pims_api.services.products.removal import DELETED
from pims_api.storage.products.store import products_by_sku
from pims_api.storage.snapshot import Snapshot


def with_live_links(seen: Snapshot, values: Values) -> Values:
    """Return the values of a product without links to what is deleted, in at most one query."""
    relations = seen.definition.derive(_relations)
    links = {
        place: relations[key] for place in values if (key := split_slot(place)[0]) in relations
    }
    skus = {sku for place, one in links.items() for sku in elements(one, values[place])}
    if not skus:
        return values
    found = products_by_sku(seen, skus).values()
    live = {one.sku for one in found if one.values[STATUS] != DELETED}
    if live == skus:
        return values
    kept = {place: _kept(one, values[place], live) for place, one in links.items()}
    return values | kept


def _kept(one: Attribute, stored: Any, live: set[str]) -> Any:
    left = [sku for sku in elements(one, stored) if sku in live]
    if one.collection:
        return left or None
    return left[0] if left else None


def _relations(definition: Definition) -> dict[str, Attribute]:
    """Return the relations by their keys."""
    present = definition.present_attributes()
    return {one.key: one for one in present if one.type is ValueType.RELATION}
