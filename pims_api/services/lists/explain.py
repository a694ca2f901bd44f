"""Explanations: the steps that found a list, and why a product is in it or not.

Source: docs/core.md, Explanations.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from pims_api.clock import now_us
from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.conditions.condition import And, Condition, Not, Or, predicates
from pims_api.domain.conditions.truth import truth
from pims_api.domain.product import Product, Values
from pims_api.domain.search.tokenizer import QueryWord, query_words
from pims_api.domain.search.truth import SearchedProduct
from pims_api.services.access import is_visible, visible_skus
from pims_api.services.lists.query import (
    Found,
    Listing,
    ListQuery,
    TermKind,
    list_page,
    list_terms,
    listed_products,
)
from pims_api.storage.catalogue_index.bitmaps.document_terms import seen_values
from pims_api.storage.catalogue_index.filter.evaluate import match, match_in_order
from pims_api.storage.catalogue_index.filter.rows_scanned import rows_passed
from pims_api.storage.engine.query_trace import traced
from pims_api.storage.products.store import find_product
from pims_api.storage.search.index import search
from pims_api.storage.snapshot import Snapshot

Holds = bool | None
"""None: unknown, because what is asked about is unset."""


@dataclass(slots=True)
class Step:
    """One step of a query.

    products: how many it finds by itself. rows: how many the database read for it; None: that
    is not told. us: microseconds.
    """

    term: Condition | TermKind | str
    products: int = 0
    rows: int | None = 0
    us: int = 0
    ways: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The terms of a query, and the steps that found its page.

    terms, words: what must hold together. steps: the last one found the page.
    """

    query: ListQuery
    terms: Sequence[Condition | TermKind]
    words: Sequence[QueryWord]
    steps: Sequence[Step]

    @property
    def page(self) -> Step:
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Reason:
    """Whether a term holds of a product. parts: those of a term that joins others."""

    term: Condition | TermKind | QueryWord
    holds: Holds
    parts: Sequence["Reason"] = ()


@dataclass(frozen=True, slots=True)
class SkuExplanation:
    """The reasons why a product is in a list or not. exists: for the caller.

    unsearchable: outward names of attributes that have a missing word but are not searched.
    """

    sku: str
    exists: bool
    reasons: Sequence[Reason] = ()
    unsearchable: Sequence[str] = field(default_factory=list)

    @property
    def included(self) -> bool:
        return self.exists and all(one.holds is True for one in self.reasons)


def explain_list(
    snapshot: Snapshot, access: Access, query: ListQuery
) -> tuple[Listing, Explanation]:
    """Return the page of a query, and its explanation.

    Every term is looked up by itself. Who does not see every product learns nothing of what was
    read, for it would tell which values the others have. Raises what `list_products` raises.
    """
    terms, words = list(_terms(snapshot, access, query)), query_words(query.search)
    steps = _Steps(snapshot, access)
    for name, condition in terms:
        steps.look_up(name, condition)
    found = steps.search(query.search) if words else steps.found()
    with _timed("page") as page:
        listing = list_page(snapshot, access, query, found)
        listed_products(snapshot, listing)  # it is part of what a page takes
    page.products = len(listing.ids)
    told = [*steps.taken, page]
    if found.visible is not None:
        told = [_without_reading(one) for one in told]
    return listing, Explanation(query, [name for name, _ in terms], words, told)


class _Steps:
    """An evaluator of terms, one after the other. taken: the steps so far."""

    def __init__(self, snapshot: Snapshot, access: Access) -> None:
        self.taken: list[Step] = []
        self._snapshot = snapshot
        self._access = access
        self._visible = match(snapshot.for_rows, access.rows) if access.rows is not None else None
        self._by_sku: Sequence[int] | None = None
        everything = (1 << snapshot.last_product_id + 1) - 2
        self._seen = self._members = everything if self._visible is None else self._visible

    def look_up(self, name: Condition | TermKind, condition: Condition) -> None:
        """Narrow what was found to the products for which a condition is true."""
        with _timed(name) as step:
            matching = match_in_order(self._snapshot, condition, visible=self._visible)
        self._by_sku = self._by_sku or matching.by_sku
        if self._visible is None:
            step.rows = (step.rows or 0) + rows_passed(self._snapshot, condition)
        self._take(step, matching.products)

    def search(self, text: str) -> Found:
        """Narrow the members to products with the words of a text; return them."""
        with _timed("search") as step:
            hits = search(self._snapshot, self._access, text)
        self._take(step, hits.all)
        return Found(self._members, self._visible, self._members & hits.in_title)

    def found(self) -> Found:
        """Return the products that hold every term so far."""
        return Found(self._members, self._visible, by_sku=self._by_sku)

    def _take(self, step: Step, matching: int) -> None:
        step.products = (matching & self._seen).bit_count()
        self._members &= matching
        self.taken.append(step)


def _without_reading(step: Step) -> Step:
    return replace(step, rows=None, ways=())


def explain_sku(snapshot: Snapshot, access: Access, query: ListQuery, sku: str) -> SkuExplanation:
    """Return which terms of a query hold for the product of a SKU.

    A product outside the View's rows is answered as one that does not exist.
    """
    product = find_product(snapshot, sku)
    if product is None or not is_visible(access, product):
        return SkuExplanation(sku, exists=False)
    terms = list(_terms(snapshot, access, query))
    values = _seen_values(snapshot, access, product, [condition for _, condition in terms])
    reasons = [_reason(name, condition, values, access) for name, condition in terms]
    searched = SearchedProduct(access, product.values)
    words = query_words(query.search)
    reasons += [Reason(word, searched.has(word)) for word in words]
    missing = (word for word in words if not searched.has(word))
    hidden = (name for word in missing for name in searched.unsearchable_with(word))
    return SkuExplanation(sku, True, reasons, list(dict.fromkeys(hidden)))


def _terms(
    snapshot: Snapshot, access: Access, query: ListQuery
) -> Iterator[tuple[Condition | TermKind, Condition]]:
    """Yield the terms of a query, each with its condition."""
    for kind, condition in list_terms(snapshot, access, query):
        if kind is TermKind.ASKED:
            yield from ((one, one) for one in _flat(condition))
        else:
            yield kind, condition


def _flat(condition: Condition) -> Iterator[Condition]:
    """Yield the terms that a condition joins by AND, however deep."""
    if isinstance(condition, And):
        for part in condition.parts:
            yield from _flat(part)
    else:
        yield condition


@contextmanager
def _timed(term: Condition | TermKind | str) -> Iterator[Step]:
    step, start = Step(term), now_us()
    with traced() as trace:
        yield step
    step.rows, step.ways, step.us = trace.rows, trace.access_paths, max(0, now_us() - start)


def _seen_values(
    snapshot: Snapshot, access: Access, product: Product, conditions: Sequence[Condition]
) -> Values:
    """Return a document as conditions of this caller see it: links to hidden products are unset."""
    values = seen_values(product, access.definition)
    if access.rows is None:
        return values
    keys = {
        one.operand.attribute.key
        for condition in conditions
        for one in predicates(condition)
        if one.operand.attribute.type is ValueType.RELATION
    }
    links = {place: value for place, value in values.items() if place.partition("@")[0] in keys}
    seen = visible_skus(snapshot, access, [sku for one in links.values() for sku in _listed(one)])
    for place, value in links.items():
        shown = [sku for sku in _listed(value) if sku in seen]
        values[place] = shown if isinstance(value, list) else next(iter(shown), None)
    return values


def _listed(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [] if value is None else [str(value)]


def _reason(
    name: Condition | TermKind, condition: Condition, values: Values, access: Access
) -> Reason:
    holds = truth(condition, values, access.definition)
    parts: Sequence[Condition] = ()
    if isinstance(name, And | Or):
        parts = name.parts
    elif isinstance(name, Not) and isinstance(name.part, And | Or):
        parts = (name.part,)
    return Reason(name, holds, [_reason(one, one, values, access) for one in parts])
