"""Deletion of categories, and the recategorization of their products.

Source: docs/core.md, Categories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pims_api.domain.catalog import without_categories
from pims_api.domain.category import UNCATEGORIZED_ID, Category, CategoryTree
from pims_api.domain.flat.category_slugs import slugs_of
from pims_api.errors import BadInput, Fault, Subject, refuse_if_any
from pims_api.services.categories.write import UNCATEGORIZED_IS_FIXED, known_category
from pims_api.services.references import category_attributes, deletion_faults
from pims_api.storage.derived.category_links import products_in
from pims_api.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Removal:
    """The deleted categories, and the number of products that left them."""

    category_ids: list[int]
    products: int


def delete_category(work: UnitOfWork, category_id: int, *, force: bool = False) -> Removal:
    """Delete a category that has neither subcategories nor products.

    force: what is below it goes too, and products leave them all; those that are in no other
    category then go to Uncategorized. Raises NotFound when it is not there, BadInput when it is
    Uncategorized, Conflict when it is in use or a View needs it, also with force.
    """
    tree = work.definition.categories
    category = known_category(tree, category_id)
    if category.id == UNCATEGORIZED_ID:
        fault = Fault("read_only", UNCATEGORIZED_IS_FIXED, place="category", value=category_id)
        raise BadInput(faults=[fault])
    gone = tree.subtree(category.id)
    product_ids = products_in(work, gone)
    faults = _needed_by_views(work, category, gone, in_use=bool(product_ids))
    if not force and (len(gone) > 1 or product_ids):
        faults.append(_in_use(tree, category, len(gone) - 1, len(product_ids)))
    refuse_if_any(faults)
    remove_categories(work, tree, gone, product_ids)
    return Removal(sorted(gone), len(product_ids))


def remove_categories(
    work: UnitOfWork, tree: CategoryTree, gone: Sequence[int], product_ids: Sequence[int]
) -> None:
    """Delete categories of a tree, parents first, after these products have left them."""
    leaving = frozenset(gone)
    for product in work.each_product(product_ids):
        left = without_categories(product.values, leaving)
        work.put_product(product._replace(values=left))
    slugs = slugs_of(work.definition).of
    for number in reversed(gone):
        work.define(replace(tree.by_id[number], deleted=True), deleted=True)
    _keep_slugs(work, slugs)


def _keep_slugs(work: UnitOfWork, before: Mapping[int, str]) -> None:
    """Store the slugs of categories that would get another one, since its holder has gone."""
    for number, slug in slugs_of(work.definition).of.items():
        if before[number] != slug:
            category = work.definition.categories.by_id[number]
            work.define(replace(category, slug=before[number]))


def _needed_by_views(
    work: UnitOfWork, category: Category, gone: Sequence[int], *, in_use: bool
) -> list[Fault]:
    tree, attributes = work.definition.categories, category_attributes(work.definition)
    paths = {tree.path_text(number) for number in gone}
    what = tree.path_text(category.id)
    faults = deletion_faults(work.definition, attributes, paths, what, in_use=in_use)
    return [replace(one, place="category", value=category.id) for one in faults]


def _in_use(tree: CategoryTree, category: Category, below: int, products: int) -> Fault:
    message = (
        f"Category {tree.path_text(category.id)} is in use, subcategories: {below}, "
        f"products: {products}! Move them first, or force it to delete the subcategories "
        "too and leave their products to Uncategorized."
    )
    content = Subject.CATEGORY_CONTENT
    return Fault("exists", message, place="category", value=category.id, subject=content)
