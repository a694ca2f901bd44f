"""Bitmaps of products: plain integers in memory, blocks of 4,096 bits in the database.

Bit n of the integer stands for the product with id n. A sparse block is stored as a sorted list of
16-bit offsets, a dense one as its raw bits; the length tells which. An empty block is not stored.
"""

import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, chain, compress, repeat
from operator import itemgetter
from struct import Struct
from typing import Any

BLOCK_BITS = 4_096  # products
BLOCK_BYTES = BLOCK_BITS // 8
# Members of a sparse block, 2 bytes each. Up to 255 would be shorter than raw bits, but
# raw bits are read and changed several times faster.
SPARSE_MAX = 63

_BITS_OF_BYTE = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))
_OFFSETS = tuple(Struct(f"<{count}H") for count in range(BLOCK_BYTES // 2))
_BITS = tuple(1 << bit for bit in range(8))
_STRETCH = 32  # bytes
_EMPTY = bytes(_STRETCH)

BlockRow = tuple[int, bytes]
"""The number of a block and its encoded bits."""


def place(product_id: int) -> tuple[int, int]:
    """Return the block of a product and its offset there.

    >>> place(4_097)
    (1, 1)
    """
    return divmod(product_id, BLOCK_BITS)


def encode(bits: int) -> bytes:
    """Return a block of these bits, encoded."""
    if bits.bit_count() > SPARSE_MAX:
        return bits.to_bytes(BLOCK_BYTES, "little")
    return encode_offsets(members(bits))


def encode_offsets(offsets: Sequence[int]) -> bytes:
    """Return a block with these offsets, ascending, encoded."""
    if len(offsets) > SPARSE_MAX:
        return from_ids(offsets).to_bytes(BLOCK_BYTES, "little")
    return _OFFSETS[len(offsets)].pack(*offsets)


def decode(stored: bytes) -> int:
    """Return the bits of a stored block. Raises struct.error for malformed bytes."""
    if len(stored) == BLOCK_BYTES:
        return int.from_bytes(stored, "little")
    if len(stored) > BLOCK_BYTES:
        raise struct.error("A block has at most 512 bytes.")
    return from_ids(offsets_of(stored))


def changed(stored: bytes, joining: Sequence[int], leaving: Sequence[int]) -> bytes:
    """Return a stored block after some offsets left and others joined; empty when none is left.

    stored: empty when there was no such block.
    """
    if len(stored) == BLOCK_BYTES:
        return _changed_bits(bytearray(stored), joining, leaving)
    if len(stored) // 2 + len(joining) > SPARSE_MAX:
        return encode(without(decode(stored), from_ids(leaving)) | from_ids(joining))
    offsets = set(offsets_of(stored))
    offsets.difference_update(leaving)
    offsets.update(joining)
    return encode_offsets(sorted(offsets))


def _changed_bits(bits: bytearray, joining: Sequence[int], leaving: Sequence[int]) -> bytes:
    for offset in leaving:
        bits[offset >> 3] &= ~(1 << (offset & 7))
    for offset in joining:
        bits[offset >> 3] |= 1 << (offset & 7)
    return encode(int.from_bytes(bits, "little")) if leaving else bytes(bits)


def offsets_of(stored: bytes) -> Sequence[int]:
    """Return the offsets in a stored block, ascending."""
    if len(stored) == BLOCK_BYTES:
        return members(int.from_bytes(stored, "little"))
    return _OFFSETS[len(stored) >> 1].unpack(stored)


class Stencil:
    """What leaves some products out of stored blocks."""

    def __init__(self, left_out: int) -> None:
        data, block = to_bytes(left_out), 0
        self._left_out: dict[int, int] = {}
        for block in range(len(data) // BLOCK_BYTES):
            bits = int.from_bytes(data[block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES], "little")
            if bits:
                self._left_out[block] = bits

    def kept(self, rows: Iterable[BlockRow]) -> list[BlockRow]:
        """Return what is left of blocks, without those that are empty then."""
        if not self._left_out:
            return list(rows)
        left = ((block, self._kept(block, stored)) for block, stored in rows)
        return [row for row in left if row[1]]

    def kept_terms(self, rows: Iterable[Any]) -> Iterable[Any]:
        """Return what is left of rows of term, block and bits."""
        if not self._left_out:
            return rows
        left = ((term, block, self._kept(block, stored)) for term, block, stored in rows)
        return (row for row in left if row[2])

    def _kept(self, block: int, stored: bytes) -> bytes:
        left_out = self._left_out.get(block)
        if left_out is None:
            return stored
        if len(stored) < BLOCK_BYTES:
            offsets = _OFFSETS[len(stored) >> 1].unpack(stored)
            kept = [one for one in offsets if not left_out >> one & 1]
            return stored if len(kept) == len(offsets) else encode_offsets(kept)
        return encode(without(int.from_bytes(stored, "little"), left_out))


def ids_of(rows: Iterable[BlockRow]) -> list[int]:
    """Return the ids in stored blocks, ascending within each."""
    return [block * BLOCK_BITS + offset for block, stored in rows for offset in offsets_of(stored)]


def assemble(rows: Iterable[BlockRow]) -> int:
    """Return the union of stored blocks; the same block may come several times."""
    known = list(rows)
    if not known:
        return 0
    last = max(map(itemgetter(0), known))
    buffer, bits_of = bytearray((last + 1) * BLOCK_BYTES), _BITS
    used = bytearray(last + 1)
    for block, stored in known:
        start = block * BLOCK_BYTES
        if len(stored) < BLOCK_BYTES:
            for offset in _OFFSETS[len(stored) >> 1].unpack(stored):
                buffer[start + (offset >> 3)] |= bits_of[offset & 7]
        elif used[block]:
            end = start + BLOCK_BYTES
            bits = int.from_bytes(buffer[start:end], "little") | int.from_bytes(stored, "little")
            buffer[start:end] = bits.to_bytes(BLOCK_BYTES, "little")
        else:
            buffer[start : start + BLOCK_BYTES] = stored
        used[block] = 1
    return int.from_bytes(buffer, "little")


def unite(
    blocks: Sequence[int], sizes: Sequence[int], stored: bytes, kept: Sequence[bool] | None = None
) -> int:
    """Return the union of blocks whose encoded bits are joined.

    sizes: of each block in bytes. kept: whether a block belongs to the union; None: all do.
    """
    if kept is None and BLOCK_BYTES not in sizes:
        offsets = struct.unpack(f"<{len(stored) // 2}H", stored)
        if len(offsets) != len(blocks):
            blocks = list(chain.from_iterable(map(repeat, blocks, (one // 2 for one in sizes))))
        return from_ids(
            [block * BLOCK_BITS + offset for block, offset in zip(blocks, offsets, strict=True)]
        )
    ends = list(accumulate(sizes))
    rows = zip(
        blocks,
        (stored[end - size : end] for end, size in zip(ends, sizes, strict=True)),
        strict=True,
    )
    return assemble(rows if kept is None else compress(rows, kept))


def to_bytes(bits: int) -> bytes:
    """Return the bits as bytes, for fast tests of single members.

    Product n is in when `data[n >> 3] >> (n & 7) & 1`, if that byte exists; see `is_in`.
    """
    blocks = -(-bits.bit_length() // BLOCK_BITS)
    return bits.to_bytes(blocks * BLOCK_BYTES, "little")


def is_in(data: bytes, product_id: int) -> bool:
    """Return whether a product is in a set given as bytes."""
    index = product_id >> 3
    return index < len(data) and bool(data[index] >> (product_id & 7) & 1)


def from_ids(ids: Iterable[int]) -> int:
    """Return the set of these products."""
    known = list(ids)
    if not known:
        return 0
    buffer, bits = bytearray((max(known) >> 3) + 1), _BITS
    for number in known:
        buffer[number >> 3] |= bits[number & 7]
    return int.from_bytes(buffer, "little")


@lru_cache(maxsize=64)
def ids_up_to(last_id: int) -> int:
    """Return the set of all products up to one; ids begin with 1.

    >>> ids_up_to(3) == 0b1110
    True
    """
    return (1 << (last_id + 1)) - 2


def size_of(bits: int, last_id: int) -> int:
    """Return how many members a set has. last_id: the highest id that there is.

    The set of all products is recognised first: comparing is ten times as fast as counting.
    """
    return last_id if bits == ids_up_to(last_id) else bits.bit_count()


def members(bits: int) -> list[int]:
    """Return the ids in a set, ascending.

    >>> members(0b10110)
    [1, 2, 4]
    """
    data = to_bytes(bits)
    stretches = range(0, len(data), _STRETCH)  # in a sparse set most are empty, and skipped fast
    return [
        (index << 3) + bit
        for start in stretches
        if data[start : start + _STRETCH] != _EMPTY
        for index in range(start, start + _STRETCH)
        for bit in _BITS_OF_BYTE[data[index]]
    ]


def without(bits: int, others: int) -> int:
    """Return the difference of two sets."""
    if not others:
        return bits
    return bits ^ (bits & others)


def newest(bits: int, count: int) -> list[int]:
    """Return the highest ids in a set, the highest first, at most so many.

    >>> newest(0b10110, 2)
    [4, 2]
    """
    found: list[int] = []
    data = to_bytes(bits)
    for start in range(len(data) - BLOCK_BYTES, -1, -BLOCK_BYTES):
        block = int.from_bytes(data[start : start + BLOCK_BYTES], "little")
        found += [(start << 3) + offset for offset in reversed(members(block))]
        if len(found) >= count:
            break
    return found[:count]
