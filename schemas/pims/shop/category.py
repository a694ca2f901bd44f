"""Categories and their filters as shops see them.

Source: docs/api/shop.md, Categories for shops.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import CATEGORIES
from pims_api.domain.category import Category
from pims_api.domain.definition import Definition
from pims_api.services.lists.facets import ChoiceFacet, Facets, RangeFacet, ValueCount
from pims_api.services.lists.storefront import shop_children
from schemas.pims.definitions.category_requests import category_object

_BY_NAME = "cat_name"

Json = dict[str, Any]


def filters_object(facets: Facets) -> Json:
    """Return category filters. Source: docs/api/shop.md, Category filters."""
    return {
        "filter_dropdown": [_choice(one) for one in facets.choices],
        "filter_range_float": [_range(one) for one in facets.ranges],
    }


def detailed_category(definition: Definition, one: Category, count: int, facets: Facets) -> Json:
    """Return a category with its number of products, its filters and what is right below it."""
    tree = definition.categories
    children = [category_object(tree, child) for child in shop_children(definition, one.id)]
    return category_object(tree, one) | {
        "product_count": count,
        "children": children,
        "cat_filters": filters_object(facets),
    }


def counted_categories(definition: Definition, counts: Mapping[int, int]) -> list[Json]:
    """Return categories in the order of the tree, each with a number of products."""
    tree = definition.categories
    return [
        category_object(tree, one) | {"product_count": counts[one.id]}
        for one in tree
        if one.id in counts
    ]


def whole_tree(access: Access, sort: str) -> orjson.Fragment:
    """Return all active categories as a tree, cached for the version of the definition."""
    if access.of(CATEGORIES) is None:
        return orjson.Fragment(b"[]")
    make = _tree_by_name if sort == _BY_NAME else _tree_by_order
    return orjson.Fragment(access.definition.derive(make))


def _tree_by_name(definition: Definition) -> bytes:
    return orjson.dumps(tree_nodes(definition, shop_children(definition, 0), order=_by_name))


def _tree_by_order(definition: Definition) -> bytes:
    return orjson.dumps(tree_nodes(definition, shop_children(definition, 0)))


def tree_nodes(
    definition: Definition,
    found: Iterable[Category],
    *,
    order: Callable[[Category], Any] | None = None,
) -> list[Json]:
    """Return categories, each with the active ones below it. order: of those beside each other."""
    nodes = []
    for one in sorted(found, key=order) if order else found:
        below = tree_nodes(definition, shop_children(definition, one.id), order=order)
        nodes.append(category_object(definition.categories, one) | {"children": below})
    return nodes


def stocked_tree(
    definition: Definition, counts: Mapping[int, int], parent_id: int = 0
) -> list[Json]:
    """Return the active categories that have products, or have one below them that does."""
    nodes = []
    for one in shop_children(definition, parent_id):
        below = stocked_tree(definition, counts, one.id)
        count = counts.get(one.id, 0)
        if below or count:
            node = category_object(definition.categories, one)
            nodes.append(node | {"product_count": count, "children": below})
    return nodes


def _by_name(category: Category) -> tuple[str, int]:
    return category.name, category.id


def _choice(facet: ChoiceFacet) -> Json:
    return _named(facet) | {"values": [_value(one) for one in facet.values]}


def _value(one: ValueCount) -> Json:
    shown: Json = {"value": one.value, "count": one.count}
    return shown | {"label": dict(one.labels)} if one.labels else shown


def _range(facet: RangeFacet) -> Json:
    return _named(facet) | {"min": facet.low, "max": facet.high}


def _named(facet: ChoiceFacet | RangeFacet) -> Json:
    return {"attribute": facet.column.name, "label": dict(facet.column.attribute.labels)}
