"""Rows that are written in one transaction: all of a batch, or a part of a stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pims_api.domain.access.permission import Permission
from pims_api.services.imports.near_duplicates import made_beside
from pims_api.services.products.batch import BatchRow, RowOutcome, write_rows
from pims_api.services.transactions.answered_once import without_traces
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.products.batch import BatchTerms, RowReader
from views.pims.caller import Caller
from views.pims.replies import Replies
from views.pims.rows.named import NamedRows, outcome_of


@dataclass(frozen=True, slots=True)
class WrittenRows:
    """What became of rows: stored when their transaction has been committed, not before.

    shown: the same as callers see it.
    """

    outcomes: Sequence[RowOutcome]
    replies: Replies
    shown: list[dict[str, Any]]


def row_reader(work: UnitOfWork, caller: Caller, terms: BatchTerms) -> RowReader:
    """Return the reader of rows for a caller, as the definition is now."""
    may_add = caller.may(Permission.ADD_CATEGORIES)
    return RowReader(terms, caller.access(work.definition), may_add_categories=may_add)


def write_chunk(
    work: UnitOfWork,
    caller: Caller,
    terms: BatchTerms,
    rows: Sequence[BatchRow],
    sent: Sequence[Any],
    first: int = 0,
) -> WrittenRows:
    """Write rows and return what became of each.

    sent: the rows as they came. first: the place of the first.
    """
    named = NamedRows(work, caller, sent)
    if not named:
        return _written(work, caller, terms, rows, range(first, first + len(rows)))
    left = [place for place in range(len(rows)) if not named.is_known(place)]
    wanted = [named.row(place, rows[place]) for place in left]
    with without_traces(work):
        written = _written(work, caller, terms, wanted, [first + place for place in left])
    now = dict(zip(left, written.shown, strict=True))
    named.keep(work, now)
    shown = [
        now[place] if place in now else named.told(place, now) | {"row": first + place}
        for place in range(len(rows))
    ]
    outcomes = dict(zip(left, written.outcomes, strict=True))
    counted = [outcomes.get(place) or outcome_of(told) for place, told in enumerate(shown)]
    return WrittenRows(counted, written.replies, shown)


def _written(
    work: UnitOfWork,
    caller: Caller,
    terms: BatchTerms,
    rows: Sequence[BatchRow],
    numbers: Sequence[int],
) -> WrittenRows:
    """Write rows. numbers: the place of each."""
    outcomes = write_rows(work, caller.access(work.definition), rows, terms.mode)
    work.dry_run |= terms.dry_run
    work.finish()
    access = caller.access(work.definition)
    caller.warnings += made_beside(work, access)
    replies = Replies(work, access, terms.request.params)
    return WrittenRows(outcomes, replies, replies.rows(outcomes, numbers, terms, work.transaction))
