"""Categories of any catalog, written whole and placed by the id of their parent.

Source: docs/core.md, Catalogs.
"""

from dataclasses import dataclass, replace

from pims_api.domain.catalog import Catalog
from pims_api.domain.category import (
    DEFAULT_CATALOG_ID,
    DEPTH_MAX,
    Category,
    CategoryTree,
    alias_of,
)
from pims_api.errors import BadInput, Fault, Subject, refuse_if_any, taken
from pims_api.services.categories.delete import delete_category, remove_categories
from pims_api.services.categories.write import check_name, levels_below, replace_category
from pims_api.storage.derived.category_links import products_in
from pims_api.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class NodeWrite:
    """A wanted category, whole.

    parent_id: of a category of the same catalog; 0: a root. alias: "": the one that it has, or one
    made from its name. client_id, slug: those that the caller chose, or ""; they count at creation.
    """

    name: str
    parent_id: int = 0
    alias: str = ""
    order: int = 0
    description: str = ""
    client_id: str = ""
    slug: str = ""


def add_node(work: UnitOfWork, catalog: Catalog, wanted: NodeWrite) -> Category:
    """Add a category to a catalog.

    Raises Conflict when a sibling has the name, BadInput for the name or when it would be too deep.
    """
    _check_place(work.definition.tree(catalog.id), wanted, None)
    made = Category(
        id=work.definition.categories.last_id + 1,
        name=wanted.name,
        parent_id=wanted.parent_id,
        catalog_id=catalog.id,
        order=wanted.order,
        alias=wanted.alias,
        description=wanted.description,
        client_id=wanted.client_id,
        slug=wanted.slug,
    )
    work.define(made)
    return made


def edit_node(work: UnitOfWork, before: Category, wanted: NodeWrite) -> Category:
    """Replace a category, which moves with what is below it when its parent is another one.

    Raises BadInput when it would lie below itself, Conflict when a View cannot follow, and what
    `add_node` raises.
    """
    _check_place(work.definition.tree(before.catalog_id), wanted, before)
    alias = wanted.alias or before.alias
    if alias == alias_of(before) and wanted.name == before.name:
        alias = before.alias  # one that is made from the name goes on following it
    after = replace(
        before,
        name=wanted.name,
        parent_id=wanted.parent_id,
        order=wanted.order,
        alias=alias,
        description=wanted.description,
    )
    refuse_if_any(replace_category(work, before, after))
    return after


def delete_branch(work: UnitOfWork, category: Category) -> None:
    """Delete a category with all that is below it; products leave these categories.

    Raises Conflict when a View needs one of them.
    """
    if category.catalog_id == DEFAULT_CATALOG_ID:
        delete_category(work, category.id, force=True)
        return
    tree = work.definition.tree(category.catalog_id)
    gone = tree.subtree(category.id)
    remove_categories(work, tree, gone, products_in(work, gone))


def _check_place(tree: CategoryTree, wanted: NodeWrite, before: Category | None) -> None:
    """Raise BadInput or Conflict when a category cannot have that name and parent."""
    check_name(wanted.name)
    above = tree.ids_above(wanted.parent_id)
    if before is not None and before.id in above:
        message = "A category cannot be moved below itself!"
        raise BadInput(faults=[Fault("cycle", message)])
    below = 0 if before is None else levels_below(tree, before.id)
    if len(above) + 1 + below > DEPTH_MAX:
        message = f"Categories have at most {DEPTH_MAX} levels, with what is below them!"
        raise BadInput(faults=[Fault("limit", message)])
    sibling = tree.child(wanted.parent_id, wanted.name)
    if sibling is not None and (before is None or sibling.id != before.id):
        raise taken(Subject.CATEGORY, wanted.name, value=wanted.name)
