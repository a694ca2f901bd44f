"""Warnings of new products whose SKU differs from a known one only in what nobody sees."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import SKU
from pims_api.domain.product import Product
from pims_api.errors import Fault
from pims_api.services.access import is_visible
from pims_api.services.imports.near_duplicates import ONLY, both_shown, folded
from pims_api.services.imports.text_numbers import TextNumbers
from pims_api.storage.products.store import all_skus, products_by_id
from pims_api.storage.unit_of_work import UnitOfWork


class NewProduct(NamedTuple):
    """A product that a row has made. line: of the row."""

    line: int
    product: Product


class NearSkus:
    """A finder of new SKUs beside similar ones.

    The SKUs of the catalogue are read once, before the first new product is looked at.
    """

    def __init__(self) -> None:
        self._ids: TextNumbers | None = None  # folded SKU → the first product of it

    def warnings(
        self, work: UnitOfWork, access: Access, made: Sequence[NewProduct]
    ) -> Iterator[Fault]:
        """Yield a warning for each new product, already stored, that has such a SKU."""
        if not made:
            return
        if self._ids is None:
            self._ids = TextNumbers()
            for number, sku in all_skus(work):
                self._note(number, sku)
        found = [(one, self._note(one.product.id, one.product.sku)) for one in made]
        near = [(one, first) for one, first in found if first != one.product.id]
        known = products_by_id(work, {first for _, first in near}) if near else {}
        for one, first in near:
            other = known.get(first)
            if other is not None and other.sku != one.product.sku and is_visible(access, other):
                yield _warning(one, other.sku)

    def _note(self, number: int, sku: str) -> int:
        """Return the first product whose SKU is like this one; that may be the product itself."""
        return number if self._ids is None else self._ids.first(folded(sku), number)


def _warning(one: NewProduct, other: str) -> Fault:
    sku = one.product.sku
    made, known = both_shown(sku, other)
    message = f"Line {one.line}: the product {made} is new beside {known}, {ONLY}."
    return Fault("exists", message, SKU, value=sku, nearest=other)
