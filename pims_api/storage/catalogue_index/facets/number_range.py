"""The range of the numbers of a set of products, by descent through the bit slices."""

from decimal import Decimal

from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids, without

NumberRange = tuple[Decimal, Decimal]
"""The lowest and the highest number; a date counts as its day, counted from the year 1."""


def range_of(numbers: NumberSlices, among: int, places: int) -> NumberRange | None:
    """Return the range of the members' numbers; None when no member has one.

    places: how many decimals the integers of the slices hold.
    """
    negative = among & numbers.negative
    positive = without(among & numbers.has, negative)
    if negative:
        low = _values(numbers, places, -1, *_farthest(numbers, negative))
    elif positive:
        low = _values(numbers, places, 1, *_nearest(numbers, positive))
    else:
        return None
    if positive:
        high = _values(numbers, places, 1, *_farthest(numbers, positive))
    else:
        high = _values(numbers, places, -1, *_nearest(numbers, negative))
    return min(low), max(high)


def joined_range(one: NumberRange | None, other: NumberRange | None) -> NumberRange | None:
    """Return the range of two sets together."""
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def _farthest(numbers: NumberSlices, part: int) -> tuple[int, int]:
    """Return the greatest magnitude in a set that is not empty, and its products."""
    magnitude = 0
    for bit in range(len(numbers.slices) - 1, -1, -1):
        high = part & numbers.slices[bit]
        if high:
            magnitude, part = magnitude | 1 << bit, high
    return magnitude, part


def _nearest(numbers: NumberSlices, part: int) -> tuple[int, int]:
    """Return the least magnitude in a set that is not empty, and its products."""
    magnitude = 0
    for bit in range(len(numbers.slices) - 1, -1, -1):
        low = without(part, numbers.slices[bit])
        if low:
            part = low
        else:
            magnitude |= 1 << bit
    return magnitude, part


def _values(
    numbers: NumberSlices, places: int, sign: int, magnitude: int, group: int
) -> list[Decimal]:
    """Return the numbers of products with one integer: its own, and inexact ones."""
    found = [Decimal(text) for text, ids in numbers.inexact.items() if from_ids(ids) & group]
    if group & numbers.exact:
        found.append(Decimal(sign * magnitude).scaleb(-places))
    return found
