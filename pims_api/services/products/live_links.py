"""Values without links to products that are deleted.

Source: docs/core.md, Workflows.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from pims_api.domain.attributes.attribute import STATUS, Attribute, ValueType
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product, Values
from pims_api.domain.values.scope import split_slot
from pims_api.domain.values.value import elements
from pims_api.services.products.removal import DELETED
from pims_api.storage.products.store import products_by_sku
from pims_api.storage.snapshot import Snapshot

Relations = Mapping[str, Attribute]
"""Attributes whose values are links, by their keys."""


def with_live_links(seen: Snapshot, values: Values) -> Values:
    """Return the values of a product without links to what is deleted, in at most one query."""
    return live_documents(seen, [values])[0]


def live_documents(seen: Snapshot, documents: Sequence[Values]) -> list[Values]:
    """Return the same of several products, together in at most one query.

    What only leads to deleted products is not there at all, so that it can be inherited.
    """
    relations = relations_of(seen.definition)
    skus = linked_skus(relations, documents)
    live = {sku for sku, one in _targets(seen, skus) if one.values[STATUS] != DELETED}
    if live == skus:
        return list(documents)
    return [linking_to(relations, values, live) for values in documents]


def linked_skus(relations: Relations, documents: Iterable[Values]) -> set[str]:
    """Return the SKUs to which links of these attributes lead, among the values of products."""
    if not relations:
        return set()
    return {
        sku
        for values in documents
        for place, one in _links(relations, values).items()
        for sku in elements(one, values[place])
    }


def linking_to(relations: Relations, values: Values, wanted: Container[str]) -> Values:
    """Return the values of a product with those of their links that lead to wanted SKUs."""
    links = _links(relations, values)
    kept = {place: _kept(one, values[place], wanted) for place, one in links.items()}
    return {
        place: value
        for place, value in (values | kept).items()
        if value is not None or place not in kept
    }


def _links(relations: Relations, values: Values) -> Mapping[str, Attribute]:
    """Return the relations among the values of a product, by their slots."""
    return {place: one for place in values if (one := relations.get(split_slot(place)[0]))}


def relations_of(definition: Definition) -> Relations:
    """Return the attributes whose values are links, by their keys; cached."""
    return definition.derive(_relations)


def _targets(seen: Snapshot, skus: set[str]) -> Iterable[tuple[str, Product]]:
    return products_by_sku(seen, skus).items() if skus else ()


def _kept(one: Attribute, stored: Any, live: Container[str]) -> Any:
    left = [sku for sku in elements(one, stored) if sku in live]
    if one.collection:
        return left or None
    return left[0] if left else None


def _relations(definition: Definition) -> dict[str, Attribute]:
    present = definition.present_attributes()
    return {one.key: one for one in present if one.type is ValueType.RELATION}
