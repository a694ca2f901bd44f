"""Values that were changed since, as callers see them.

Source: docs/core.md, Taking back.
"""

from collections.abc import Callable
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import UNSEEN_ATTRIBUTES
from pims_api.domain.product import Product
from pims_api.domain.values.scope import split_slot
from pims_api.services.products.projection import product_writer
from pims_api.services.reverts.by_locale import locale_of
from pims_api.services.reverts.plan import PlannedValue

Shown = dict[str, Any]
"""A conflict as a JSON object."""


def conflict_object(access: Access, product: Product, value: PlannedValue) -> Shown:
    """Return a conflict. was: what was left. transaction: the last that changed the value.

    locale: where the value is that of another language than the default one.
    """
    key, scope = split_slot(value.slot)
    name, show = _shown(access, key)
    told: Shown = {"sku": product.sku, "attribute": name}
    told |= {"locale": code} if (code := locale_of(access.definition, scope)) else {}
    told |= {"was": show(value.left), "now": show(value.now)}
    return told | {"transaction": value.changed_by}


def _shown(access: Access, key: str) -> tuple[str, Callable[[Any], Any]]:
    """Return the outward name of what a key stands for, and what shows its values."""
    if key in UNSEEN_ATTRIBUTES:
        return UNSEEN_ATTRIBUTES[key].name, lambda value: value
    column = access.by_attribute[access.definition.by_key[key].id]
    writer = product_writer(access)
    return column.name, lambda value: writer.value(column, value)
