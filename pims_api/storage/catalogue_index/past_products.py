"""Changed products of a past snapshot: their index rows, made of the values of then.

What a product had then replaces what the index says of it now, slot by slot; what did not change
since is taken from the index as it is. Unindexed products are taken apart anyway, by the same rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from pims_api.domain.attributes.attribute import (
    DEFAULT_TYPE,
    PRODUCT_TYPE_ATTRIBUTE,
    SYSTEM_FIELDS,
    UNSEEN_ATTRIBUTES,
    UPDATED_ATTRIBUTE,
    Attribute,
    ValueType,
)
from pims_api.domain.attributes.completeness import completeness, typed_values
from pims_api.domain.product import Product, moment_text
from pims_api.domain.search.document_tokens import document_tokens, searched_slot
from pims_api.domain.values.scope import slot, split_slot
from pims_api.domain.values.value import is_stored_form
from pims_api.storage.catalogue_index.apart import ProductsApart
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids
from pims_api.storage.catalogue_index.bitmaps.terms import (
    index_number,
    is_long,
    long_texts,
    terms_of,
)
from pims_api.storage.catalogue_index.skip_scan import Place
from pims_api.storage.catalogue_index.unindexed_products import unindexed_products
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Past, Snapshot

PRODUCTS_READ = 500  # in one statement
_OTHERS = {one.id: one for one in (*SYSTEM_FIELDS, *UNSEEN_ATTRIBUTES.values())}
# What a value of another type than today's makes of its reader. It counts as unset.
_UNREADABLE = (ValueError, ArithmeticError, TypeError, LookupError)


def products_apart(snapshot: Snapshot) -> ProductsApart:
    """Return the products whose rows in the index are missing or do not hold in a snapshot."""
    past = snapshot.past
    if past is None or (past.sequence == snapshot.sequence and not past.rows_are_of_then):
        return unindexed_products(snapshot)
    return PastProducts(snapshot, past)


class PastProducts(ProductsApart):
    """The index rows of the changed and of the unindexed products of a past snapshot."""

    def __init__(self, snapshot: Snapshot, past: Past) -> None:
        super().__init__()
        self._snapshot = snapshot
        self._definition = snapshot.definition
        self._changed = past.changed
        self._unindexed = unindexed_products(past.now)
        self._may_be_converted = past.now.definition.version > past.sequence
        self._terms: dict[Place, dict[str, list[int]]] = {}
        self._values: dict[Place, Mapping[int, Any]] = {}
        self._long: dict[str, str] = {}

    def terms(self, at: Place) -> Mapping[str, list[int]]:
        """Return the ids, ascending, of the products with each term of an attribute."""
        known = self._terms.get(at)
        if known is None:
            changed, attribute = self._then(at), self._attribute(at)
            found: defaultdict[str, list[int]] = defaultdict(list)
            for term, ids in self._unindexed.terms(at).items():
                found[term] += [number for number in ids if number not in changed]
            for number, value in changed.items():
                for term in self._terms_of(attribute, value):
                    found[term].append(number)
            known = self._terms[at] = {term: sorted(ids) for term, ids in found.items() if ids}
        return known

    def integers(self, at: Place) -> Mapping[int, int]:
        """Return the integer of each product with a value of a numeric attribute, by its id."""
        changed, attribute = self._then(at), self._attribute(at)
        others = self._unindexed.integers(at).items()
        found = {number: integer for number, integer in others if number not in changed}
        for number, value in changed.items():
            integer = _integer(attribute, value)
            if integer is not None:
                found[number] = integer
        return found

    def scopes(self, attribute_id: int) -> set[str]:
        """Return the scopes in which products may have had values of an attribute."""
        places = map(split_slot, self._changed.slots)
        key = self._attribute((attribute_id, "")).key
        found = {scope for other, scope in places if other == key}
        return self._unindexed.scopes(attribute_id) | found

    @property
    def long_texts(self) -> Mapping[str, str]:
        """The texts of long terms, of the attributes whose terms were asked for."""
        return {**self._unindexed.long_texts, **self._long}

    @cached_property
    def tokens(self) -> Mapping[int, frozenset[str]]:
        """The full-text tokens, by product id."""
        changed = self._otherwise_searched
        found = {n: some for n, some in self._unindexed.tokens.items() if n not in changed}
        for one in self._products(changed):
            found[one.id] = frozenset(document_tokens(one.values, self._definition))
        return found

    @cached_property
    def outdated_tokens(self) -> int:
        """The products whose stored tokens do not hold, as bits."""
        return from_ids(self._otherwise_searched)

    def outdated(self, at: Place) -> int:
        """Return the products whose stored rows of an attribute do not hold, as bits."""
        return from_ids(self._then(at))

    @cached_property
    def _otherwise_searched(self) -> set[int]:
        slots = self._changed.slots.items()
        return {n for one, of in slots if searched_slot(self._definition, one) for n in of}

    def _then(self, at: Place) -> Mapping[int, Any]:
        """Return the values of then of an attribute, None for unset, of products that changed."""
        if at not in self._values:
            self._values[at] = self._read(self._attribute(at), at[1])
        return self._values[at]

    def _read(self, attribute: Attribute, scope: str) -> Mapping[int, Any]:
        if attribute is UPDATED_ATTRIBUTE:
            found = self._products(self._changed.products)
            return {one.id: moment_text(one.updated_at) for one in found}
        if attribute.type is ValueType.COMPLETENESS:
            found = self._products(self._changed.products)
            return {one.id: completeness(typed_values(one), self._definition) for one in found}
        changed: Mapping[int, Any] = self._changed.slots.get(slot(attribute.key, scope), {})
        if attribute is PRODUCT_TYPE_ATTRIBUTE:
            return {number: value or DEFAULT_TYPE for number, value in changed.items()}
        if not self._may_be_converted:
            return changed
        # What the type does not take today is null.
        return {
            number: value if value is None or is_stored_form(attribute, value) else None
            for number, value in changed.items()
        }

    def _products(self, ids: Iterable[int]) -> Iterable[Product]:
        """Yield some products as they were."""
        wanted = sorted(ids)
        for start in range(0, len(wanted), PRODUCTS_READ):
            yield from products_by_id(
                self._snapshot, wanted[start : start + PRODUCTS_READ]
            ).values()

    def _attribute(self, at: Place) -> Attribute:
        return _OTHERS.get(at[0]) or self._definition.attributes[at[0]]

    def _terms_of(self, attribute: Attribute, value: Any) -> Iterable[str]:
        try:
            terms = terms_of(attribute, value)
            if any(map(is_long, terms)):
                self._long.update(long_texts(attribute, value))
        except _UNREADABLE:
            return ()
        return terms


def _integer(attribute: Attribute, value: Any) -> int | None:
    try:
        return index_number(attribute, value)
    except _UNREADABLE:
        return None
