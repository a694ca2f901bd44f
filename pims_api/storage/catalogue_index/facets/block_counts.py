"""Counts of the members of a set per value, block by block of the index.

A block is counted again only when its version or its members changed: after a write that is one
block, however many products there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from pims_api.deadline import check_deadline
from pims_api.domain.conditions.condition import Operand
from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices
from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BYTES
from pims_api.storage.catalogue_index.bitmaps.terms import DECIMALS, is_sliced
from pims_api.storage.catalogue_index.facets.block_columns import (
    Columns,
    NumberColumn,
    Restriction,
    TextColumn,
)
from pims_api.storage.catalogue_index.facets.number_range import NumberRange, joined_range, range_of

Values = dict[int, dict[str, int]]
"""The number of products per term or index text, by attribute id."""


@dataclass(frozen=True, slots=True)
class BlockCount:
    """The counts of one block at a version, for some members. ranges: by attribute id."""

    version: int
    members: int
    values: Values
    ranges: dict[int, NumberRange]


@dataclass(slots=True)
class Totals:
    """The counts of many blocks together, and those of each block. values: by term."""

    values: Values = field(default_factory=dict)
    blocks: dict[int, BlockCount] = field(default_factory=dict)

    def ranges(self, attribute_id: int) -> NumberRange | None:
        """Return the lowest and the highest number in any block."""
        found = (one.ranges.get(attribute_id) for one in self.blocks.values())
        return reduce(joined_range, found, None)

    def with_blocks(self, new: Mapping[int, BlockCount], gone: Iterable[int]) -> "Totals":
        """Return the totals with some blocks counted anew and others left out."""
        values = {number: dict(counts) for number, counts in self.values.items()}
        blocks = dict(self.blocks)
        for block in {*new, *gone}:
            before = blocks.pop(block, None)
            if before is not None:
                _add(values, before.values, -1)
        for one in new.values():
            _add(values, one.values, 1)
        return Totals(values, {**blocks, **new})

    @property
    def weight(self) -> int:
        """The number of counts."""
        counted = [self.values, *(one.values for one in self.blocks.values())]
        return sum(len(counts) for values in counted for counts in values.values())


def members_by_block(members: int) -> dict[int, int]:
    """Return the members of a set in each block that has any, as bits from offset 0."""
    data = members.to_bytes(-(-members.bit_length() // 8), "little")
    starts = range(0, len(data), BLOCK_BYTES)
    parts = (int.from_bytes(data[start : start + BLOCK_BYTES], "little") for start in starts)
    return {block: part for block, part in enumerate(parts) if part}


def count_block(
    operands: Sequence[Operand], version: int, members: int, columns: Columns
) -> BlockCount:
    """Return the counts of one block. members: as `members_by_block` gives them."""
    check_deadline()
    among = Restriction(members)
    values: Values = {}
    ranges: dict[int, NumberRange] = {}
    for operand in operands:
        number = operand.attribute.id
        if is_sliced(operand.attribute):
            found = _ranges(operand, members, columns)
            if found is not None:
                ranges[number] = found
        elif counts := _values(operand, among, columns):
            values[number] = counts
    return BlockCount(version, members, values, ranges)


def _values(operand: Operand, among: Restriction, columns: Columns) -> dict[str, int]:
    counts: dict[str, int] = {}
    for scope in operand.scopes:
        column = columns.get((operand.attribute.id, scope))
        if isinstance(column, TextColumn):
            counts = _summed(counts, column.counts(among))
            if scope != operand.scopes[-1]:
                among = column.without_value(among)
    return counts


def _ranges(operand: Operand, members: int, columns: Columns) -> NumberRange | None:
    places = ((operand.attribute.id, scope) for scope in operand.scopes)
    found = [one.numbers for place in places
             if isinstance(one := columns.get(place), NumberColumn)]  # fmt: skip
    if not found:
        return None
    return range_of(reduce(NumberSlices.fallback, found), members, DECIMALS[operand.attribute.type])


def _summed(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    if not one:
        return other
    for term, count in other.items():
        one[term] = one.get(term, 0) + count
    return one


def _add(totals: Values, counts: Values, sign: int) -> None:
    for number, found in counts.items():
        known = totals.setdefault(number, {})
        for term, count in found.items():
            left = known.get(term, 0) + sign * count
            if left:
                known[term] = left
            else:
                del known[term]
