"""Order by a number: the members of a set in number order, by recursion over the bit slices.

Each slice divides a set into lower and higher numbers. Whole parts before the page are skipped by
their size; a part that is small enough is sorted number by number.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids, members, without
from pims_api.storage.catalogue_index.bitmaps.groups import SMALL, Group, Passes


class NumberOrder:
    """A walk along numbers. places: how many decimals their integers hold."""

    def __init__(
        self, numbers: NumberSlices, places: int, descending: bool, passes: Passes
    ) -> None:
        self._numbers = numbers
        self._places = places
        self._descending = descending
        self._passes = passes

    def groups(self, among: int) -> Iterator[Group]:
        """Yield the products with equal numbers, in the order of the numbers.

        among: products that have a number.
        """
        negative = among & self._numbers.negative
        positive = without(among, negative)
        top = len(self._numbers.slices) - 1
        if self._descending:
            yield from self._walk(positive, top, high_first=True)
            yield from self._walk(negative, top, high_first=False)
        else:
            yield from self._walk(negative, top, high_first=True)
            yield from self._walk(positive, top, high_first=False)

    def _walk(self, part: int, bit: int, *, high_first: bool) -> Iterator[Group]:
        count = part.bit_count()
        if not count or self._passes(count):
            return
        if count <= SMALL or bit < 0:
            yield from self._leaf(part, count)
            return
        high = part & self._numbers.slices[bit]
        low = part ^ high
        for half in (high, low) if high_first else (low, high):
            yield from self._walk(half, bit - 1, high_first=high_first)

    def _leaf(self, part: int, count: int) -> Iterator[Group]:
        if count > SMALL and not part & self._inexact:  # all of them have the same number
            yield part
            return
        numbers = self._exact_numbers(members(part))
        ordered = sorted(numbers, key=numbers.__getitem__, reverse=self._descending)
        for _, equal in groupby(ordered, key=numbers.__getitem__):
            ids = list(equal)
            yield ids if len(ids) <= SMALL else from_ids(ids)

    @cached_property
    def _inexact(self) -> int:
        return without(self._numbers.has, self._numbers.exact)

    def _exact_numbers(self, ids: Sequence[int]) -> dict[int, Any]:
        integers = {one: self._integer(one) for one in ids}
        if not self._numbers.inexact:
            return integers
        found = {one: Decimal(number).scaleb(-self._places) for one, number in integers.items()}
        for text, holders in self._numbers.inexact.items():
            found.update((one, Decimal(text)) for one in holders if one in integers)
        return found

    def _integer(self, product_id: int) -> int:
        index, bit = product_id >> 3, product_id & 7
        number = 0
        for place, data in enumerate(self._slices_data):
            number |= (data[index] >> bit & 1) << place
        return -number if self._negative_data[index] >> bit & 1 else number

    @cached_property
    def _slices_data(self) -> list[bytes]:
        return [self._data(one) for one in self._numbers.slices]

    @cached_property
    def _negative_data(self) -> bytes:
        return self._data(self._numbers.negative)

    def _data(self, bits: int) -> bytes:
        return bits.to_bytes(self._numbers.has.bit_length() // 8 + 1, "little")
