"""Pending products: the identity map of a unit of work.

Each product is read once and found here afterwards, as the transaction has left it. The state in
which it was first read stays beside it, for the history.
"""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from pims_api.domain.definition import Definition
from pims_api.domain.product import PATH_SEPARATOR, Product, ProductChange, is_same
from pims_api.storage.derived.unique_values import UniqueReservations
from pims_api.storage.history.changes import Actor
from pims_api.storage.products.store import find_product, products_by_sku
from pims_api.storage.snapshot import Snapshot


class Stamp(Protocol):
    """The author and the time of changes. at: microseconds since 1970."""

    actor: Actor

    @property
    def at(self) -> int: ...


class SavedProducts(NamedTuple):
    """A saved state of pending products, for `restore`."""

    first: dict[str, Product | None]
    last: dict[str, Product | None]
    stored: dict[str, Product | None]


class PendingProducts:
    """Products by SKU: as first read, as last put, and as stored where that differs."""

    def __init__(self) -> None:
        self._first: dict[str, Product | None] = {}
        self._last: dict[str, Product | None] = {}
        self._stored: dict[str, Product | None] = {}  # of products with unwritten changes
        self._reservations: UniqueReservations | None = None
        self._changes: dict[str, ProductChange] = {}  # so that each is compared once

    def find(self, snapshot: Snapshot, sku: str) -> Product | None:
        """Return the product as the transaction has left it, if there is one."""
        if sku not in self._last:
            self._last[sku] = self._first[sku] = find_product(snapshot, sku)
        return self._last[sku]

    def find_all(self, snapshot: Snapshot, skus: Iterable[str]) -> dict[str, Product]:
        """Return the products that exist as the transaction has left them, in one query."""
        asked = dict.fromkeys(skus)
        unknown = [sku for sku in asked if sku not in self._last]
        found = products_by_sku(snapshot, unknown) if unknown else {}
        for sku in unknown:
            self._last[sku] = self._first[sku] = found.get(sku)
        known = ((sku, self._last[sku]) for sku in asked)
        return {sku: one for sku, one in known if one is not None}

    def know(self, found: Iterable[Product]) -> list[Product]:
        """Return products that were read together as the transaction has left them."""
        known = []
        for one in found:
            self._first.setdefault(one.sku, one)
            known.append(self._last.setdefault(one.sku, one) or one)
        return known

    def put(self, product: Product, stamp: Stamp, definition: Definition) -> ProductChange:
        """Add a new state of a product that was looked up before; return the change."""
        before = self._last[product.sku]
        after = self._stamped(product, stamp)
        self._stored.setdefault(product.sku, before)
        self._last[product.sku] = after
        change = self._change(before, after)
        if self._reservations is not None:
            self._reservations.note(change, definition)
        return change

    def move_below(self, old: str, new: str) -> None:
        """Move the products in memory whose path begins with the old path."""
        below = old + PATH_SEPARATOR
        for sku, one in self._last.items():
            if one is not None and one.path.startswith(below):
                self._last[sku] = one._replace(path=new + one.path[len(old) :])

    def reservations(self, definition: Definition) -> UniqueReservations:
        """Return the reservations of unique values, pending changes included."""
        if self._reservations is None:
            self._reservations = UniqueReservations()
            for change in self._unwritten():
                self._reservations.note(change, definition)
        return self._reservations

    def changes(self) -> list[ProductChange]:
        """Return the products that the transaction leaves changed, before and after it."""
        changes = []
        for sku, after in self._last.items():
            before = self._first[sku]
            if after is None or after is before:
                continue
            if before is None or before.values != after.values:
                changes.append(self._change(before, after))
        return changes

    def reordered(self) -> bool:
        """Return whether the values of a product are to be stored in another order."""
        return any(
            one.before is not None and one.old == one.new and not is_same(one.old, one.new)
            for one in self._unwritten()
        )

    def take_unwritten(self) -> list[ProductChange]:
        """Return the unwritten changes, which from now on count as written."""
        changes = [one for one in self._unwritten() if _differs(one)]
        self._stored = {}
        return changes

    def save(self) -> SavedProducts:
        """Return a copy of the present state."""
        return SavedProducts(dict(self._first), dict(self._last), dict(self._stored))

    def restore(self, state: SavedProducts) -> None:
        """Go back to a saved state; reservations are read anew."""
        self._first, self._last, self._stored = state
        self._reservations = None

    def _unwritten(self) -> list[ProductChange]:
        found = ((stored, self._last[sku]) for sku, stored in self._stored.items())
        return [self._change(stored, after) for stored, after in found if after is not None]

    def _change(self, before: Product | None, after: Product) -> ProductChange:
        """Return the change between two states, the same one as long as they are the same."""
        known = self._changes.get(after.sku)
        if known is None or known.before is not before or known.after is not after:
            known = self._changes[after.sku] = ProductChange(before, after)
        return known

    def _stamped(self, product: Product, stamp: Stamp) -> Product:
        first = self._first[product.sku]
        if first is not None and first.values == product.values:  # back where it was
            version, at, by = first.version, first.updated_at, first.updated_by
        else:
            version, at, by = (first.version if first else 0) + 1, stamp.at, stamp.actor.name
        made = (at, by) if first is None else (product.created_at, product.created_by)
        place = (product.parent_id, product.path)
        return Product(product.id, product.sku, product.values, *place, version, *made, at, by)


def _differs(change: ProductChange) -> bool:
    if change.before is None or change.before != change.after:
        return True
    return not is_same(change.old, change.new)
