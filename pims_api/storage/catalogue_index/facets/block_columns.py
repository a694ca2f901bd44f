"""Columns: the values of one attribute in one block, decoded for repeated counting.

Decoding stored rows is most of the cost of a count, and is done once. Counting a set of products
then takes one operation per dense value, and a few operations for all sparse values together.
"""

from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate

from pims_api.storage.catalogue_index.bitmaps.bit_slices import number_slices
from pims_api.storage.catalogue_index.bitmaps.blocks import (
    BLOCK_BYTES,
    decode,
    members,
    without,
)
from pims_api.storage.catalogue_index.bitmaps.number_blocks import PartRow
from pims_api.storage.catalogue_index.bitmaps.terms import HAS_VALUE, INEXACT
from pims_api.storage.catalogue_index.skip_scan import Place

# The high byte of an offset is its page, the low byte its place there. A byte has one bit for each
# of eight pages, so a block has a lower and an upper half.
_PAGE = 256  # places
_PAGES = 8  # of half a block
_PAGE_BITS = tuple(
    bytes(1 << page - first if 0 <= page - first < _PAGES else 0 for page in range(256))
    for first in (0, _PAGES)
)
_FLAGS = bytes(byte > 0 for byte in range(256))
_BITS_APART = tuple(bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256))

_COLUMN_WEIGHT = 250  # bytes in memory, about: of a column without values, …
_DENSE_WEIGHT = 700  # … of a dense value …
_SPARSE_WEIGHT = 120  # … and of a sparse one


class Restriction:
    """The products of a block that are counted. bits: offset 0 first."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    @cached_property
    def pages(self) -> list[bytes]:
        """For each half: by place, a bit for each page on which a product is counted."""
        data = self.bits.to_bytes(BLOCK_BYTES, "little")
        flags = b"".join([_BITS_APART[byte] for byte in data])
        return [_pages(flags[: len(flags) // 2]), _pages(flags[len(flags) // 2 :])]


class ColumnRows:
    """The rows of one attribute in one block, by term, as they are read.

    dense: rows of raw bits, as sets. sparse: rows of offsets, as stored. parts: number parts,
    counted from the start of the block.
    """

    __slots__ = ("dense", "parts", "sparse")

    def __init__(self) -> None:
        self.dense: dict[str, int] = {}
        self.sparse: dict[str, bytes] = {}
        self.parts: list[PartRow] = []

    def taken(self, term: str) -> int:
        """Remove a row and return its products."""
        return self.dense.pop(term, 0) or decode(self.sparse.pop(term, b""))

    @property
    def weight(self) -> int:
        """The size of the column in memory in bytes, about."""
        values = len(self.dense) * _DENSE_WEIGHT + len(self.sparse) * _SPARSE_WEIGHT
        return _COLUMN_WEIGHT + values + sum(len(bits) for _, bits in self.parts)


class TextColumn:
    """The column of an attribute whose values are terms. weight: bytes in memory, about."""

    __slots__ = ("_dense", "_has", "_sparse", "weight")

    def __init__(self, rows: ColumnRows) -> None:
        self.weight = rows.weight
        self._has = rows.taken(HAS_VALUE)
        self._dense = rows.dense
        self._sparse = _SparseTerms(rows.sparse) if rows.sparse else None

    def counts(self, among: Restriction) -> dict[str, int]:
        """Return the number of counted products per term, without zeros."""
        bits = among.bits
        found = {
            term: n for term, those in self._dense.items() if (n := (those & bits).bit_count())
        }
        if self._sparse is not None:
            self._sparse.count(among, found)
        return found

    def without_value(self, among: Restriction) -> Restriction:
        """Return the counted products without a value."""
        return Restriction(without(among.bits, self._has))


class _SparseTerms:
    """All sparse terms of a column: their offsets concatenated, counted by bytes.translate."""

    __slots__ = ("_page_bits", "_places", "_ranges")

    def __init__(self, rows: Mapping[str, bytes]) -> None:
        offsets = b"".join(rows.values())
        pages = offsets[1::2]
        self._places = offsets[::2]
        self._page_bits = [_number(pages.translate(bits)) for bits in _PAGE_BITS]
        ranges = accumulate(map(len, rows.values()))
        self._ranges = {term: end >> 1 for term, end in zip(rows, ranges, strict=True)}

    def count(self, among: Restriction, found: dict[str, int]) -> None:
        """Add the number of counted products per term to found, without zeros."""
        lower, upper = (
            _number(self._places.translate(pages)) & bits
            for pages, bits in zip(among.pages, self._page_bits, strict=True)
        )
        flags = (lower | upper).to_bytes(len(self._places), "little").translate(_FLAGS)
        start = 0
        for term, end in self._ranges.items():
            if number := flags.count(1, start, end):
                found[term] = number
            start = end


class NumberColumn:
    """The column of a numeric attribute. weight: bytes in memory, about."""

    __slots__ = ("numbers", "weight")

    def __init__(self, rows: ColumnRows) -> None:
        sets = rows.dense | {term: decode(stored) for term, stored in rows.sparse.items()}
        inexact = {
            term[len(INEXACT) :]: members(bits)
            for term, bits in sets.items()
            if term.startswith(INEXACT)
        }
        self.numbers = number_slices(rows.parts, inexact)
        self.weight = rows.weight


Column = TextColumn | NumberColumn

Columns = Mapping[Place, Column]
"""The columns of one block, by attribute id and scope."""


def _pages(flags: bytes) -> bytes:
    bits = 0
    for page in range(_PAGES):
        bits |= _number(flags[page * _PAGE : (page + 1) * _PAGE]) << page
    return bits.to_bytes(_PAGE, "little")


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")
