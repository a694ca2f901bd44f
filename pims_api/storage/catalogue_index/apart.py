"""Products apart: those whose rows in the index are missing or do not hold, as rows in memory."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Mapping

from pims_api.storage.catalogue_index.bitmaps.bit_slices import NumberSlices, number_slices
from pims_api.storage.catalogue_index.bitmaps.blocks import BlockRow, encode_offsets, place
from pims_api.storage.catalogue_index.bitmaps.number_blocks import (
    PartRow,
    encode_numbers,
    part_of,
)
from pims_api.storage.catalogue_index.bitmaps.terms import INEXACT
from pims_api.storage.catalogue_index.skip_scan import Place

TermRow = tuple[str, int, bytes]
"""A term, a block and its encoded bits: a row of postings."""


class ProductsApart(ABC):
    """The index rows of some products, made of their values."""

    def __init__(self) -> None:
        self._numbers: dict[Place, NumberSlices] = {}

    def __bool__(self) -> bool:
        return True

    @abstractmethod
    def terms(self, at: Place) -> Mapping[str, list[int]]:
        """Return the ids, ascending, of the products with each term of an attribute."""

    @abstractmethod
    def integers(self, at: Place) -> Mapping[int, int]:
        """Return the integer of each product with a value of a numeric attribute, by its id."""

    @abstractmethod
    def scopes(self, attribute_id: int) -> set[str]:
        """Return the scopes in which these products have values of an attribute."""

    @property
    @abstractmethod
    def long_texts(self) -> Mapping[str, str]:
        """The texts of long terms, of those that were asked for at least."""

    @property
    @abstractmethod
    def tokens(self) -> Mapping[int, frozenset[str]]:
        """The full-text tokens, by product id."""

    def outdated(self, _at: Place) -> int:
        """Return the products whose stored rows of an attribute do not hold, as bits."""
        return 0

    @property
    def outdated_tokens(self) -> int:
        """The products whose stored tokens do not hold, as bits."""
        return 0

    def blocks(self, at: Place, term: str) -> list[BlockRow]:
        """Return the blocks of a term."""
        offsets: defaultdict[int, list[int]] = defaultdict(list)
        for number in self.terms(at).get(term, ()):
            block, offset = place(number)
            offsets[block].append(offset)
        return [(block, encode_offsets(some)) for block, some in offsets.items()]

    def rows(self, at: Place, low: str, high: str) -> list[TermRow]:
        """Return the rows from one term up to but not including another, in their order."""
        terms = sorted(term for term in self.terms(at) if low <= term < high)
        return [(term, *row) for term in terms for row in self.blocks(at, term)]

    def numbers(self, at: Place) -> NumberSlices:
        """Return the bit slices of a numeric attribute."""
        if at not in self._numbers:
            terms = ((t, ids) for t, ids in self.terms(at).items() if t.startswith(INEXACT))
            inexact = {term[len(INEXACT) :]: ids for term, ids in terms}
            self._numbers[at] = number_slices(self.number_parts(at, 0), inexact)
        return self._numbers[at]

    def number_parts(self, at: Place, first_id: int) -> list[PartRow]:
        """Return the number parts of a numeric attribute, with part 0 beginning at first_id."""
        parts: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for number, integer in self.integers(at).items():
            part, offset = part_of(number - first_id)
            parts[part][offset] = integer
        return [(part, encode_numbers(numbers)) for part, numbers in parts.items()]
