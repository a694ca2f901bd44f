"""Deletion of categories, and the recategorization of their products.

Source: docs/core.md, Categories.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pims_api.domain.attributes.attribute import CATEGORIES
from pims_api.domain.category import UNCATEGORIZED_ID, Category, CategoryTree
from pims_api.domain.product import Product
from pims_api.errors import BadInput, Conflict, Fault, Subject
from pims_api.services.categories.write import UNCATEGORIZED_IS_FIXED, known_category
from pims_api.storage.derived.category_links import products_in
from pims_api.storage.products.store import products_by_id
from pims_api.storage.unit_of_work import UnitOfWork

_PRODUCTS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Removal:
    """The deleted categories, and the number of products that left them."""

    category_ids: list[int]
    products: int


def delete_category(work: UnitOfWork, category_id: int, *, force: bool = False) -> Removal:
    """Delete a category that has neither subcategories nor products.

    force: what is below it goes too, and products leave them all; those that are in no other
    category then go to Uncategorized. Raises NotFound when it is not there, BadInput when it is
    Uncategorized, Conflict when it is in use.
    """
    tree = work.definition.categories
    category = known_category(tree, category_id)
    if category.id == UNCATEGORIZED_ID:
        fault = Fault("read_only", UNCATEGORIZED_IS_FIXED, place="category", value=category_id)
        raise BadInput(faults=[fault])
    gone = tree.subtree(category.id)
    product_ids = products_in(work, gone)
    if not force and (len(gone) > 1 or product_ids):
        raise Conflict(faults=[_in_use(tree, category, len(gone) - 1, len(product_ids))])
    leaving = frozenset(gone)
    for product in _products(work, product_ids):
        work.put_product(_without(product, leaving))
    for number in reversed(gone):
        work.define(replace(tree.by_id[number], deleted=True), deleted=True)
    return Removal(sorted(gone), len(product_ids))


def _products(work: UnitOfWork, ids: Sequence[int]) -> Iterator[Product]:
    for start in range(0, len(ids), _PRODUCTS_AT_ONCE):
        found = products_by_id(work, ids[start : start + _PRODUCTS_AT_ONCE])
        yield from work.know_products(found.values())


def _without(product: Product, gone: frozenset[int]) -> Product:
    kept = [number for number in product.values[CATEGORIES] if number not in gone]
    return product._replace(values={**product.values, CATEGORIES: kept or [UNCATEGORIZED_ID]})


def _in_use(tree: CategoryTree, category: Category, below: int, products: int) -> Fault:
    message = (
        f"Category {tree.path_text(category.id)} is in use, subcategories: {below}, "
        f"products: {products}! Move them first, or force it to delete the subcategories "
        "too and leave their products to Uncategorized."
    )
    content = Subject.CATEGORY_CONTENT
    return Fault("exists", message, place="category", value=category.id, subject=content)
