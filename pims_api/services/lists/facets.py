"""Facets, the category filters: the values of the products of a category with their counts.

Source: docs/api/shop.md, Category filters.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pims_api.clock import now_us
from pims_api.deadline import Work, working_on
from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import CATEGORIES, Attribute, ValueType
from pims_api.domain.page import Page
from pims_api.services.lists.query import ListQuery, find_members
from pims_api.services.lists.storefront import active_categories, shop_query
from pims_api.storage.catalogue_index.bitmaps.decimal_text import plain_decimal
from pims_api.storage.catalogue_index.facets.block_cache import BlockCache
from pims_api.storage.catalogue_index.facets.cache import CountedFacets, FacetCache
from pims_api.storage.catalogue_index.facets.counts import FacetCounts, count_facets
from pims_api.storage.catalogue_index.facets.number_range import NumberRange
from pims_api.storage.snapshot import Snapshot

TEXTS_MAX = 200  # values of an attribute of type string; with more it is no filter

_CHOSEN = frozenset({ValueType.OPTION, ValueType.BOOLEAN, ValueType.STRING})
_RANGED = frozenset({ValueType.NUMBER, ValueType.DATE})

Value = str | bool


@dataclass(frozen=True, slots=True)
class ValueCount:
    """A value as callers see it and how many products have it. labels: by locale, if any."""

    value: Value
    count: int
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChoiceFacet:
    """A facet of discrete values.

    values: dropdowns in the order of the dictionary, true before false, texts by code point.
    """

    column: Column
    values: Sequence[ValueCount]


@dataclass(frozen=True, slots=True)
class RangeFacet:
    """A facet of a range: the least and greatest number (plain decimal text) or ISO date."""

    column: Column
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Facets:
    """The facets of a set of products, in the order of the View's attributes."""

    choices: Sequence[ChoiceFacet] = ()
    ranges: Sequence[RangeFacet] = ()


@dataclass(frozen=True, slots=True)
class CategorySet:
    """The products of a category that a shop lists. count: exact, as of now."""

    members: int
    query: ListQuery

    @property
    def count(self) -> int:
        return self.members.bit_count()


def category_set(snapshot: Snapshot, access: Access, wanted: ListQuery) -> CategorySet:
    """Return all products of the category of a query, whatever else the query asks for.

    Raises NotFound for a category that is not there for a shop.
    """
    query = ListQuery(
        category_id=wanted.category_id,
        include_children=wanted.include_children,
        include_variants=wanted.include_variants,
        page=Page(),
    )
    return CategorySet(find_members(snapshot, access, shop_query(access, query)).members, query)


def category_facets(
    snapshot: Snapshot, access: Access, cache: FacetCache, one: CategorySet
) -> Facets:
    """Return the facets of a category from the cache, or counted anew when they are due.

    They are due after a write that did not pause them, after a change of anything defined, and
    after a quarter of an hour.
    """
    query = one.query
    key: Hashable = (
        (snapshot.tenant_id, access.policy.key, access.scope),
        (query.category_id, query.include_children, query.include_variants),
    )
    now, before = now_us(), cache.get(key)
    if before is not None and before.is_fresh(access, snapshot.facet_sequence, now):
        return _facets(access, before.counts)
    columns = facet_columns(access)
    usable = before if before is not None and _counts_same(before.access, columns) else None
    earlier = usable.counts if usable else None
    counts = _count(snapshot, columns, one.members, cache.blocks, earlier)
    cache.put(key, CountedFacets(access, snapshot.facet_sequence, now, counts))
    return _facets(access, counts)


def facets_among(snapshot: Snapshot, access: Access, members: int, blocks: BlockCache) -> Facets:
    """Return the facets of any set of products, counted now."""
    return _facets(access, _count(snapshot, facet_columns(access), members, blocks))


def counts_by_category(
    snapshot: Snapshot, access: Access, members: int, blocks: BlockCache
) -> dict[int, int]:
    """Return the number of products of a set directly in each active category."""
    column = access.of(CATEGORIES)
    if column is None:
        return {}
    working_on(Work.FACETS)
    categories = len(snapshot.definition.categories.by_id)
    found = count_facets(snapshot, [column.operand], members, categories, blocks)
    active = active_categories(snapshot.definition)
    counts = found.values.get(column.attribute.id, {})
    known = ((int(text), count) for text, count in counts.items())
    return {number: count for number, count in known if number in active}


def facet_columns(access: Access) -> list[Column]:
    """Return the attributes of a View that can be filters; system attributes are none. Cached.

    SKU and title name one product, status is the same for all, categories are a tree of their own.
    """
    return access.derive(_facet_columns)


def _facet_columns(access: Access) -> list[Column]:
    return [one for one in access.columns if _is_facet(one.attribute)]


def _is_facet(attribute: Attribute) -> bool:
    kind = attribute.type in _CHOSEN or attribute.type in _RANGED
    return kind and attribute.can_filter and not attribute.system


def _counts_same(before: Access, columns: Sequence[Column]) -> bool:
    """Return whether counts made through another version of an access hold the same columns."""
    return [one.operand for one in facet_columns(before)] == [one.operand for one in columns]


def _count(
    snapshot: Snapshot,
    columns: Sequence[Column],
    members: int,
    blocks: BlockCache,
    before: FacetCounts | None = None,
) -> FacetCounts:
    working_on(Work.FACETS)
    operands = [one.operand for one in columns]
    return count_facets(snapshot, operands, members, TEXTS_MAX, blocks, before)


def _facets(access: Access, counts: FacetCounts) -> Facets:
    choices, ranges = [], []
    for column in facet_columns(access):
        number = column.attribute.id
        if number in counts.values:
            shown = _values(access, column.attribute, counts.values[number])
            choices.append(ChoiceFacet(column, shown))
        elif number in counts.ranges:
            ranges.append(
                RangeFacet(column, *_range_texts(column.attribute, counts.ranges[number]))
            )
    return Facets(choices, ranges)


def _values(access: Access, attribute: Attribute, counts: Mapping[str, int]) -> list[ValueCount]:
    if attribute.type is ValueType.OPTION:
        return _options(access, attribute, counts)
    if attribute.type is ValueType.BOOLEAN:
        words = {"true": True, "false": False}
        return [ValueCount(words[one], counts[one]) for one in words if one in counts]
    return [ValueCount(text, counts[text]) for text in sorted(counts)]


def _options(access: Access, attribute: Attribute, counts: Mapping[str, int]) -> list[ValueCount]:
    """Return the options that products have: accepted ones in their order, then removed ones."""
    options = access.definition.options_of(attribute)
    accepted = [one.id for one in options.in_order()]
    left = sorted(counts.keys() - set(accepted), key=options.alias)
    shown: dict[str, ValueCount] = {}
    for number in (*accepted, *left):
        if number in counts:
            alias, option = options.alias(number), options.options.get(number)
            same = shown.get(alias)
            count = counts[number] + (same.count if same else 0)
            shown[alias] = ValueCount(alias, count, option.labels if option else {})
    return list(shown.values())


def _range_texts(attribute: Attribute, ranges: NumberRange) -> tuple[str, str]:
    low, high = (_end_text(attribute, one) for one in ranges)
    return low, high


def _end_text(attribute: Attribute, end: Decimal) -> str:
    if attribute.type is ValueType.DATE:
        return date.fromordinal(int(end)).isoformat()
    return plain_decimal(end)
