"""Categories: added, read, replaced, deleted."""

from typing import Any

from pims_api.domain.catalog import catalogs_of
from pims_api.domain.category import UNCATEGORIZED_ID, Category
from pims_api.domain.definition import Definition
from pims_api.errors import Conflict, Fault
from pims_api.services.categories import nodes as changes
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.catalogs.catalog import catalog_id
from schemas.sigma.catalogs.category import category_ids, category_object, category_write
from schemas.sigma.ids import absent, named
from views.running import Body
from views.sigma.actions.catalogs.catalogs import named_catalog
from views.sigma.actions.model.sight import sees_catalog
from views.sigma.caller import Caller


def add_category(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add a category to a catalog and answer with it."""
    catalog, body = named_catalog(work.definition, caller, asked), asked["body"]
    if body["id"] in category_ids(work.definition).by_id:
        message = f"There is a category with the id {body['id']!r} already!"
        raise Conflict(faults=[Fault("exists", message, pointer="/id")])
    wanted = category_write(work.definition, catalog, body)
    made = changes.add_node(work, catalog, wanted)
    return category_object(work.definition, made)


def show_category(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one category."""
    return category_object(seen.definition, named_category(seen.definition, caller, asked))


def put_category(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace a category and answer with it."""
    before = named_category(work.definition, caller, asked)
    catalog = catalogs_of(work.definition)[before.catalog_id]
    # What lies below Uncategorized is shown at the top, and stays where it is.
    kept = UNCATEGORIZED_ID if before.parent_id == UNCATEGORIZED_ID else 0
    wanted = category_write(work.definition, catalog, asked["body"], kept)
    after = changes.edit_node(work, before, wanted)
    return category_object(work.definition, after)


def delete_category(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a category with what is below it, and their assignments."""
    changes.delete_branch(work, named_category(work.definition, caller, asked))


def named_category(definition: Definition, caller: Caller, asked: Body) -> Category:
    """Return the category of the address. Raises NotFound."""
    known, number = category_ids(definition).by_id, asked["path"]["category_id"]
    one: Category = named(known, number, "Category")
    catalog = catalog_id(catalogs_of(definition)[one.catalog_id])
    shown = sees_catalog(caller, definition, one.catalog_id)
    if not (shown and caller.catalog_rights(catalog).view):
        raise absent("Category", number)
    return one
