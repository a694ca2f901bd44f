"""The preview of an import: the differences that each row makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import DEFAULT_TYPE, PRODUCT_TYPE, SKU, STATUS
from pims_api.domain.category import UNCATEGORIZED_ID
from pims_api.domain.product import Product
from pims_api.services.products.batch import RowOutcome, RowStatus
from pims_api.services.products.projection import plain_value

FIRST_VALUES = 10  # of a product that is new, and elements of one of them
VALUE_LENGTH_MAX = 200  # characters of one of them
_LEFT_OUT = (SKU, STATUS, PRODUCT_TYPE)  # the SKU is shown anyway, the others are mostly defaults
_NO_CHOICE = (None, [UNCATEGORIZED_ID])  # values that say nothing about a product


@dataclass(frozen=True, slots=True)
class RowDifference:
    """The changes of a row: values by the names that the caller sees; None stands for unset.

    status: created or updated; of a product that is new the first FIRST_VALUES of its values are
    told, long texts cut.
    """

    line: int
    sku: str
    status: str
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)


def row_difference(access: Access, line: int, outcome: RowOutcome) -> RowDifference | None:
    """Return the changes of a row, or None when there are none."""
    before, after = outcome.before, outcome.product
    if outcome.status is RowStatus.CREATED:
        return RowDifference(line, outcome.sku, outcome.status.value, {}, _first(access, after))
    if outcome.status is not RowStatus.UPDATED or before is None or after is None:
        return None
    changed = [
        column
        for column in access.columns
        if before.values.get(column.slot) != after.values.get(column.slot)
    ]
    old, new = (
        {c.name: _plain(access, c, one.values.get(c.slot)) for c in changed} | _type(one)
        for one in (before, after)
    )
    if old.get(PRODUCT_TYPE) == new.get(PRODUCT_TYPE):
        del old[PRODUCT_TYPE], new[PRODUCT_TYPE]
    return RowDifference(line, outcome.sku, outcome.status.value, old, new)


def _type(product: Product) -> dict[str, str]:
    return {PRODUCT_TYPE: product.values.get(PRODUCT_TYPE, DEFAULT_TYPE)}


def _first(access: Access, product: Product | None) -> dict[str, Any]:
    """Return the first values of a new product."""
    if product is None:
        return {}
    shown = (one for one in access.columns if one.attribute.name not in _LEFT_OUT)
    values = ((one, product.values.get(one.slot)) for one in shown)
    found = ((one, value) for one, value in values if value not in _NO_CHOICE)
    first = islice(found, FIRST_VALUES)
    return {one.name: _cut(_plain(access, one, value)) for one, value in first}


def _cut(value: Any) -> Any:
    if isinstance(value, list):
        return [_cut(one) for one in value[:FIRST_VALUES]]
    if isinstance(value, str) and len(value) > VALUE_LENGTH_MAX:
        return f"{value[:VALUE_LENGTH_MAX]}…"
    return value


def _plain(access: Access, column: Column, stored: Any) -> Any:
    return None if stored is None else plain_value(access, column, stored)
