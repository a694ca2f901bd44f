"""What a reader of changes knows of products that changed: as what, and whether they were in it.

Source: docs/core.md, Changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from pims_api.deadline import check_deadline
from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import MOMENTS, ValueType
from pims_api.domain.conditions.condition import Condition, Or, predicates
from pims_api.domain.conditions.truth import matches
from pims_api.domain.cursor import ChangeCursor
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product, Values
from pims_api.errors import NotFound
from pims_api.services.changes.category_changes import category_writes, definition_at
from pims_api.services.lists.query import ListQuery, find_members, list_terms
from pims_api.storage.catalogue_index.bitmaps.document_terms import with_computed
from pims_api.storage.history.feed import ChangePlace, first_and_last, states_between
from pims_api.storage.history.past.state import past_of_some, readable
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot


class Before(NamedTuple):
    """A document that a reader knows, and the definition with the tree of categories of then."""

    values: Values
    definition: Definition


class KnownBefore:
    """What a reader at a cursor knows of products.

    A product is known as of `since`, unless a page of this reading has told of it: then as of a
    change up to the place of the cursor. Pages tell of last changes, so that was a change after
    which there was none before this reading began.
    """

    def __init__(
        self, snapshot: Snapshot, access: Access, selection: ListQuery, since: ChangeCursor
    ) -> None:
        self._snapshot = snapshot
        self._access = access
        self._selection = selection
        self._since = since
        self._definitions: dict[int, Definition] = {}

    def inside(self, places: Sequence[ChangePlace]) -> set[int]:
        """Return which of the products the reader may know to be in the selection."""
        found = self._members(self._since.since, [one.product_id for one in places])
        for sequence, ids in self._told_as_of(places).items():
            found |= self._members(sequence, ids)
        others = [one.product_id for one in places if one.product_id not in found]
        return found | self._told_since(others)

    def documents(self, places: Sequence[ChangePlace]) -> dict[int, "Before"]:
        """Return what the reader knows of products; of those that were there."""
        known = dict.fromkeys((one.product_id for one in places), self._since.since)
        for sequence, ids in self._told_as_of(places).items():
            known |= dict.fromkeys(ids, sequence)
        as_of: defaultdict[int, list[int]] = defaultdict(list)
        for number, sequence in known.items():
            as_of[sequence].append(number)
        return {
            one.id: Before(one.values, self._definition(sequence))
            for sequence, ids in as_of.items()
            for one in self._products(sequence, ids)
        }

    def _told_as_of(self, places: Sequence[ChangePlace]) -> dict[int, list[int]]:
        """Return as of which write a page before may have told of products: write → their ids."""
        since = self._since
        if since.sequence == since.since:
            return {}
        found: defaultdict[int, list[int]] = defaultdict(list)
        for place in places:
            found[self._passed(place.product_id)].append(place.product_id)
        first = {one.product_id: one.sequence for one in places}
        for passed, ids in found.items():
            if passed < since.begun:
                own = first_and_last(self._snapshot, ids, passed)
                found[passed] = [
                    n for n in ids if min(first[n], own.get(n, (first[n],))[0]) > since.begun
                ]
        return {sequence: ids for sequence, ids in found.items() if ids}

    def _told_since(self, ids: Sequence[int]) -> set[int]:
        """Return which products a page may have told of after changes since this reading began."""
        begun, found = self._since.begun, set[int]()
        for passed in (self._since.sequence, self._since.sequence - 1):
            some = [number for number in ids if self._passed(number) == passed]
            if some and passed >= begun > self._since.since:
                products = products_by_id(self._snapshot, some).values()
                for number, values in states_between(self._snapshot, products, begun, passed):
                    if number not in found and values and self._was_in(values, passed):
                        found.add(number)
        return found

    def _was_in(self, values: Values, passed: int) -> bool:
        """Return whether a product with such values may have been in the selection lately."""
        check_deadline()
        begun = self._since.begun
        writes = [begun, *(n for n in self._category_writes if begun < n <= passed)]
        return any(self._may_match(values, self._definition(one)) for one in writes)

    def _may_match(self, values: Values, definition: Definition) -> bool:
        seen = with_computed(readable(values, {}, definition), definition)
        return all(_matches(one, seen, definition) for one in self._judged(definition))

    def _judged(self, definition: Definition) -> list[Condition]:
        """Return the conditions of the selection as far as a document alone may meet them."""
        rows, snapshot = self._access.rows, replace(self._snapshot, definition=definition)
        try:
            terms = [one for _, one in list_terms(snapshot, self._access, self._selection)]
        except NotFound:  # the category was not there yet
            return [_NEVER]
        if rows is not None:
            terms = [rows, *(one for one in terms if not _is_about_others(one))]
        return [one for one in terms if not _is_about_time(one)]

    @cached_property
    def _category_writes(self) -> list[int]:
        return category_writes(self._snapshot, self._since.begun)

    def _definition(self, sequence: int) -> Definition:
        if sequence not in self._definitions:
            self._definitions[sequence] = definition_at(self._snapshot, sequence)
        return self._definitions[sequence]

    def _passed(self, number: int) -> int:
        """Return up to which write the pages before have passed the changes of a product."""
        since = self._since
        return since.sequence if number <= since.product_id else since.sequence - 1

    def _members(self, sequence: int, ids: Sequence[int]) -> set[int]:
        if not sequence or not ids:
            return set()
        try:
            past = self._past(sequence, ids)
            found = find_members(past, self._access, self._selection).members
        except NotFound:  # the category was not there yet
            return set()
        return {number for number in ids if found >> number & 1}

    def _products(self, sequence: int, ids: Sequence[int]) -> Iterable[Product]:
        if not sequence or not ids:
            return ()
        return products_by_id(self._past(sequence, ids), ids).values()

    def _past(self, sequence: int, ids: Sequence[int]) -> Snapshot:
        return past_of_some(self._snapshot, sequence, ids, self._definition(sequence))


_NEVER = Or(())
# What a value of another type than today's makes of its reader.
_UNREADABLE = (ValueError, ArithmeticError, TypeError, LookupError)


def _matches(condition: Condition, values: Values, definition: Definition) -> bool:
    try:
        return matches(condition, values, definition)
    except _UNREADABLE:
        return False


def _is_about_others(condition: Condition) -> bool:
    """Return whether it asks for links, which a View may hide."""
    kinds = {one.operand.attribute.type for one in predicates(condition)}
    return ValueType.RELATION in kinds


def _is_about_time(condition: Condition) -> bool:
    """Return whether it asks for what documents do not tell: when a product was changed."""
    return any(one.operand.attribute in MOMENTS for one in predicates(condition))
