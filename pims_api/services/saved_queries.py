"""Saved queries of a tenant: added and deleted.

An attribute, a type, a dimension or a segment that a query names may be deleted: the query stays,
and whoever asks it again is told so.

Source: docs/core.md, Criteria.
"""

from dataclasses import replace

from pims_api.domain.search.saved_query import SavedQuery
from pims_api.errors import LimitExceeded, Subject, taken
from pims_api.storage.defined_ids import next_defined_id
from pims_api.storage.unit_of_work import UnitOfWork

SAVED_QUERIES_MAX = 1_000


def add_saved_query(work: UnitOfWork, wanted: SavedQuery) -> SavedQuery:
    """Keep a query. wanted: without id and time. Raises Conflict for an id that is taken."""
    known = work.definition.things(SavedQuery)
    if wanted.client_id in {one.client_id for one in known.values() if one.client_id}:
        raise taken(Subject.SAVED_QUERY, wanted.client_id)
    if len(known) >= SAVED_QUERIES_MAX:
        message = f"There are {SAVED_QUERIES_MAX} saved queries, as many as may be: delete some!"
        raise LimitExceeded(message)
    number = next_defined_id(work, SavedQuery, max(known, default=0))
    made = replace(wanted, id=number, created_at=work.at)
    work.define(made)
    return made


def delete_saved_query(work: UnitOfWork, one: SavedQuery) -> None:
    """Delete a saved query."""
    work.define(replace(one, deleted=True), deleted=True)
