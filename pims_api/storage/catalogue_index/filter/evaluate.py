"""Evaluation of a condition on the catalogue index, by operations on sets of products.

Logic is three-valued: for every part of a condition there is the set of products where it is true
and the set where it is false; the rest is unknown. Only the sets that the result needs are made.

Source: docs/core.md, Conditions.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pims_api.deadline import check_deadline
from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.conditions.condition import (
    And,
    Condition,
    IsNull,
    Not,
    Operand,
    Or,
    Predicate,
    Test,
)
from pims_api.storage.catalogue_index.bitmaps.blocks import without
from pims_api.storage.catalogue_index.bitmaps.document_terms import Entry
from pims_api.storage.catalogue_index.filter.in_documents import find_in_documents, reads_documents
from pims_api.storage.catalogue_index.filter.operands import (
    Skus,
    StoredValues,
    Texts,
    key_of,
    values_in,
)
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Match:
    """The products for which a condition is true.

    by_sku: these and perhaps others, in SKU order, where a condition on SKUs found them so.
    """

    products: int
    by_sku: Sequence[int] | None = None


def match(snapshot: Snapshot, condition: Condition, *, visible: int | None = None) -> int:
    """Return the products for which the condition is true.

    visible: the products that exist for the caller; relations to others count as unset. The result
    itself may hold others.
    """
    return match_in_order(snapshot, condition, visible=visible).products


def match_in_order(
    snapshot: Snapshot, condition: Condition, *, visible: int | None = None
) -> Match:
    """Return what `match` returns, in SKU order where that costs nothing."""
    matcher = _Matcher(Postings(snapshot), visible)
    matcher.load(condition)
    products = matcher.true(condition)
    if snapshot.past is not None:
        products &= snapshot.past.there
    if matcher.is_vague:
        matcher.read_documents(products if visible is None else products & visible)
        products &= matcher.true(condition)
    return Match(products, matcher.in_order(condition) if products else None)


class _Matcher:
    """The sets of one condition's parts."""

    def __init__(self, postings: Postings, visible: int | None) -> None:
        self._postings = postings
        self._visible = visible
        self._values: dict[tuple[int, str], StoredValues] = {}
        self._found: dict[Hashable, int] = {}
        self._unread: dict[Hashable, Test] = {}

    def load(self, condition: Condition) -> None:
        """Load all single terms of the condition in one statement, and plan its scans."""
        self._postings.load(
            entry
            for predicate, negated in _leaves(condition, negated=False)
            for entry in self._entries(predicate, negated)
        )

    @property
    def is_vague(self) -> bool:
        """Whether a predicate is not answered yet, so that `true` returns all that may match."""
        return bool(self._unread)

    def read_documents(self, within: int) -> None:
        """Answer what the index does not know from the documents of these products.

        From then on `true` is right for these alone.
        """
        self._found |= find_in_documents(self._postings.snapshot, self._unread, within)
        self._unread = {}

    def true(self, condition: Condition) -> int:
        """Return the products for which the condition is true."""
        match condition:
            case And(parts):
                return self._all(self.true(part) for part in parts)
            case Or(parts):
                return _any(self.true(part) for part in parts)
            case Not(part):
                return self.false(part)
            case IsNull(operand):
                return without(self._postings.everything, self._set(operand))
        return self._fitting(condition)

    def false(self, condition: Condition) -> int:
        """Return the products for which the condition is false, not unknown."""
        match condition:
            case And(parts):
                return _any(self.false(part) for part in parts)
            case Or(parts):
                return self._all(self.false(part) for part in parts)
            case Not(part):
                return self.true(part)
            case IsNull(operand):
                return self._set(operand)
        return self._failing(condition)

    def in_order(self, condition: Condition) -> list[int] | None:
        """Return products in SKU order, where a part that must be true is about SKUs.

        Called after `true`, so nothing is queried.
        """
        match condition:
            case And(parts):
                found = (self.in_order(part) for part in parts)
                return next((ids for ids in found if ids is not None), None)
            case Or() | Not() | IsNull():
                return None
        values = self._of(condition.operand.attribute, condition.operand.scopes[0])
        return values.in_order(condition) if isinstance(values, Skus) else None

    def _all(self, sets: Iterable[int]) -> int:
        left = self._postings.everything
        for one in sets:
            left &= one
            if not left:
                break
        return left

    def _fitting(self, predicate: Test) -> int:
        """Return the products with a value that satisfies the predicate; computed once.

        Before documents are read, all that may.
        """
        key = key_of(predicate)
        if key in self._unread:
            return self._set(predicate.operand)
        if key not in self._found:
            check_deadline()
            self._found[key] = self._search(predicate)
        return self._found[key]

    def _failing(self, predicate: Test) -> int:
        """Return the products with a value, none of which satisfies the predicate.

        Before documents are read, all that may.
        """
        has_value = self._set(predicate.operand)
        if self._unread and key_of(predicate) in self._unread:
            return has_value
        return without(has_value, self._fitting(predicate))

    def _search(self, predicate: Test) -> int:
        found = decided = 0
        scopes = predicate.operand.scopes
        for scope in scopes:
            values = self._of(predicate.operand.attribute, scope)
            found |= without(values.fitting(predicate), decided)
            if scope != scopes[-1]:
                decided |= values.has()
        return found

    def _set(self, operand: Operand) -> int:
        return _any(self._of(operand.attribute, scope).has() for scope in operand.scopes)

    def _of(self, attribute: Attribute, scope: str) -> StoredValues:
        key = (attribute.id, scope)
        if key not in self._values:
            self._values[key] = values_in(self._postings, attribute, scope, self._visible)
        return self._values[key]

    def _entries(self, predicate: Predicate, negated: bool) -> Iterator[Entry]:
        """Yield the terms that evaluating the predicate will need, as far as they are known."""
        scopes = predicate.operand.scopes
        for scope in scopes:
            values = self._of(predicate.operand.attribute, scope)
            if isinstance(predicate, IsNull):
                yield from values.presence()
                continue
            unread = reads_documents(predicate)
            if unread:
                self._unread[key_of(predicate)] = predicate
            else:
                yield from values.terms(predicate) or ()
                if isinstance(values, Texts):
                    values.plan(predicate)
            if unread or negated or scope != scopes[-1]:
                yield from values.presence()


def _leaves(condition: Condition, negated: bool) -> Iterator[tuple[Predicate, bool]]:
    """Yield every predicate of a condition, and whether its false set is needed."""
    if isinstance(condition, And | Or):
        for part in condition.parts:
            yield from _leaves(part, negated)
    elif isinstance(condition, Not):
        yield from _leaves(condition.part, not negated)
    else:
        yield condition, negated


def _any(sets: Iterable[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found
