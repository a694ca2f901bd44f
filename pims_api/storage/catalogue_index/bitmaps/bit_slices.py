"""Bit slices: numbers of products as sets, so that a range takes a few set operations.

Slice n is the set of products whose integer has bit n. Every number has an integer. A number that
its integer does not represent exactly is inexact, and its text is stored too.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from pims_api.domain.attributes.attribute import Attribute
from pims_api.domain.conditions.condition import Between, Comparison, In, Literal
from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids, is_in, to_bytes, without
from pims_api.storage.catalogue_index.bitmaps.number_blocks import PartRow, assemble_numbers
from pims_api.storage.catalogue_index.bitmaps.terms import slice_number

NumberTest = Callable[[str], bool]
"""A predicate on a number, given as its plain text."""


@dataclass(frozen=True, slots=True)
class NumberSlices:
    """The numbers of one attribute in one scope.

    has: products with a number. negative: those with a negative one. slices: those whose magnitude
    has bit 0, 1, …. inexact: plain text of an inexact number → ids of its products.
    """

    has: int = 0
    negative: int = 0
    slices: tuple[int, ...] = ()
    inexact: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def exact(self) -> int:
        """The products whose number is exact."""
        if not self.inexact:
            return self.has
        inexact = from_ids(number for ids in self.inexact.values() for number in ids)
        return without(self.has, inexact)

    def at_most(self, number: int) -> int:
        """Return the products whose integer is at most the number."""
        if number < 0:
            return self.negative & self._magnitude_above(-number - 1)
        above = self._magnitude_above(number)
        return self.has ^ (without(above, self.negative) if self.negative else above)

    def equal(self, number: int) -> int:
        """Return the products whose integer equals the number."""
        magnitude = abs(number)
        if magnitude >> len(self.slices):
            return 0
        left = self.negative if number < 0 else without(self.has, self.negative)
        for bit, one in enumerate(self.slices):
            if not left:
                break
            left = left & one if magnitude >> bit & 1 else without(left, one)
        return left

    def fallback(self, other: "NumberSlices") -> "NumberSlices":
        """Return these numbers, with the others for products that have none here."""
        free = without(other.has, self.has)
        height = max(len(self.slices), len(other.slices))
        mine, theirs = (_padded(one.slices, height) for one in (self, other))
        data = to_bytes(free)
        inexact = dict(self.inexact)
        for text, ids in other.inexact.items():
            inexact[text] = [*inexact.get(text, ()), *(one for one in ids if is_in(data, one))]
        return NumberSlices(
            self.has | free,
            self.negative | (other.negative & free),
            tuple(a | (b & free) for a, b in zip(mine, theirs, strict=True)),
            inexact,
        )

    def without(self, products: int) -> "NumberSlices":
        """Return the numbers of all other products."""
        if not products:
            return self
        data = to_bytes(products)
        inexact = {
            t: [one for one in ids if not is_in(data, one)] for t, ids in self.inexact.items()
        }
        return NumberSlices(
            without(self.has, products),
            without(self.negative, products),
            tuple(without(one, products) for one in self.slices),
            {text: ids for text, ids in inexact.items() if ids},
        )

    def replaced(self, products: int, others: "NumberSlices") -> "NumberSlices":
        """Return the numbers with those of some products replaced.

        others: the numbers of these products alone, but the inexact ones of all products.
        """
        height = max(len(self.slices), len(others.slices))
        mine, theirs = (_padded(one.slices, height) for one in (self, others))
        return NumberSlices(
            without(self.has, products) | others.has,
            without(self.negative, products) | others.negative,
            tuple(without(a, products) | b for a, b in zip(mine, theirs, strict=True)),
            others.inexact,
        )

    def _magnitude_above(self, magnitude: int) -> int:
        """Return the products whose magnitude is greater: one operation per slice."""
        if magnitude >> len(self.slices):
            return 0
        above = 0
        for bit, one in enumerate(self.slices):
            above = above & one if magnitude >> bit & 1 else above | one
        return above


def number_slices(parts: Iterable[PartRow], inexact: Mapping[str, Sequence[int]]) -> NumberSlices:
    """Return the slices of an attribute's stored number parts. inexact: see NumberSlices."""
    return NumberSlices(*assemble_numbers(parts), inexact)


def fitting_numbers(
    numbers: NumberSlices,
    attribute: Attribute,
    predicate: Comparison | In | Between,
    holds: NumberTest,
) -> int:
    """Return the products whose number satisfies a predicate. holds: it, for one plain text."""
    found = _by_integer(numbers, attribute, predicate)
    if numbers.inexact:
        found &= numbers.exact
    fitting = (ids for text, ids in numbers.inexact.items() if holds(text))
    return found | from_ids(number for ids in fitting for number in ids)


def _by_integer(
    numbers: NumberSlices, attribute: Attribute, predicate: Comparison | In | Between
) -> int:
    match predicate:
        case In(_, literals):
            return reduce(or_, (_equal(numbers, attribute, one) for one in literals), 0)
        case Between(_, low, high):
            up_to = _at_most(numbers, attribute, high)
            return without(up_to, _below(numbers, attribute, low))
        case Comparison(_, "=", literal):
            return _equal(numbers, attribute, literal)
        case Comparison(_, "<" | ">=" as sign, literal):
            found = _below(numbers, attribute, literal)
        case Comparison(_, sign, literal):
            found = _at_most(numbers, attribute, literal)
    return found if sign.startswith("<") else without(numbers.has, found)


def _equal(numbers: NumberSlices, attribute: Attribute, literal: Literal) -> int:
    number, exact = slice_number(attribute, literal)
    return numbers.equal(number) if exact else 0


def _at_most(numbers: NumberSlices, attribute: Attribute, literal: Literal) -> int:
    return numbers.at_most(slice_number(attribute, literal)[0])


def _below(numbers: NumberSlices, attribute: Attribute, literal: Literal) -> int:
    number, exact = slice_number(attribute, literal)
    return numbers.at_most(number - 1 if exact else number)


def _padded(slices: tuple[int, ...], height: int) -> tuple[int, ...]:
    return slices + (0,) * (height - len(slices))
