"""Pages of ordered lists.

Only what a page shows is sorted: groups of products with equal values are read in value order, and
skipped by their size until the page begins. A small set is fetched and sorted instead.

Source: docs/core.md, Order.
"""

from collections.abc import Sequence

from pims_api.deadline import check_deadline
from pims_api.domain.conditions.condition import Comparison
from pims_api.storage.catalogue_index.bitmaps.blocks import members as members_of
from pims_api.storage.catalogue_index.bitmaps.blocks import without
from pims_api.storage.catalogue_index.bitmaps.groups import SMALL
from pims_api.storage.catalogue_index.filter.postings import Postings
from pims_api.storage.catalogue_index.filter.skus import is_sku
from pims_api.storage.catalogue_index.order.by_attribute import AttributeOrder
from pims_api.storage.catalogue_index.order.by_document import DocumentOrder, Place
from pims_api.storage.catalogue_index.order.by_sku import (
    BY_PATH,
    BY_SKU,
    product_page,
    product_page_after,
)
from pims_api.storage.catalogue_index.order.by_text import TooFar
from pims_api.storage.catalogue_index.order.keys import Order, OrderKey
from pims_api.storage.snapshot import Snapshot

__all__ = ["OrderKey", "Place", "page_after", "page_of", "until_sku"]

# Fetching a document and its value costs about as much as reading this many index rows.
ROWS_PER_DOCUMENT = 20


def page_of(
    snapshot: Snapshot,
    members: int,
    order: Sequence[OrderKey],
    offset: int,
    size: int,
    *,
    visible: int | None = None,
) -> list[int]:
    """Return the ids of the members at positions offset to offset + size of their order.

    order: keys by priority, equal products by SKU; none: by path, so that variants follow their
    parent. Keys are not collections. visible: the products that exist for the caller; relations to
    others count as unset.
    """
    window = range(offset, min(offset + size, members.bit_count()))
    if not order:
        return product_page(snapshot, BY_PATH, members, window)
    wanted = until_sku(order)
    if not wanted.keys:
        descending = wanted.sku_descending
        return product_page(snapshot, BY_SKU, members, window, descending=descending)
    if window.start > members.bit_count() - window.stop:  # nearer to the end: come from there
        mirrored = _mirrored(window, members.bit_count())
        return _page(snapshot, members, wanted.mirror(), mirrored, visible)[::-1]
    return _page(snapshot, members, wanted, window, visible)


def page_after(
    snapshot: Snapshot,
    members: int,
    order: Order,
    place: Place,
    size: int,
    *,
    visible: int | None = None,
) -> list[int]:
    """Return the ids of the first members after a position, at most size of them.

    place: values of the keys and a SKU; no product needs to have them. The cost does not grow with
    the distance from the start of the list. visible: as for `page_of`.
    """
    pager = _Pager(snapshot, visible, range(size))
    pager.fill_after(members, order, place)
    return pager.page


def _page(
    snapshot: Snapshot, members: int, order: Order, window: range, visible: int | None
) -> list[int]:
    pager = _Pager(snapshot, visible, window)
    pager.fill(members, order)
    return pager.page


def _mirrored(window: range, count: int) -> range:
    return range(count - window.stop, count - window.start)


def until_sku(keys: Sequence[OrderKey]) -> Order:
    """Return the order cut off after the SKU, which no two products share."""
    found: list[OrderKey] = []
    for key in keys:
        if is_sku(key.operand.attribute):
            return Order(tuple(found), key.descending)
        found.append(key)
    return Order(tuple(found))


class _Pager:
    """A page while it is filled. window: the positions that it shows."""

    def __init__(self, snapshot: Snapshot, visible: int | None, window: range) -> None:
        self.page: list[int] = []
        self._snapshot = snapshot
        self._postings = Postings(snapshot)
        self._visible = visible
        self._to_skip = window.start
        self._size = len(window)

    @property
    def _missing(self) -> int:
        return self._size - len(self.page)

    def fill(self, members: int, order: Order) -> None:
        """Add the members in the page's window."""
        count = members.bit_count()
        if self._skips(count) or not self._missing:
            return
        if not order.keys:
            self._fill_by_sku(members, order)
        elif count <= SMALL:
            self._fill_sorted([members_of(members)], order)
        else:
            self._fill_walking(members, order)

    def fill_after(self, members: int, order: Order, place: Place) -> None:
        """Add the members after a position, until the page is full."""
        full = len(self.page)
        if not members or not self._missing:
            return
        if not order.keys:
            self._fill_after_sku(members, order, place.sku)
        elif members.bit_count() <= SMALL:
            self._fill_sorted_after(members, order, place)
        else:
            try:
                self._fill_groups_after(members, order, place)
            except TooFar:
                del self.page[full:]
                self._fill_sorted_after(members, order, place)

    def _fill_after_sku(self, members: int, order: Order, sku: str) -> None:
        self.page += product_page_after(
            self._snapshot,
            BY_SKU,
            members,
            sku,
            self._missing,
            descending=order.sku_descending,
        )

    def _fill_sorted_after(self, members: int, order: Order, place: Place) -> None:
        documents = DocumentOrder(self._snapshot, order, self._visible)
        self.page += documents.sorted_after(members_of(members), place)[: self._missing]

    def _fill_groups_after(self, members: int, order: Order, place: Place) -> None:
        """Add members with the same first value, then with later values, then without one."""
        key, value = order.keys[0], place.values[0]
        below, rest = order.below(), Place(place.values[1:], place.sku)
        if value is None:
            self.fill_after(self._values(members, key).unset(members), below, rest)
            return
        later = Comparison(key.operand, "<" if key.descending else ">", value)
        values = self._values(members, key, later)
        equal = values.fitting(Comparison(key.operand, "=", value), members)
        self.fill_after(equal, below, rest)
        if self._missing:
            self._fill_groups(without(members, equal), order, values)

    def _fill_by_sku(self, members: int, order: Order) -> None:
        window = range(self._to_skip, self._to_skip + self._missing)
        descending = order.sku_descending
        self.page += product_page(self._snapshot, BY_SKU, members, window, descending=descending)
        self._to_skip = 0

    def _fill_walking(self, members: int, order: Order) -> None:
        to_skip, full = self._to_skip, len(self.page)
        try:
            self._fill_groups(members, order, self._values(members, order.keys[0]))
        except TooFar:  # so few members among so many values are cheaper to fetch
            self._to_skip = to_skip
            del self.page[full:]
            self._fill_sorted([members_of(members)], order)

    def _values(
        self, members: int, key: OrderKey, beyond: Comparison | None = None
    ) -> AttributeOrder:
        rows_max = ROWS_PER_DOCUMENT * members.bit_count()
        return AttributeOrder(self._postings, key.operand, self._visible, rows_max, beyond)

    def _fill_groups(self, members: int, order: Order, values: AttributeOrder) -> None:
        key, below = order.keys[0], order.below()
        waiting: list[list[int]] = []  # small groups, to be sorted together in one go

        def passes(count: int) -> bool:
            return not waiting and self._skips(count)

        for group in values.groups(members, order.direction(key), passes):
            check_deadline()
            if isinstance(group, list):
                waiting.append(group)
                if sum(map(len, waiting)) < self._to_skip + self._missing:
                    continue
            self._fill_sorted(waiting, below)
            waiting.clear()
            if isinstance(group, int):
                self.fill(group, below)
            if not self._missing:
                return
        self._fill_sorted(waiting, below)

    def _fill_sorted(self, groups: list[list[int]], order: Order) -> None:
        ids = DocumentOrder(self._snapshot, order, self._visible).sorted_groups(groups)
        self.page += ids[self._to_skip : self._to_skip + self._missing]
        self._to_skip = max(0, self._to_skip - len(ids))

    def _skips(self, count: int) -> bool:
        if count > self._to_skip:
            return False
        self._to_skip -= count
        return True
