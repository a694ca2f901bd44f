"""Order by an attribute: the members of a set in groups of equal value, in value order."""

from collections.abc import Iterable, Iterator
from functools import reduce
from heapq import merge
from itertools import groupby
from operator import itemgetter

from pims_api.domain.conditions.condition import Comparison, Operand
from pims_api.domain.conditions.truth import Holds, value_test
from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices
from pims_api.storage.catalogue_index.bitmaps.blocks import BlockRow, without
from pims_api.storage.catalogue_index.bitmaps.groups import (
    Group,
    Passes,
    Restriction,
    as_group,
    joined,
    size_of,
)
from pims_api.storage.catalogue_index.bitmaps.term_range import EVERY_TEXT, TextRange, range_of
from pims_api.storage.catalogue_index.bitmaps.terms import DECIMALS
from pims_api.storage.catalogue_index.filter.operands import (
    Choices,
    Numbers,
    StoredValues,
    VisibleRelations,
    choices_of,
    values_in,
)
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.order.by_number import NumberOrder
from pims_api.storage.catalogue_index.order.by_text import TextOrder
from pims_api.storage.catalogue_index.order.keys import Direction
from pims_api.storage.engine.query_trace import note_access_path

CHOICES_AT_ONCE = 16  # whose products one statement reads

TextGroup = tuple[str, Group]
TextRows = tuple[str, list[BlockRow]]


class ValueRange:
    """The range of values of a walk: all, or those that satisfy a comparison."""

    def __init__(self, beyond: Comparison | None) -> None:
        self.beyond = beyond
        self.holds: Holds = (lambda _: True) if beyond is None else value_test(beyond)

    @property
    def texts(self) -> TextRange:
        """The range of the terms of their texts."""
        return EVERY_TEXT if self.beyond is None else range_of(self.beyond)

    def only(self, texts: Iterable[TextRows]) -> Iterable[TextRows]:
        """Return the texts that are in the range."""
        if self.beyond is None:
            return texts
        return ((text, rows) for text, rows in texts if self.holds(text))


class AttributeOrder:
    """A walk along the values of an operand, in their order.

    visible: the products that relations may lead to; None: all. rows_max: how many rows of texts
    may be read before TooFar is raised. beyond: a comparison that the values must satisfy, such as
    "above the last value of the page before"; None: all values.
    """

    def __init__(
        self,
        postings: Postings,
        operand: Operand,
        visible: int | None,
        rows_max: int,
        beyond: Comparison | None = None,
    ) -> None:
        self._postings = postings
        self._range = ValueRange(beyond)
        self._attribute = operand.attribute
        self._values = [
            values_in(postings, operand.attribute, scope, visible) for scope in operand.scopes
        ]
        self._rows_max = rows_max

    def groups(self, among: int, direction: Direction, passes: Passes) -> Iterator[Group]:
        """Yield the products with equal values, in the order of the values."""
        parts, unset = self._by_scope(among)
        if direction.unset_first:
            yield from _not_skipped([as_group(unset)], passes)
        yield from self._valued(without(among, unset), parts, direction.descending, passes)
        if not direction.unset_first:
            yield from _not_skipped([as_group(unset)], passes)

    def fitting(self, predicate: Comparison, among: int) -> int:
        """Return the members whose value satisfies a predicate on the operand."""
        parts, _ = self._by_scope(among)
        found = 0
        for values, part in zip(self._values, parts, strict=True):
            found |= values.fitting(predicate) & part
        return found

    def unset(self, among: int) -> int:
        """Return the members that have no value."""
        return self._by_scope(among)[1]

    def _valued(
        self, valued: int, parts: list[int], descending: bool, passes: Passes
    ) -> Iterator[Group]:
        first, beyond = self._values[0], self._range.beyond
        note_access_path("values walked")
        if isinstance(first, Numbers):
            if beyond is not None:
                valued = self.fitting(beyond, valued)
            walk = NumberOrder(self._numbers(), DECIMALS[self._attribute.type], descending, passes)
            yield from walk.groups(valued)
        elif isinstance(first, Choices):
            yield from _not_skipped(self._choices(parts, descending), passes)
        else:
            yield from _not_skipped(self._texts(parts, descending), passes)

    def _by_scope(self, among: int) -> tuple[list[int], int]:
        """Return the members whose value is in each scope, and those without a value in any."""
        parts = []
        for values in self._values:
            parts.append(among & values.has())
            among ^= parts[-1]
        return parts, among

    def _numbers(self) -> NumberSlices:
        found = [values.slices for values in self._values if isinstance(values, Numbers)]
        return reduce(NumberSlices.fallback, found)

    def _choices(self, parts: list[int], descending: bool) -> Iterator[Group]:
        choices = choices_of(self._attribute, self._postings.snapshot.definition)
        shown = sorted(filter(self._range.holds, choices), reverse=descending)
        for start in range(0, len(shown), CHOICES_AT_ONCE):
            some = [choices[one] for one in shown[start : start + CHOICES_AT_ONCE]]
            self._postings.load(
                entry
                for values in self._values
                for terms in some
                for entry in values.entries(terms)
            )
            for terms in some:
                yield as_group(self._with_any(terms, parts))

    def _with_any(self, terms: list[str], parts: list[int]) -> int:
        found = 0
        for values, part in zip(self._values, parts, strict=True):
            found |= self._postings.any_of(values.entries(terms)) & part
        return found

    def _texts(self, parts: list[int], descending: bool) -> Iterator[Group]:
        walks = [
            _text_groups(self._range.only(self._walk(values, descending)), part)
            for values, part in zip(self._values, parts, strict=True)
            if part
        ]
        if len(walks) == 1:
            yield from (group for _, group in walks[0])
            return
        for _, groups in groupby(
            merge(*walks, key=itemgetter(0), reverse=descending), key=itemgetter(0)
        ):
            yield joined([group for _, group in groups])

    def _walk(self, values: StoredValues, descending: bool) -> Iterable[TextRows]:
        if isinstance(values, VisibleRelations):
            return sorted(values.texts.items(), reverse=descending, key=itemgetter(0))
        place, within = (self._attribute.id, values.scope), self._range.texts
        return TextOrder(self._postings, place, within, descending, self._rows_max)


def _text_groups(texts: Iterable[TextRows], part: int) -> Iterator[TextGroup]:
    among = Restriction(part)
    for text, rows in texts:
        yield text, among.group(rows)


def _not_skipped(groups: Iterable[Group], passes: Passes) -> Iterator[Group]:
    for group in groups:
        size = size_of(group)
        if size and not passes(size):
            yield group
