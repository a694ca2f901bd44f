"""Groups of products: a list of ids when small, a bitmap when large."""

from collections.abc import Callable

from pims_api.storage.catalogue_index.bitmaps.blocks import (
    BLOCK_BYTES,
    BlockRow,
    assemble,
    from_ids,
    ids_of,
    members,
)

SMALL = 300  # products

Group = list[int] | int

Passes = Callable[[int], bool]
"""A function that says whether the next products, given their number, are to be skipped."""


def as_group(bits: int) -> Group:
    """Return a set as a group."""
    return members(bits) if bits.bit_count() <= SMALL else bits


def as_set(group: Group) -> int:
    """Return a group as a set."""
    return group if isinstance(group, int) else from_ids(group)


def size_of(group: Group) -> int:
    """Return how many products a group has."""
    return group.bit_count() if isinstance(group, int) else len(group)


def joined(groups: list[Group]) -> Group:
    """Return the products of groups that have none in common as one group."""
    if len(groups) == 1:
        return groups[0]
    bits = 0
    for group in groups:
        bits |= as_set(group)
    return as_group(bits)


class Restriction:
    """A set that is intersected with many small ones."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        length = (bits.bit_length() + 7) // 8
        self._data = bits.to_bytes(length, "little")
        self._end = length * 8

    def group(self, rows: list[BlockRow]) -> Group:
        """Return the products of stored blocks that are in the set."""
        size = len(rows[0][1]) if len(rows) == 1 else sum(len(stored) for _, stored in rows)
        if size > min(2 * SMALL, BLOCK_BYTES - 1):
            return as_group(assemble(rows) & self._bits)
        data, end = self._data, self._end
        return [one for one in ids_of(rows) if one < end and data[one >> 3] >> (one & 7) & 1]
