"""Unindexed products: the newest ones, which are not in the index yet, as index rows in memory.

Indexing one product changes rows all over the index and the full text; indexing many together
costs little more. So new products stay unindexed until there are some dozen, and readers make index
rows of their documents. These are in the same snapshot, so replies are the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from sqlalchemy import bindparam, select

from pims_api.domain.definition import Definition
from pims_api.domain.product import Product
from pims_api.domain.search.document_tokens import document_tokens
from pims_api.domain.values.scope import GLOBAL
from pims_api.storage.catalogue_index.apart import ProductsApart
from pims_api.storage.catalogue_index.bitmaps.document_terms import entries_of, moments_of
from pims_api.storage.catalogue_index.bitmaps.terms import (
    index_number,
    is_long,
    is_sliced,
    long_texts,
)
from pims_api.storage.catalogue_index.skip_scan import Place
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import document

_CACHE = "catalogue index: unindexed products"
_VERSIONS = PreparedStatement(
    select(document.c.product_id, document.c.version).where(
        document.c.tenant_id == bindparam("tenant_id"),
        document.c.product_id > bindparam("indexed_id"),
    )
)


class _Unindexed:
    """One product, with the index entries and the tokens of its document."""

    def __init__(self, stored: Product, definition: Definition) -> None:
        self.id = stored.id
        self.version = stored.version
        self.terms: dict[Place, frozenset[str]] = {}
        self.numbers: dict[Place, int] = {}
        self.long: dict[str, str] = {}
        self._values = stored.values
        self._definition = definition
        self.numbers |= {(one.id, GLOBAL): at for one, at in moments_of(stored)}
        for attribute, scope, value, terms in entries_of(stored.values, definition):
            self.terms[attribute.id, scope] = terms
            number = index_number(attribute, value) if is_sliced(attribute) else None
            if number is not None:
                self.numbers[attribute.id, scope] = number
            if any(map(is_long, terms)):
                self.long.update(long_texts(attribute, value))

    @cached_property
    def tokens(self) -> frozenset[str]:
        return frozenset(document_tokens(self._values, self._definition))


class UnindexedProducts(ProductsApart):
    """The index rows of the unindexed products. first_id: the lowest id among them."""

    def __init__(self, first_id: int, products: Sequence[_Unindexed]) -> None:
        super().__init__()
        self.first_id = first_id
        self._products = products
        self._terms: dict[Place, dict[str, list[int]]] = {}

    def __bool__(self) -> bool:
        return bool(self._products)

    def terms(self, at: Place) -> Mapping[str, list[int]]:
        """Return the ids, ascending, of the products with each term of an attribute."""
        known = self._terms.get(at)
        if known is None:
            found: defaultdict[str, list[int]] = defaultdict(list)
            for one in self._products:
                for term in one.terms.get(at, ()):
                    found[term].append(one.id)
            known = self._terms[at] = dict(found)
        return known

    def integers(self, at: Place) -> Mapping[int, int]:
        """Return the integer of each product with a value of a numeric attribute, by its id."""
        return {one.id: one.numbers[at] for one in self._products if at in one.numbers}

    def scopes(self, attribute_id: int) -> set[str]:
        """Return the scopes in which these products have values of an attribute."""
        return {
            scope for one in self._products for number, scope in one.terms if number == attribute_id
        }

    @cached_property
    def long_texts(self) -> dict[str, str]:
        """The texts of long terms."""
        return {term: text for one in self._products for term, text in one.long.items()}

    @property
    def tokens(self) -> dict[int, frozenset[str]]:
        """The full-text tokens, by product id."""
        return {one.id: one.tokens for one in self._products}

    def brought_up_to(self, snapshot: Snapshot) -> "UnindexedProducts":
        """Return those of another snapshot with the same definition, reusing unchanged products."""
        limits = {"tenant_id": snapshot.tenant_id, "indexed_id": snapshot.indexed_id}
        wanted = sorted(map(tuple, _VERSIONS.each(snapshot.connection, limits)))
        found = {(one.id, one.version): one for one in self._products}
        new = products_by_id(snapshot, [number for number, *_ in set(wanted) - found.keys()])
        for one in new.values():
            found[one.id, one.version] = _Unindexed(one, snapshot.definition)
        return UnindexedProducts(snapshot.indexed_id + 1, [found[one] for one in wanted])


_NONE = UnindexedProducts(1, ())


def unindexed_products(snapshot: Snapshot) -> UnindexedProducts:
    """Return the unindexed products of a snapshot.

    The index entries of a document are cached for as long as product and definition are the same.
    A writer caches nothing, because what it reads may never be committed.
    """
    if snapshot.indexed_id == snapshot.last_product_id:
        return _NONE
    if snapshot.is_writing:
        return _NONE.brought_up_to(snapshot)
    cached = snapshot.definition.derived
    state = (snapshot.sequence, snapshot.indexed_id)
    known: UnindexedProducts
    known_state, known = cached.get(_CACHE, (None, _NONE))
    if known_state != state:
        known = known.brought_up_to(snapshot)
        cached[_CACHE] = (state, known)
    return known
