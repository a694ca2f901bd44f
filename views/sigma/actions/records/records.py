"""Records: listed, created, read, replaced, changed in one attribute, deleted."""

from typing import Any

from pims_api.domain.conditions.condition import And, Condition
from pims_api.domain.page import Page
from pims_api.errors import BadInput, Fault
from pims_api.services.lists.query import ListQuery, list_products
from pims_api.services.products.lifecycle.stages import in_stage_of_any, of_type
from pims_api.services.products.removal import delete_branch
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import schemas_by_id
from schemas.sigma.records.record import page_object
from views.running import Body
from views.sigma.actions.records.showing import find_record, record_objects, record_rows
from views.sigma.actions.records.writing import create, replace_attribute, replace_values
from views.sigma.caller import Caller


def list_records(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with a window of records, by SKU, and how many there are."""
    sight, query = caller.sight(seen.definition), asked["query"]
    condition = of_schema(seen, query["schemaId"])
    if condition is None:
        return page_object([], 0, query)
    if query["lifecycleStateId"] is not None:
        in_state = in_stage_of_any(seen.definition, query["lifecycleStateId"])
        condition = And((condition, in_state))
    page = Page(size=query["limit"], start=query["offset"])
    wanted = ListQuery(condition=condition, page=page, in_families=True)
    listing = list_products(seen, sight.overall, wanted)
    return page_object(record_rows(seen, sight, listing), listing.total, query)


def of_schema(seen: Snapshot, number: str | None) -> Condition | None:
    """Return the condition of being of a schema; None for a schema that is not there."""
    if number is None:
        return And(())
    kind = schemas_by_id(seen.definition).get(number)
    return None if kind is None else of_type(kind)


def create_record(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Create a record and answer with it."""
    sight, body = caller.sight(work.definition), asked["body"]
    kind = schemas_by_id(work.definition).get(body["schemaId"])
    if kind is None:
        message = f"There is no schema {body['schemaId']!r}!"
        raise BadInput(faults=[Fault("range", message, pointer="/schemaId")])
    return shown(work, caller, create(work, sight, kind, body["values"]))


def show_record(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one record."""
    sight = caller.sight(seen.definition)
    return shown(seen, caller, find_record(seen, sight, asked["path"]["record_id"]))


def put_record(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace all values of a record and answer with it."""
    sight = caller.sight(work.definition)
    record = find_record(work, sight, asked["path"]["record_id"])
    return shown(work, caller, replace_values(work, sight, (record,), asked["body"]["values"]))


def patch_record_value(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace the scoped values of one attribute and answer with the record."""
    sight, path = caller.sight(work.definition), asked["path"]
    record = find_record(work, sight, path["record_id"])
    sent = asked["body"]["scopedValues"]
    return shown(work, caller, replace_attribute(work, sight, (record,), path["alias"], sent))


def delete_record(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a record and its variants."""
    sight = caller.sight(work.definition)
    delete_branch(work, find_record(work, sight, asked["path"]["record_id"]))


def shown(seen: Snapshot, caller: Caller, product: Any) -> Any:
    """Return a record as a reply, by what is defined now: a write may have added options."""
    return record_objects(seen, caller.sight(seen.definition), [product])[0]
