"""Cursor pagination: each page goes on where the one before ended, stable under writes.

Source: docs/core.md, Cursors.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import VARIATION_OF
from pims_api.domain.conditions.truth import matches
from pims_api.domain.cursor import BEGINNING, ListPlace
from pims_api.domain.product import Product, path_of
from pims_api.errors import BadInput, Fault
from pims_api.services.access import is_visible, row_values
from pims_api.storage.catalogue_index.order.by_document import DocumentOrder
from pims_api.storage.catalogue_index.order.by_sku import BY_PATH, product_page_after
from pims_api.storage.catalogue_index.order.keys import Order
from pims_api.storage.catalogue_index.order.pages import (
    OrderKey,
    Place,
    page_after,
    page_of,
    until_sku,
)
from pims_api.storage.history.as_of import values_at
from pims_api.storage.products.store import find_product
from pims_api.storage.snapshot import Snapshot

_BY_SKU = Order(())
_FIRST = ""  # before every SKU and path


@dataclass(frozen=True, slots=True)
class ListWalk:
    """A list that is read page by page with cursors.

    order: by priority; without any by path, or of a search those with every word in the title
    first. members, visible, in_title: as `Found` has them.
    """

    snapshot: Snapshot
    access: Access
    order: Sequence[OrderKey]
    members: int
    visible: int | None = None
    in_title: int | None = None

    def page(self, place: ListPlace, size: int) -> list[int]:
        """Return the ids of the products after a place, at most size of them.

        Raises BadInput when there never was such a place for this caller.
        """
        if self.order:
            return self._ordered(place, size)
        if self.in_title is not None:
            return self._searched(self.in_title, place, size)
        return self._by_path(place, size)

    def place_of(self, product: Product) -> ListPlace:
        """Return the place of a product in the list."""
        past = self.snapshot.past
        return replace(self._place_of(product), moment=None if past is None else past.sequence)

    def _place_of(self, product: Product) -> ListPlace:
        if self.order:
            order = until_sku(self.order)
            place = DocumentOrder(self.snapshot, order, self.visible).place_of(product)
            return ListPlace(product.sku, values=place.values)
        if self.in_title is not None:
            return ListPlace(product.sku, in_title=bool(self.in_title >> product.id & 1))
        return ListPlace(product.sku, sequence=self.snapshot.moment)

    def _ordered(self, place: ListPlace, size: int) -> list[int]:
        seen, members, visible = self.snapshot, self.members, self.visible
        if place == BEGINNING:
            return page_of(seen, members, self.order, 0, size, visible=visible)
        here = Place(place.values, place.sku)
        return page_after(seen, members, until_sku(self.order), here, size, visible=visible)

    def _searched(self, in_title: int, place: ListPlace, size: int) -> list[int]:
        titled = in_title if place.in_title or place == BEGINNING else 0
        ids = self._after_sku(titled, place.sku, size)
        begun = _FIRST if titled else place.sku
        return ids + self._after_sku(self.members & ~in_title, begun, size - len(ids))

    def _after_sku(self, members: int, sku: str, size: int) -> list[int]:
        return page_after(self.snapshot, members, _BY_SKU, Place((), sku), size)

    def _by_path(self, place: ListPlace, size: int) -> list[int]:
        last = _FIRST if place == BEGINNING else self._path_then(place)
        return product_page_after(self.snapshot, BY_PATH, self.members, last, size)

    def _path_then(self, place: ListPlace) -> str:
        """Return the path of a product as of the moment when it was shown.

        A path holds the SKUs of parents that the caller may not see. So the place tells when it
        was instead, and of products that the caller did not see then it is told nothing.
        """
        product = find_product(self.snapshot, place.sku)
        if product is None or place.sequence > self.snapshot.sequence:
            raise _unknown_place()
        values = values_at(self.snapshot, product, place.sequence)
        if not values or not self._was_row(product, values):
            raise _unknown_place()
        skus = [place.sku]
        while parent := values.get(VARIATION_OF):
            skus.append(parent)
            above = find_product(self.snapshot, parent)
            values = values_at(self.snapshot, above, place.sequence) if above else {}
        path = None
        for sku in reversed(skus):
            path = path_of(sku, path)
        return path or _FIRST

    def _was_row(self, product: Product, values: dict[str, object]) -> bool:
        rows = self.access.rows
        if rows is None:
            return True
        if self.snapshot.past is not None:  # which asks it of today
            return is_visible(self.access, product)
        try:
            return matches(rows, row_values(self.access, values), self.access.definition)
        except (ValueError, ArithmeticError):  # values of before a type was changed
            return False


def _unknown_place() -> BadInput:
    message = "The cursor of the page does not lead to a place in this list!"
    return BadInput(faults=[Fault("range", message, place="page/after")])
