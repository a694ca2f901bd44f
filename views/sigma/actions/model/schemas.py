"""Schemas: listed, added, read, replaced, deleted, and their attributes."""

from typing import Any

from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.definition import Definition
from pims_api.errors import BadInput, Conflict, Fault
from pims_api.services import product_types
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import named, schemas_by_id
from schemas.sigma.model.attributes import attribute_object
from schemas.sigma.model.schemas import groups_of, schema_object, schema_write
from views.running import Body
from views.sigma.actions.model.sight import seen_ids_of
from views.sigma.caller import Caller
from views.transport import current_database

SCHEMA = "Schema"


def list_schemas(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with every schema, oldest first."""
    return [_shown(seen, caller, one) for one in schemas_by_id(seen.definition).values()]


def add_schema(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Add a schema and answer with it."""
    body = asked["body"]
    if body["id"] in schemas_by_id(work.definition):
        message = f"There is a schema with the id {body['id']!r} already!"
        raise Conflict(faults=[Fault("exists", message, pointer="/id")])
    wanted = schema_write(work.definition, body)
    return schema_object(work.definition, product_types.add_type(work, body["alias"], wanted))


def show_schema(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one schema."""
    return _shown(seen, caller, _named(seen.definition, asked))


def put_schema(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace a schema and answer with it. Values outside its attributes stay, unseen."""
    before, body = _named(work.definition, asked), asked["body"]
    if body["alias"] != before.name:
        message = f"The alias of a schema never changes: it is {before.name!r}!"
        raise BadInput(faults=[Fault("read_only", message, pointer="/alias")])
    wanted = schema_write(work.definition, body | {"id": before.client_id})
    product_types.edit_type(
        work, before.name, wanted, current_database().settings.reindex_inline_max
    )
    return schema_object(work.definition, work.definition.types[before.name])


def delete_schema(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a schema that has no records."""
    product_types.delete_type(work, _named(work.definition, asked).name)


def list_schema_attributes(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the attributes of a schema, in its order."""
    definition, one = seen.definition, _named(seen.definition, asked)
    if one.attribute_ids is None:
        found = definition.present_attributes()
    else:
        numbers = dict.fromkeys(n for group in groups_of(one) for n in group.attribute_ids)
        found = [definition.attributes[number] for number in numbers]
    shown = seen_ids_of(caller, definition, one)
    present = (each for each in found if not each.deleted and each.id in shown)
    return [attribute_object(definition, each, shown) for each in present]


def _shown(seen: Snapshot, caller: Caller, one: ProductType) -> dict[str, Any]:
    definition = seen.definition
    return schema_object(definition, one, seen_ids_of(caller, definition, one))


def _named(definition: Definition, asked: Body) -> ProductType:
    one: ProductType = named(schemas_by_id(definition), asked["path"]["schema_id"], SCHEMA)
    return one
