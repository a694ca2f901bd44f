"""Products for people at a terminal: every value that there is, by internal name."""

from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import VARIATION_SKUS, ValueType
from pims_api.domain.attributes.completeness import completeness
from pims_api.domain.product import Product, Values
from pims_api.domain.values.value import is_categories
from pims_api.services.products.families import live_skus
from pims_api.services.products.history import as_seen
from pims_api.storage.history.changes import product_history
from pims_api.storage.snapshot import Snapshot


def plain_values(snapshot: Snapshot, access: Access, product: Product) -> dict[str, Any]:
    """Return the values of a product by name, unset ones left out."""
    shown = {}
    for column in access.columns:
        value = _computed(snapshot, access, column, product)
        stored = column.stored(product.values)
        if stored is not None and not column.attribute.computed:
            value = plain_value(access, column, stored)
        if value not in (None, []):
            shown[column.name] = value
    return shown


def plain_history(snapshot: Snapshot, access: Access, product: Product) -> list[dict[str, Any]]:
    """Return what happened to a product, oldest first: at (microseconds), user, old and new."""
    return [
        {
            "at": entry.at,
            "user": entry.actor,
            "old": _plain_slots(access, entry.old),
            "new": _plain_slots(access, entry.new),
        }
        for entry in as_seen(snapshot, access, product_history(snapshot, product.id))
    ]


def plain_value(access: Access, column: Column, stored: Any) -> Any:
    """Return a stored value with words for the ids in it."""
    if isinstance(stored, list):
        return [plain_value(access, column, element) for element in stored]
    if is_categories(column.attribute):
        return access.definition.categories.path_text(stored)
    if column.attribute.type is ValueType.OPTION:
        return access.definition.options_of(column.attribute).alias(stored)
    return stored


def _plain_slots(access: Access, values: Values) -> dict[str, Any]:
    shown = {}
    for column in (*access.past, *access.columns):
        for place in reversed(column.slots):
            if place in values:
                stored = values[place]
                shown[column.name] = stored and plain_value(access, column, stored)
    return shown


def _computed(snapshot: Snapshot, access: Access, column: Column, product: Product) -> Any:
    if column.attribute.type is ValueType.COMPLETENESS:
        return completeness(product.values, access.definition)
    if column.attribute.name == VARIATION_SKUS:
        return [sku for _, sku in live_skus(snapshot, access, [product.id])]
    return None
