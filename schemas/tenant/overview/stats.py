"""Counts of a catalogue for a dashboard. Source: docs/api/tenant.md, Stats."""

from typing import Any

from marshmallow import Schema, fields

from pims_api.services.lists.counts import Counts


class LowStock(Schema):
    """A product of which little is left."""

    product_id = fields.UUID()
    product_title = fields.String()
    stock_left = fields.Integer()


class StatsReply(Schema):
    """How many things there are. Without stock there is nothing to tell of it."""

    totalProducts = fields.Integer()  # noqa: N815
    totalVariants = fields.Integer()  # noqa: N815
    totalBrands = fields.Integer()  # noqa: N815
    totalCategories = fields.Integer()  # noqa: N815
    lowStockVariants = fields.Integer()  # noqa: N815
    outOfStockVariants = fields.Integer()  # noqa: N815
    totalInventoryValue = fields.Float()  # noqa: N815
    topLowStock = fields.List(fields.Nested(LowStock()))  # noqa: N815


def stats_object(counts: Counts) -> dict[str, Any]:
    """Return counts as this face shows them."""
    return {
        "totalProducts": counts.products,
        "totalVariants": counts.variants,
        "totalBrands": counts.brands,
        "totalCategories": counts.categories,
        "lowStockVariants": 0,
        "outOfStockVariants": 0,
        "totalInventoryValue": 0,
        "topLowStock": [],
    }
