"""Catalogs: listed, added, read, replaced, deleted, and their trees."""

from typing import Any

from pims_api.domain.catalog import Catalog
from pims_api.domain.definition import Definition
from pims_api.errors import Conflict, Fault
from pims_api.services.categories import catalogs as changes
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.catalogs.catalog import catalog_object, catalog_write, catalogs_by_id
from schemas.sigma.catalogs.category import tree_objects
from schemas.sigma.ids import absent, named
from views.running import Body
from views.sigma.actions.model.sight import sees_catalog
from views.sigma.caller import Caller


def list_catalogs(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every catalog that the caller sees, the default one first."""
    found = catalogs_by_id(seen.definition).items()
    return [
        catalog_object(one)
        for number, one in found
        if caller.catalog_rights(number).view and sees_catalog(caller, seen.definition, one.id)
    ]


def add_catalog(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add a catalog and answer with it."""
    body = asked["body"]
    if body["id"] in catalogs_by_id(work.definition):
        message = f"There is a catalog with the id {body['id']!r} already!"
        raise Conflict(faults=[Fault("exists", message, pointer="/id")])
    return catalog_object(changes.add_catalog(work, catalog_write(body)))


def show_catalog(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one catalog."""
    return catalog_object(named_catalog(seen.definition, caller, asked))


def put_catalog(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace a catalog and answer with it."""
    before, wanted = named_catalog(work.definition, caller, asked), catalog_write(asked["body"])
    return catalog_object(changes.edit_catalog(work, before, wanted))


def delete_catalog(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a catalog with its categories and assignments."""
    changes.delete_catalog(work, named_catalog(work.definition, caller, asked))


def show_tree(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the categories of a catalog, each with what is below it."""
    return tree_objects(seen.definition, named_catalog(seen.definition, caller, asked))


def named_catalog(definition: Definition, caller: Caller, asked: Body) -> Catalog:
    """Return the catalog of the address. Raises NotFound."""
    number = asked["path"]["catalog_id"]
    one: Catalog = named(catalogs_by_id(definition), number, "Catalog")
    if not (caller.catalog_rights(number).view and sees_catalog(caller, definition, one.id)):
        raise absent("Catalog", number)
    return one
