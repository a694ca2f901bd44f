"""batch: many creates and edits in one request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pims_api.domain.access.permission import Permission
from pims_api.garbage import without_collection
from pims_api.services.imports.near_duplicates import made_beside
from pims_api.services.products.batch import BatchRow, RowOutcome, write_rows
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.products.batch import BatchTerms, RowReader, Totals, read_batch
from views.pims.caller import Caller
from views.pims.replies import Replies
from views.running import Body, PartlyDone, Reply


@dataclass(frozen=True, slots=True)
class WrittenRows:
    """What became of rows: stored when their transaction has been committed, not before.

    shown: the same as callers see it.
    """

    outcomes: Sequence[RowOutcome]
    replies: Replies
    shown: list[dict[str, Any]]


@without_collection()  # which would look at all the rows that were read, for nothing
def batch(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Write the rows in one transaction and answer with what became of each."""
    terms, sent = read_batch(body)
    caller.warnings += terms.request.warnings
    reader = row_reader(work, caller, terms)
    written = write_chunk(work, caller, terms, [reader.read(row) for row in sent])
    totals = Totals()
    totals.add(written.outcomes)
    reply: Reply = {"status": "OK", "rows": written.shown, "totals": totals.as_object()}
    if terms.dry_run:
        reply["dry_run"] = True
    reply |= written.replies.about_batch(terms.full, caller.warnings)
    return PartlyDone(reply) if totals.rejected else reply


def row_reader(work: UnitOfWork, caller: Caller, terms: BatchTerms) -> RowReader:
    """Return the reader of rows for a caller, as the definition is now."""
    may_add = caller.may(Permission.ADD_CATEGORIES)
    return RowReader(terms, caller.access(work.definition), may_add_categories=may_add)


def write_chunk(
    work: UnitOfWork,
    caller: Caller,
    terms: BatchTerms,
    rows: Sequence[BatchRow],
    first: int = 0,
) -> WrittenRows:
    """Write rows and return what became of each. first: the place of the first."""
    outcomes = write_rows(work, caller.access(work.definition), rows, terms.mode)
    work.dry_run |= terms.dry_run
    work.finish()
    access = caller.access(work.definition)
    caller.warnings += made_beside(work, access)
    replies = Replies(work, access, terms.request.params)
    return WrittenRows(outcomes, replies, replies.rows(outcomes, first, terms, work.transaction))
