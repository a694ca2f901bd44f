"""The past: all products of a snapshot as they were after an earlier write.

State at a moment is now, taken back. What did not change since is read as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from pims_api.domain.attributes.attribute import VARIATION_OF
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product, Values, path_of
from pims_api.domain.values.scope import split_slot
from pims_api.domain.values.value import is_stored_form
from pims_api.storage.history.as_of import later_changes, products_at
from pims_api.storage.history.past.links import leavings_since
from pims_api.storage.history.past.paths import paths_of_moved
from pims_api.storage.history.past.taken_back import (
    TakenBack,
    last_id_at,
    taken_back,
    taken_back_of,
)
from pims_api.storage.products.store import products_by_id, products_by_sku, skus_of_ids
from pims_api.storage.snapshot import Snapshot

KEPT_MAX = 5_000  # products of then, in the memory of one reader


def past_snapshot(now: Snapshot, sequence: int) -> Snapshot:
    """Return a snapshot in which every product is as it was after a write.

    Which of them exist for a caller is asked of today.
    """
    return replace(now, past=_Past(now, sequence))


def past_of_some(
    now: Snapshot, sequence: int, ids: Sequence[int], definition: Definition | None = None
) -> Snapshot:
    """Return a snapshot in which there are only some products, as they were after a write.

    Which of them existed for a caller is asked of then. definition: of then; None: that of now.
    """
    seen = now if definition is None else replace(now, definition=definition)
    return replace(seen, past=_PastOfSome(now, sequence, ids))


class _Past:
    """All products as they were after a write."""

    rows_are_of_then = False

    def __init__(self, now: Snapshot, sequence: int) -> None:
        self.now = now
        self.sequence = sequence
        self._known: dict[int, Product | None] = {}

    @cached_property
    def there(self) -> int:
        """The products that there were, as bits; ids have no gaps."""
        return (1 << self._last_id + 1) - 2

    @cached_property
    def _last_id(self) -> int:
        return last_id_at(self.now, self.sequence)

    @cached_property
    def changed(self) -> TakenBack:
        """What changed since, of all products that there were."""
        return taken_back(self.now, self.sequence, self._last_id)

    @cached_property
    def paths(self) -> dict[int, str]:
        """The paths of the products that had another one."""
        return paths_of_moved(self.now, self.changed.slots.get(VARIATION_OF, {}))

    def products(self, found: Iterable[Product]) -> list[Product]:
        """Return products as they were; those that were not there are left out."""
        if len(self._known) > KEPT_MAX:
            self._known.clear()
        return self._then(found)

    def _then(self, found: Iterable[Product]) -> list[Product]:
        asked = list(found)
        new = [one for one in asked if one.id not in self._known]
        if new:
            self._know(new)
        shown = (self._known[one.id] for one in asked)
        return [one for one in shown if one is not None]

    def former_children(self, ids: Iterable[int]) -> list[int]:
        """Return the ids of products that had one of these as a parent since; they have it no more.

        Some of them may have had another one at the moment.
        """
        left = leavings_since(self.now, self.sequence)
        if not left:
            return []
        parents = set(skus_of_ids(self.now, ids).values())
        return list(dict.fromkeys(one.product_id for one in left if one.parent in parents))

    def _know(self, new: Sequence[Product]) -> None:
        then = products_at(self.now, new, self.sequence)
        above = self._above(then.values())
        for one in new:
            found = then.get(one.id)
            if found is not None:
                path = path_of(one.sku, above.get(found.values.get(VARIATION_OF)))
                found = found if path == one.path else found._replace(path=path)
                found = found if found is one else self._seen(found, one)
            self._known[one.id] = found

    def _above(self, then: Iterable[Product]) -> dict[str | None, str]:
        """Return the paths of the parents that products had, by SKU."""
        skus = {one.values[VARIATION_OF] for one in then if VARIATION_OF in one.values}
        parents = self._then(products_by_sku(self.now, skus).values()) if skus else []
        return {one.sku: one.path for one in parents}

    def _seen(self, then: Product, now: Product) -> Product:
        values = readable(then.values, now.values, self.now.definition)
        return then._replace(values=values, today=None if self.rows_are_of_then else now)


class _PastOfSome(_Past):
    """Some products as they were after a write; there are no others."""

    rows_are_of_then = True

    def __init__(self, now: Snapshot, sequence: int, ids: Sequence[int]) -> None:
        super().__init__(now, sequence)
        self._ids = ids

    @cached_property
    def there(self) -> int:
        """Those of the products that there were, as bits."""
        return sum(
            1 << one.id for one in self.products(products_by_id(self.now, self._ids).values())
        )

    @cached_property
    def changed(self) -> TakenBack:
        """What changed since, of these products."""
        return taken_back_of(self.sequence, later_changes(self.now, self._ids, self.sequence))


def readable(then: Values, now: Values, definition: Definition) -> Values:
    """Return a document of then without values that the types of attributes do not take today.

    An attribute may have got another type since.
    """
    return {
        slot: value
        for slot, value in then.items()
        if now.get(slot) == value or _fits(slot, value, definition)
    }


def _fits(slot: str, value: object, definition: Definition) -> bool:
    attribute = definition.by_key.get(split_slot(slot)[0])
    return attribute is None or is_stored_form(attribute, value)
