"""Records: listed, created, read, replaced, changed in one attribute, deleted."""

from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import PRODUCT_TYPE_ATTRIBUTE
from pims_api.domain.conditions.condition import And, Condition, In, Operand
from pims_api.domain.page import Page
from pims_api.errors import BadInput, Fault
from pims_api.services.lists.query import ListQuery, list_products, listed_products
from pims_api.services.products.removal import delete_branch
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import schemas_by_id
from schemas.sigma.records.record import page_object
from views.running import Body
from views.sigma.actions.records.showing import find_record, record_objects, type_of
from views.sigma.actions.records.writing import create, replace_attribute, replace_values
from views.sigma.caller import Caller


def list_records(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with a window of records, by SKU, and how many there are."""
    access, query = caller.access(seen.definition), asked["query"]
    condition = of_schema(seen, query["schemaId"])
    if condition is None:
        return page_object([], 0, query)
    page = Page(size=query["limit"], start=query["offset"])
    listing = list_products(seen, access, ListQuery(condition=condition, page=page))
    found = listed_products(seen, listing)
    return page_object(record_objects(seen, access, found), listing.total, query)


def of_schema(seen: Snapshot, number: str | None) -> Condition | None:
    """Return the condition of being of a schema; None for a schema that is not there."""
    if number is None:
        return And(())
    kind = schemas_by_id(seen.definition).get(number)
    return None if kind is None else In(Operand(PRODUCT_TYPE_ATTRIBUTE), (kind.name,))


def create_record(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Create a record and answer with it."""
    access, body = caller.access(work.definition), asked["body"]
    kind = schemas_by_id(work.definition).get(body["schemaId"])
    if kind is None:
        message = f"There is no schema {body['schemaId']!r}!"
        raise BadInput(faults=[Fault("range", message, pointer="/schemaId")])
    return _shown(work, access, create(work, access, kind, body["values"]))


def show_record(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one record."""
    access = caller.access(seen.definition)
    return _shown(seen, access, find_record(seen, access, asked["path"]["record_id"]))


def put_record(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace all values of a record and answer with it."""
    access = caller.access(work.definition)
    record = find_record(work, access, asked["path"]["record_id"])
    kind = type_of(work.definition, record)
    return _shown(work, access, replace_values(work, access, kind, record, asked["body"]["values"]))


def patch_record_value(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace the scoped values of one attribute and answer with the record."""
    access, path = caller.access(work.definition), asked["path"]
    record = find_record(work, access, path["record_id"])
    kind, sent = type_of(work.definition, record), asked["body"]["scopedValues"]
    return _shown(work, access, replace_attribute(work, access, kind, record, path["alias"], sent))


def delete_record(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a record and its variants."""
    access = caller.access(work.definition)
    delete_branch(work, find_record(work, access, asked["path"]["record_id"]))


def _shown(seen: Snapshot, access: Access, product: Any) -> Any:
    return record_objects(seen, access, [product])[0]
