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
from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices, number_slices
from pims_api.storage.catalogue_index.bitmaps.blocks import (
    BlockRow,
    encode_offsets,
    place,
)
from pims_api.storage.catalogue_index.bitmaps.document_terms import entries_of, moments_of
from pims_api.storage.catalogue_index.bitmaps.number_blocks import (
    PartRow,
    encode_numbers,
    part_of,
)
from pims_api.storage.catalogue_index.bitmaps.terms import (
    INEXACT,
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

TermRow = tuple[str, int, bytes]
"""A term, a block and its encoded bits: a row of postings."""


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


class UnindexedProducts:
    """The index rows of the unindexed products. first_id: the lowest id among them."""

    def __init__(self, first_id: int, products: Sequence[_Unindexed]) -> None:
        self.first_id = first_id
        self._products = products
        self._terms: dict[Place, dict[str, list[int]]] = {}
        self._numbers: dict[Place, NumberSlices] = {}

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

    def scopes(self, attribute_id: int) -> set[str]:
        """Return the scopes in which these products have values of an attribute."""
        return {
            scope for one in self._products for number, scope in one.terms if number == attribute_id
        }

    def blocks(self, at: Place, term: str) -> list[BlockRow]:
        """Return the blocks of a term."""
        offsets: defaultdict[int, list[int]] = defaultdict(list)
        for number in self.terms(at).get(term, ()):
            block, offset = place(number)
            offsets[block].append(offset)
        return [(block, encode_offsets(some)) for block, some in offsets.items()]

    def rows(self, at: Place, low: str, high: str) -> list[TermRow]:
        """Return the rows from one term up to but not including another, in their order."""
        terms = sorted(term for term in self.terms(at) if low <= term < high)
        return [(term, *row) for term in terms for row in self.blocks(at, term)]

    def numbers(self, at: Place) -> NumberSlices:
        """Return the bit slices of a numeric attribute."""
        if at not in self._numbers:
            terms = ((t, ids) for t, ids in self.terms(at).items() if t.startswith(INEXACT))
            inexact = {term[len(INEXACT) :]: ids for term, ids in terms}
            self._numbers[at] = number_slices(self.number_parts(at, 0), inexact)
        return self._numbers[at]

    def number_parts(self, at: Place, first_id: int) -> list[PartRow]:
        """Return the number parts of a numeric attribute, with part 0 beginning at first_id."""
        parts: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for one in self._products:
            if at in one.numbers:
                part, offset = part_of(one.id - first_id)
                parts[part][offset] = one.numbers[at]
        return [(part, encode_numbers(numbers)) for part, numbers in parts.items()]

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
