"""Order of a few products by their documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.conditions.truth import stored_value
from pims_api.domain.product import Product
from pims_api.domain.values.value import comparable
from pims_api.storage.catalogue_index.bitmaps.blocks import is_in, to_bytes
from pims_api.storage.catalogue_index.bitmaps.document_terms import seen_values
from pims_api.storage.catalogue_index.order.by_sku import skus_of
from pims_api.storage.catalogue_index.order.keys import Order, OrderKey
from pims_api.storage.engine.query_trace import note_access_path
from pims_api.storage.products.store import ids_of_skus, products_by_id
from pims_api.storage.snapshot import Snapshot

PRODUCTS_READ = 500  # whose documents one statement fetches


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a product in an order: a value per key, None for unset, and its SKU."""

    values: tuple[Any, ...]
    sku: str


class DocumentOrder:
    """An order of products. visible: the products that relations may lead to; None: all."""

    def __init__(self, snapshot: Snapshot, order: Order, visible: int | None) -> None:
        self._snapshot = snapshot
        self._order = order
        self._visible = None if visible is None else to_bytes(visible)

    def sorted_groups(self, groups: Sequence[list[int]]) -> list[int]:
        """Return the ids of all groups, one group after the other, each in order."""
        places = self._places([one for ids in groups if len(ids) > 1 for one in ids])
        return [one for ids in groups for one in self._sorted(ids, places)]

    def sorted_after(self, ids: list[int], than: Place) -> list[int]:
        """Return the ids of the products after a position, in order."""
        places = self._places(ids)
        return self._sorted([one for one in ids if self._is_after(places[one], than)], places)

    def place_of(self, product: Product) -> Place:
        """Return the position of a product."""
        columns = [self._column(key, {product.id: product}) for key in self._order.keys]
        return Place(tuple(column[product.id] for column in columns), product.sku)

    def _is_after(self, place: Place, than: Place) -> bool:
        for key, mine, other in zip(self._order.keys, place.values, than.values, strict=True):
            if mine != other:
                if mine is None or other is None:
                    return (mine is None) != self._order.mirrored
                return bool(mine < other if key.descending else mine > other)
        return place.sku < than.sku if self._order.sku_descending else place.sku > than.sku

    def _sorted(self, ids: list[int], places: dict[int, Place]) -> list[int]:
        if len(ids) <= 1:
            return ids
        ids = sorted(ids, key=lambda one: places[one].sku, reverse=self._order.sku_descending)
        for number in range(len(self._order.keys) - 1, -1, -1):
            ids = self._sorted_by(number, ids, places)
        return ids

    def _sorted_by(self, number: int, ids: list[int], places: dict[int, Place]) -> list[int]:
        values = {one: places[one].values[number] for one in ids}
        valued = [one for one in ids if values[one] is not None]
        unset = [one for one in ids if values[one] is None]
        direction = self._order.direction(self._order.keys[number])
        valued.sort(key=values.__getitem__, reverse=direction.descending)
        return unset + valued if direction.unset_first else valued + unset

    def _places(self, ids: list[int]) -> dict[int, Place]:
        if ids:
            note_access_path("products fetched and sorted")
        if not self._order.keys:
            return {one: Place((), sku) for one, sku in skus_of(self._snapshot, ids).items()}
        places: dict[int, Place] = {}
        for start in range(0, len(ids), PRODUCTS_READ):
            products = products_by_id(self._snapshot, ids[start : start + PRODUCTS_READ])
            columns = [self._column(key, products) for key in self._order.keys]
            for one in products.values():
                places[one.id] = Place(tuple(column[one.id] for column in columns), one.sku)
        return places

    def _column(self, key: OrderKey, products: dict[int, Product]) -> dict[int, Any]:
        """Return the value of each product under a key."""
        definition, attribute = self._snapshot.definition, key.operand.attribute
        found: dict[int, Any] = {}
        for one in products.values():
            stored = stored_value(key.operand, seen_values(one, definition))
            found[one.id] = None if stored is None else comparable(attribute, stored, definition)
        if attribute.type is ValueType.RELATION and self._visible is not None:
            return self._only_visible(found, self._visible)
        return found

    def _only_visible(self, relations: dict[int, Any], visible: bytes) -> dict[int, Any]:
        targets = ids_of_skus(self._snapshot, {sku for sku in relations.values() if sku})
        seen = {sku for sku, number in targets.items() if is_in(visible, number)}
        return {one: sku if sku in seen else None for one, sku in relations.items()}
