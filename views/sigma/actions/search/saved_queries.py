"""Saved queries: listed, kept, read, deleted, asked again."""

from typing import Any

from pims_api.domain.search.saved_query import SavedQuery
from pims_api.services import saved_queries
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import named, schema_id
from schemas.sigma.search.saved_query import (
    criteria_of,
    query_to_save,
    saved_queries_by_id,
    saved_query_object,
)
from views.running import Body
from views.sigma.actions.search.search import page_found, read_criteria, schema_named
from views.sigma.caller import Caller


def list_saved_queries(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the saved queries, oldest first."""
    known = saved_queries_by_id(caller.sight(seen.definition))
    return [saved_query_object(seen.definition, one) for one in known.values()]


def add_saved_query(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Keep a query and answer with it."""
    body = asked["body"]
    sent = body["query"] or body
    criteria = read_criteria(work, caller.sight(work.definition), sent)
    wanted = query_to_save(body, sent, schema_named(work, sent["schemaId"]), criteria)
    return saved_query_object(work.definition, saved_queries.add_saved_query(work, wanted))


def show_saved_query(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one saved query."""
    return saved_query_object(seen.definition, _named(seen, caller, asked))


def delete_saved_query(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a saved query."""
    saved_queries.delete_saved_query(work, _named(work, caller, asked))


def execute_saved_query(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with a window of the records that a saved query finds now."""
    sight, one = caller.sight(seen.definition), _named(seen, caller, asked)
    criteria = criteria_of(seen.definition, one)
    kind = None if one.type_id is None else schema_id(seen.definition.type_ids[one.type_id])
    body = {
        "criteriaOperator": "or" if one.any_of else "and",
        "criteria": criteria,
        "schemaId": kind,
    }
    return page_found(seen, sight, body, read_criteria(seen, sight, body), asked["body"])


def _named(seen: Snapshot, caller: Caller, asked: Body) -> SavedQuery:
    known = saved_queries_by_id(caller.sight(seen.definition))
    one: SavedQuery = named(known, asked["path"]["query_id"], "Saved query")
    return one
