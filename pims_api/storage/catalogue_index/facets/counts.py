"""Facets: counts per value of many attributes among a set of products, and ranges of numbers.

A large set is counted from the index, block by block; a small one from its documents. Attributes
with very many values are sampled first: most of them have more values in the set than are asked
for.

The number of statements grows only with the number of attributes with very many values.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.conditions.condition import Operand
from pims_api.domain.conditions.truth import stored_value
from pims_api.domain.values.value import elements
from pims_api.storage.catalogue_index.bitmaps.blocks import members as members_of
from pims_api.storage.catalogue_index.bitmaps.groups import SMALL
from pims_api.storage.catalogue_index.bitmaps.terms import (
    TEXT,
    element_text,
    is_long,
    is_sliced,
)
from pims_api.storage.catalogue_index.facets.block_cache import BlockCache
from pims_api.storage.catalogue_index.facets.block_counts import Totals, Values
from pims_api.storage.catalogue_index.facets.few_values import RANGED, FewValueCounts
from pims_api.storage.catalogue_index.facets.many_values import (
    many_value_counts,
    many_value_ranges,
    number_of,
)
from pims_api.storage.catalogue_index.facets.number_range import NumberRange, joined_range
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """Counts per index text, and ranges of numbers, by attribute id.

    An attribute with more values than were asked for is in neither. counted: counts by block, for
    the next count of the same set. few: ids of the attributes that are counted by block.
    """

    values: Values
    ranges: dict[int, NumberRange]
    counted: Totals = field(default_factory=Totals)
    few: frozenset[int] = frozenset()

    @property
    def weight(self) -> int:
        """The number of counts, about."""
        shown = sum(len(counts) for counts in self.values.values())
        return 1 + shown + len(self.ranges) + self.counted.weight


def count_facets(
    snapshot: Snapshot,
    operands: Sequence[Operand],
    members: int,
    texts_max: int,
    cache: BlockCache,
    before: FacetCounts | None = None,
) -> FacetCounts:
    """Return the counts of the operands' values among some products.

    operands: numbers and dates get a range, all others counts. texts_max: how many values of an
    attribute of type string are counted; one with more is left out. cache: columns of the index;
    the snapshot must not be a writer's. before: earlier counts of the same operands; only blocks
    that changed since are counted again.
    """
    if members.bit_count() <= SMALL:
        return _of_documents(snapshot, operands, members, texts_max)
    counts = FewValueCounts(snapshot, members, cache)
    few = counts.few(operands, texts_max)
    numbers = frozenset(one.attribute.id for one in few)
    goes_on = before is not None and before.few == numbers
    totals = counts.totals(few, before.counted if before is not None and goes_on else Totals())
    values, ranges = _as_texts(snapshot, few, totals)
    many = [one for one in operands if one.attribute.id not in numbers]
    ranged = [one for one in many if one.attribute.type in RANGED]
    chosen = [one for one in many if one.attribute.type not in RANGED]
    values |= many_value_counts(snapshot, chosen, members, texts_max)
    ranges |= many_value_ranges(snapshot, ranged, members)
    return FacetCounts(_within(values, operands, texts_max), ranges, totals, numbers)


def _as_texts(
    snapshot: Snapshot, operands: Sequence[Operand], totals: Totals
) -> tuple[Values, dict[int, NumberRange]]:
    """Return the totals with texts in place of terms, and ranges of numbers."""
    long = {term for counts in totals.values.values() for term in counts if is_long(term)}
    whole = Postings(snapshot).long_texts(list(long))
    values: Values = {}
    ranges: dict[int, NumberRange] = {}
    for one in operands:
        number = one.attribute.id
        terms = totals.values.get(number, {})
        counts = {whole.get(term, term[len(TEXT) :]): count for term, count in terms.items()}
        found = totals.ranges(number) if is_sliced(one.attribute) else None
        if found is None and one.attribute.type in RANGED:
            found = _range_of_texts(one, counts)
        if found is not None:
            ranges[number] = found
        elif counts:
            values[number] = counts
    return values, ranges


def _within(values: Values, operands: Sequence[Operand], texts_max: int) -> Values:
    """Return the values without strings that have more than texts_max."""
    texts = {one.attribute.id for one in operands if one.attribute.type is ValueType.STRING}
    return {n: v for n, v in values.items() if n not in texts or len(v) <= texts_max}


def _of_documents(
    snapshot: Snapshot, operands: Sequence[Operand], members: int, texts_max: int
) -> FacetCounts:
    values: Values = {}
    ranges: dict[int, NumberRange] = {}
    products = products_by_id(snapshot, members_of(members)).values() if operands else ()
    for product in products:
        for one in operands:
            counts = values.setdefault(one.attribute.id, {})
            for text in _texts(one, product.values):
                counts[text] = counts.get(text, 0) + 1
    for one in operands:
        if one.attribute.type in RANGED:
            found = _range_of_texts(one, values.pop(one.attribute.id, {}))
            if found is not None:
                ranges[one.attribute.id] = found
    found_counts = {number: counts for number, counts in values.items() if counts}
    return FacetCounts(_within(found_counts, operands, texts_max), ranges)


def _texts(operand: Operand, values: dict[str, object]) -> Iterator[str]:
    stored = elements(operand.attribute, stored_value(operand, values))
    return iter({element_text(operand.attribute, element) for element in stored})


def _range_of_texts(operand: Operand, texts: Iterable[str]) -> NumberRange | None:
    found: NumberRange | None = None
    for text in texts:
        number = number_of(operand, text)
        found = joined_range(found, (number, number))
    return found
