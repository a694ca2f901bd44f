"""Changes of catalogs: added, replaced, deleted with everything in them.

Source: docs/core.md, Catalogs.
"""

from dataclasses import dataclass, replace

from pims_api.domain.catalog import Catalog, catalogs_of
from pims_api.domain.category import DEFAULT_CATALOG_ID
from pims_api.errors import Conflict, Fault, Subject, taken
from pims_api.services.categories.delete import remove_categories
from pims_api.storage.defined_ids import next_defined_id
from pims_api.storage.derived.category_links import products_in
from pims_api.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CatalogWrite:
    """A wanted catalog, whole. client_id: the id that the caller chose, or ""."""

    alias: str
    name: str
    description: str = ""
    client_id: str = ""


def add_catalog(work: UnitOfWork, wanted: CatalogWrite) -> Catalog:
    """Add an empty catalog. Raises Conflict for an alias that another one has."""
    _refuse_taken(work, wanted, None)
    number = next_defined_id(work, Catalog, max(catalogs_of(work.definition)))
    made = Catalog(number, wanted.alias, wanted.name, wanted.description, wanted.client_id)
    work.define(made)
    return made


def edit_catalog(work: UnitOfWork, before: Catalog, wanted: CatalogWrite) -> Catalog:
    """Replace what a catalog is called; its id stays. Raises Conflict as `add_catalog` does."""
    _refuse_taken(work, wanted, before)
    after = replace(before, alias=wanted.alias, name=wanted.name, description=wanted.description)
    if after != before:
        work.define(after)
    return after


def delete_catalog(work: UnitOfWork, catalog: Catalog) -> None:
    """Delete a catalog with its categories, which products leave. Raises Conflict: default one."""
    if catalog.id == DEFAULT_CATALOG_ID:
        message = "The default catalog is part of every catalogue: it stays!"
        raise Conflict(faults=[Fault("exists", message, subject=Subject.CATALOG)])
    tree = work.definition.tree(catalog.id)
    gone = [one.id for one in tree]
    remove_categories(work, tree, gone, products_in(work, gone))
    work.define(replace(catalog, deleted=True), deleted=True)


def _refuse_taken(work: UnitOfWork, wanted: CatalogWrite, before: Catalog | None) -> None:
    for one in catalogs_of(work.definition).values():
        if one != before and one.alias == wanted.alias:
            raise taken(Subject.CATALOG, wanted.alias, value=wanted.alias)
