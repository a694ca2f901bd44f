"""The index entries of a document."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from pims_api.domain.attributes.attribute import (
    CREATED_ATTRIBUTE,
    DEFAULT_TYPE,
    PRODUCT_TYPE,
    SKU,
    UNSEEN_ATTRIBUTES,
    UPDATED_ATTRIBUTE,
    Attribute,
    ValueType,
)
from pims_api.domain.attributes.completeness import completeness, typed_values
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product, Values, moment_text
from pims_api.domain.values.scope import split_slot
from pims_api.storage.catalogue_index.bitmaps.terms import terms_of

Entry = tuple[int, str, str]
"""Attribute id, scope and term."""

IndexedSlot = tuple[Attribute, str]
"""The attribute and the scope of a slot that the index knows of."""

Holders = dict[Any, list[int]]
"""Stored values, a list of them as a tuple, each with the numbers of the documents that have it."""

_SLOTS = "catalogue index: slots"
_COMPUTED = "catalogue index: computed"


def is_indexed(attribute: Attribute) -> bool:
    """Return whether the values of an attribute are in the catalogue index.

    SKUs have a database index instead.
    """
    return attribute.indexed and attribute.key != SKU


def is_kept(attribute: Attribute) -> bool:
    """Return whether the catalogue index tells at least which products have the attribute."""
    if attribute.computed or attribute.deleted or attribute.key == SKU:
        return is_indexed(attribute)
    return attribute.indexed or attribute.can_tell_presence


def indexed_slot(definition: Definition, place: str) -> IndexedSlot | None:
    """Return the attribute and the scope of a slot, or None when the index does not know it."""
    known = _known_slots(definition)
    if place not in known:
        key, scope = split_slot(place)
        attribute = UNSEEN_ATTRIBUTES.get(key) or definition.by_key.get(key)
        known[place] = (attribute, scope) if attribute is not None and is_kept(attribute) else None
    return known[place]


def _known_slots(definition: Definition) -> dict[str, IndexedSlot | None]:
    """Return the cache of `indexed_slot`."""
    known: dict[str, IndexedSlot | None] = definition.derived.setdefault(_SLOTS, {})
    return known


def with_computed(values: Values, definition: Definition, typed: Values | None = None) -> Values:
    """Return a document with its computed values: product type and completeness.

    typed: the document by which completeness counts, if it is another one.
    """
    seen = {PRODUCT_TYPE: DEFAULT_TYPE} | values
    keys = completeness_keys(definition)
    if not keys:
        return seen
    return seen | dict.fromkeys(keys, completeness(typed or values, definition))


def moments_of(product: Product) -> tuple[tuple[Attribute, int], ...]:
    """Return when a product was made and changed, in microseconds, each with its attribute."""
    return (CREATED_ATTRIBUTE, product.created_at), (UPDATED_ATTRIBUTE, product.updated_at)


def seen_values(product: Product, definition: Definition) -> Values:
    """Return what conditions and orders see of a product: document, computed values, moments."""
    moments = {one.key: moment_text(at) for one, at in moments_of(product)}
    return with_computed(product.values, definition, typed_values(product)) | moments


def entries_of(
    values: Values, definition: Definition
) -> Iterator[tuple[Attribute, str, Any, frozenset[str]]]:
    """Yield attribute, scope, stored value and terms of each indexed value of a document."""
    for slot, stored in with_computed(values, definition).items():
        indexed = indexed_slot(definition, slot)
        if indexed is not None:
            attribute, scope = indexed
            yield attribute, scope, stored, terms_of(attribute, stored)


def shared_entries(
    documents: Iterable[tuple[int, Values]], definition: Definition
) -> Iterator[tuple[Attribute, str, Holders]]:
    """Yield attribute, scope and the numbers of the documents with each value, of many documents.

    Documents with the same value come together, so that its terms are computed once. Of attributes
    whose values are not indexed True stands for any value.
    """
    for slot, (numbers, column) in _columns_of(documents, definition).items():
        indexed = indexed_slot(definition, slot)
        if indexed is not None:
            yield *indexed, _holders_of(indexed[0], numbers, column)


def _columns_of(
    documents: Iterable[tuple[int, Values]], definition: Definition
) -> dict[str, tuple[list[int], list[Any]]]:
    """Return the values of each slot, with the numbers of their documents.

    Documents with the same slots, such as those of one batch, are taken apart at once.
    """
    alike: defaultdict[tuple[str, ...], tuple[list[int], list[Any]]] = defaultdict(_pair_of_lists)
    for number, values in documents:
        seen = with_computed(values, definition)
        numbers, rows = alike[tuple(seen)]
        numbers.append(number)
        rows.append(seen.values())
    found: defaultdict[str, tuple[list[int], list[Any]]] = defaultdict(_pair_of_lists)
    for slots, (numbers, rows) in alike.items():
        for slot, values_there in zip(slots, zip(*rows, strict=True), strict=True):
            its_numbers, its_values = found[slot]
            its_numbers += numbers
            its_values += values_there
    return found


def _pair_of_lists() -> tuple[list[int], list[Any]]:
    return [], []


def _holders_of(attribute: Attribute, numbers: list[int], column: list[Any]) -> Holders:
    """Return the numbers by the value beside them."""
    held: Holders = defaultdict(list)
    if not attribute.indexed:
        if [] not in column:
            return {True: numbers}
        column = [True if stored != [] else None for stored in column]
    for number, stored in zip(numbers, column, strict=True):
        held[tuple(stored) if type(stored) is list else stored].append(number)
    return held


def completeness_keys(definition: Definition) -> list[str]:
    """Return the keys of the attributes of type completeness."""
    keys: list[str] | None = definition.derived.get(_COMPUTED)
    if keys is None:
        kind = ValueType.COMPLETENESS
        keys = [one.key for one in definition.present_attributes() if one.type is kind]
        definition.derived[_COMPUTED] = keys
    return keys
