"""The audit trail: who changed what, of one record and of all."""

from collections.abc import Callable, Sequence
from typing import Any

from pims_api.domain.access.sight import Sight
from pims_api.domain.workflow import type_of, workflow_of
from pims_api.services.lists.query import below_hidden
from pims_api.services.products.lineages import lineages
from pims_api.storage.catalogue_index.bitmaps.blocks import without
from pims_api.storage.catalogue_index.filter.evaluate import match
from pims_api.storage.history.trail import Deed, TrailEntry, TrailQuery, trail
from pims_api.storage.identity.users import user_ids, user_of_id
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot
from schemas.sigma.ids import RECORD, VARIANT, number_of, product_id
from schemas.sigma.records.audit import audit_object
from schemas.sigma.records.record import page_object
from views.running import Body
from views.sigma.actions.records.showing import (
    asked_by_guards,
    find_record,
    writers_of,
)
from views.sigma.caller import Caller


def list_audit_of_record(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with a window of the changes of a record, newest first."""
    sight, query = caller.sight(seen.definition), asked["query"]
    record = find_record(seen, sight, asked["path"]["record_id"])
    entries, _ = trail(seen, TrailQuery(query["offset"], query["limit"], record.id))
    return _objects(seen, sight, entries)


def list_audit(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with a window of the changes of all records and variants, newest first."""
    sight, query = caller.sight(seen.definition), asked["query"]
    wanted = query["entityId"]
    number = None if wanted is None else _stored_number(seen, wanted)
    if wanted is not None and number is None:
        return page_object([], 0, query)
    asked_for = TrailQuery(
        query["offset"],
        query["limit"],
        number,
        None if query["action"] is None else Deed(query["action"]),
        None if query["userId"] is None else _name_of(seen, query["userId"]),
        _members(seen, sight),
    )
    entries, total = trail(seen, asked_for)
    return page_object(_objects(seen, sight, entries), total, query)


def _stored_number(seen: Snapshot, wanted: str) -> int | None:
    """Return the number of the record or variant that has an id, if there is one."""
    number = number_of(wanted, RECORD) or number_of(wanted, VARIANT)
    found = products_by_id(seen, [number]).get(number) if number else None
    return number if found is not None and product_id(found) == wanted else None


def _name_of(seen: Snapshot, user: str) -> str:
    """Return the name by which history knows a user, or anybody else."""
    number = number_of(user, "user")
    found = None if number is None else user_of_id(seen.connection, seen.tenant_id, number)
    return user if found is None else found.email


def _members(seen: Snapshot, sight: Sight) -> Callable[[int], bool] | None:
    """Return what tells the ids of the products that the caller's View lets through; None: all."""
    if sight.overall.rows is None:
        return None
    products = match(seen, sight.overall.rows)
    products = without(products, below_hidden(seen, products))
    return lambda number: bool(products >> number & 1)


def _objects(seen: Snapshot, sight: Sight, entries: Sequence[TrailEntry]) -> list[dict[str, Any]]:
    """Return changes as replies, as far as the caller sees the attributes now."""
    products = products_by_id(seen, [one.product_id for one in entries])
    found = dict(zip(products, lineages(seen, list(products.values())), strict=True))
    chains = [found[one.product_id] for one in entries]
    held = [side for one in entries for side in (one.old, one.new)]
    writers = writers_of(seen, sight, chains, held)
    users = user_ids(seen, (one.actor for one in entries))
    shown = []
    for entry, chain, writer in zip(entries, chains, writers, strict=True):
        workflow = workflow_of(seen.definition, type_of(seen.definition, chain[0].values))
        effective = asked_by_guards(sight, chain, writer)
        shown.append(audit_object(entry, chain[-1], writer, effective, workflow, users))
    return shown
