"""The storefront: active products in active categories.

Source: docs/api/shop.md, What a shop sees.
"""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import CATEGORIES, STATUS
from pims_api.domain.category import Category, CategoryTree
from pims_api.domain.conditions.condition import And, Comparison, Condition, In, Operand
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product
from pims_api.domain.values.value import read_boolean
from pims_api.errors import Subject, absent
from pims_api.services.access import is_visible
from pims_api.services.lists.query import ListQuery
from pims_api.storage.products.store import find_product
from pims_api.storage.snapshot import Snapshot

ACTIVE = "active"
STATUS_KEYS = ("cat_status", "status")  # in the data of a category; the first one counts


def is_active(category: Category) -> bool:
    """Return whether a category is active by itself; one without a status is.

    >>> is_active(Category(2, "Rods")), is_active(Category(2, "Rods", data={"status": "inactive"}))
    (True, False)
    """
    found = (category.data.get(key) for key in STATUS_KEYS)
    status = next((one for one in found if one not in (None, "")), ACTIVE)
    if isinstance(status, str) and status.strip().casefold() == ACTIVE:
        return True
    try:
        return read_boolean(status)
    except ValueError:
        return False


def active_categories(definition: Definition) -> frozenset[int]:
    """Return the ids of the categories that are active with all of their ancestors; cached."""
    return definition.derive(_active_ids)


def _active_ids(definition: Definition) -> frozenset[int]:
    found = {0}
    for category in definition.categories:  # parents come first
        if category.parent_id in found and is_active(category):
            found.add(category.id)
    return frozenset(found - {0})


def shop_access(access: Access) -> Access:
    """Return the same access without the products that are not for sale; cached.

    Lists are found with the caller's own access: a variation whose parent is not for sale remains
    a variation.
    """
    return access.derive(_only_for_sale)


def _only_for_sale(access: Access) -> Access:
    restricted = copy.copy(access)
    restricted.derived = {}
    condition = _for_sale(access.definition)
    restricted.rows = condition if access.rows is None else And((access.rows, condition))
    return restricted


def shop_product(snapshot: Snapshot, access: Access, sku: str) -> Product:
    """Return the product of a SKU. Raises NotFound when it is unknown, hidden or not for sale."""
    product = None if "\0" in sku else find_product(snapshot, sku)  # PostgreSQL takes no NUL
    if product is None or not is_visible(shop_access(access), product):
        raise absent(Subject.PRODUCT)
    return product


def shop_category(access: Access, category_id: int) -> Category:
    """Return an active category. Raises NotFound when it is unknown, hidden or not active."""
    tree = access.definition.categories
    visible = access.of(CATEGORIES) is not None  # hidden is answered as unknown
    if not visible or category_id not in active_categories(access.definition):
        raise absent(Subject.CATEGORY, place="storefront/category")
    return tree.by_id[category_id]


def shop_children(definition: Definition, category_id: int) -> list[Category]:
    """Return the active children of a category, by their order. 0: the active roots."""
    active = active_categories(definition)
    return [one for one in definition.categories.children(category_id) if one.id in active]


def categories_of(access: Access, products: Iterable[Product]) -> list[Category]:
    """Return the distinct active categories of products, in the order of their first product."""
    if access.of(CATEGORIES) is None:
        return []
    active = active_categories(access.definition)
    ids = dict.fromkeys(number for one in products for number in one.values[CATEGORIES])
    return [access.definition.categories.by_id[number] for number in ids if number in active]


def shop_query(access: Access, query: ListQuery) -> ListQuery:
    """Return a query restricted to products for sale. Raises NotFound for an unknown category."""
    definition = access.definition
    if query.category_id:
        category = shop_category(access, query.category_id)
        places = _places(definition, category, with_children=query.include_children)
        condition: Condition = And((_active_status(definition), places))
    else:
        condition = _for_sale(definition)
    return replace(
        query,
        condition=And((condition, query.condition)),
        category_id=0,
        include_deleted=True,  # the status says it already
    )


def matching_categories(access: Access, word: str) -> list[Category]:
    """Return the topmost active categories whose names hold a text, in any case."""
    if access.of(CATEGORIES) is None:
        return []
    definition, wanted = access.definition, word.casefold()
    active = active_categories(definition)
    found: dict[int, Category] = {}
    for category in definition.categories:
        if category.id in active and wanted in category.name.casefold():
            above = definition.categories.ids_above(category.parent_id)
            if found.keys().isdisjoint(above):
                found[category.id] = category
    return list(found.values())


def _places(definition: Definition, category: Category, *, with_children: bool) -> Condition:
    tree, active = definition.categories, active_categories(definition)
    ids = tree.subtree(category.id) if with_children else [category.id]
    return _in_any(definition, [number for number in ids if number in active])


def _for_sale(definition: Definition) -> Condition:
    """Return the condition that active products in active categories fulfil; cached."""
    return definition.derive(_for_sale_anywhere)


def _for_sale_anywhere(definition: Definition) -> Condition:
    active = active_categories(definition)
    condition: Condition = _active_status(definition)
    if any(one.id not in active for one in definition.categories):
        condition = And((condition, _in_any(definition, sorted(active))))
    return condition


def _active_status(definition: Definition) -> Condition:
    return Comparison(Operand(definition.by_name[STATUS]), "=", ACTIVE)


def _in_any(definition: Definition, ids: Sequence[int]) -> Condition:
    tree: CategoryTree = definition.categories
    operand = Operand(definition.by_name[CATEGORIES])
    return In(operand, tuple(tree.path_text(number) for number in ids))
