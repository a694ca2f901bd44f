"""Transactions of a tenant: which there are, when they were, and what they changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, func, select

from pims_api.domain.page import Page
from pims_api.domain.values.moment import Moment
from pims_api.storage.definitions.kinds import KINDS
from pims_api.storage.history.changes import PRODUCT_ENTITY
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, transaction

_COLUMNS = (
    transaction.c.sequence,
    transaction.c.at,
    transaction.c.actor,
    transaction.c.reason,
    transaction.c.source_ref,
    transaction.c.job_id,
    transaction.c.digest,
)
_DEFINED = [kind.name for kind in KINDS]
_COUNTS = (
    select(
        change.c.sequence,
        func.sum(case((change.c.entity == PRODUCT_ENTITY, 1), else_=0)),
        func.sum(case((change.c.entity.in_(_DEFINED), 1), else_=0)),
    )
    .where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.sequence.in_(bindparam("sequences", expanding=True)),
    )
    .group_by(change.c.sequence)
)


@dataclass(frozen=True, slots=True)
class TransactionQuery:
    """Which transactions; None: all of that kind. since, until: both inclusive."""

    user: str | None = None
    key_id: int | None = None
    source_ref: str | None = None
    since: Moment | None = None
    until: Moment | None = None
    newest_first: bool = True
    page: Page = field(default_factory=Page)


class TransactionRow(NamedTuple):
    """A transaction. at: microseconds since 1970. products, definitions: how many it changed."""

    sequence: int
    at: int
    actor: str
    reason: str | None
    source_ref: str | None
    job_id: int | None
    digest: str
    products: int = 0
    definitions: int = 0


def transactions_page(
    snapshot: Snapshot, query: TransactionQuery
) -> tuple[list[TransactionRow], int]:
    """Return a page of transactions, and how many there are."""
    asked = list(_asked(snapshot, query))
    total = snapshot.connection.scalar(select(func.count()).select_from(transaction).where(*asked))
    if query.page.offset >= (total or 0):
        return [], int(total or 0)  # an offset may be too large for the engine
    number = transaction.c.sequence
    ordered = (
        select(*_COLUMNS).where(*asked).order_by(number.desc() if query.newest_first else number)
    )
    page = ordered.limit(query.page.size).offset(query.page.offset)
    rows = [TransactionRow(*row) for row in snapshot.connection.execute(page)]
    return _counted(snapshot, rows), int(total or 0)


def find_transaction(snapshot: Snapshot, sequence: int) -> TransactionRow | None:
    """Return the transaction of that number, if there is one."""
    if not 0 < sequence <= snapshot.sequence:
        return None
    wanted = (transaction.c.tenant_id == snapshot.tenant_id) & (transaction.c.sequence == sequence)
    rows = snapshot.connection.execute(select(*_COLUMNS).where(wanted))
    return next(iter(_counted(snapshot, [TransactionRow(*row) for row in rows])), None)


def transactions_of_job(snapshot: Snapshot, job_id: int) -> list[int]:
    """Return the numbers of the transactions that a job made, in their order."""
    mine = (transaction.c.tenant_id == snapshot.tenant_id) & (transaction.c.job_id == job_id)
    found = select(transaction.c.sequence).where(mine).order_by(transaction.c.sequence)
    return [int(one) for one in snapshot.connection.scalars(found)]


def _counted(snapshot: Snapshot, rows: Sequence[TransactionRow]) -> list[TransactionRow]:
    """Return transactions with what they changed."""
    if not rows:
        return []
    wanted = {"tenant_id": snapshot.tenant_id, "sequences": [one.sequence for one in rows]}
    found = snapshot.connection.execute(_COUNTS, wanted)
    counts = {row[0]: (int(row[1]), int(row[2])) for row in found}
    return [
        one._replace(products=products, definitions=definitions)
        for one in rows
        for products, definitions in [counts.get(one.sequence, (0, 0))]
    ]


def _asked(snapshot: Snapshot, query: TransactionQuery) -> Iterator[ColumnElement[bool]]:
    columns: Any = transaction.c
    yield columns.tenant_id == snapshot.tenant_id
    if query.user is not None:
        yield columns.actor == query.user
    if query.key_id is not None:
        yield columns.key_id == query.key_id
    if query.source_ref is not None:
        yield columns.source_ref == query.source_ref
    if query.since is not None:
        number, first = query.since.transaction, query.since.first
        yield columns.at >= first if number is None else columns.sequence >= number
    if query.until is not None:
        number, last = query.until.transaction, query.until.last
        yield columns.at <= last if number is None else columns.sequence <= number
