"""Waiting updates: changes of products whose time the number parts do not have yet.

The number part of `updated` holds the times of 512 products, and every change of one of them would
write it anew. So the parts are complete up to a sequence, `updates_indexed` in the tenant's row.
Which products changed since, and when, history knows. Once some thousand changes wait, a writer
brings the parts up to date. Of a transaction that only makes products, all of which enter the index
with it, none waits: `updates_indexed` moves on with it where nothing waited before.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select, update

from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.changes import PRODUCT_ENTITY, SEQUENCE_MAX
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, tenant, transaction

WAITING_MAX = 8_192  # changes, about

_INDEXED = select(tenant.c.updates_indexed).where(tenant.c.id == bindparam("tenant_id"))
_INDEXED_NOW = PreparedStatement(_INDEXED)
_AT = (
    select(transaction.c.at)
    .where(
        transaction.c.tenant_id == change.c.tenant_id, transaction.c.sequence == change.c.sequence
    )
    .scalar_subquery()
)
# With a condition on the entity, or with a join, SQLite would use the index by entities, and read
# all of history.
_CHANGES = (
    select(change.c.entity, change.c.entity_id, _AT.label("at"))
    .where(change.c.tenant_id == bindparam("tenant_id"))
    .order_by(change.c.sequence)
)
_WAITING = PreparedStatement(
    _CHANGES.where(
        change.c.sequence > _INDEXED.scalar_subquery(), change.c.sequence < bindparam("before")
    )
)
_SINCE = PreparedStatement(_CHANGES.where(change.c.sequence > bindparam("after")))
_NOTE_INDEXED = PreparedStatement(
    update(tenant)
    .where(tenant.c.id == bindparam("of_tenant"))
    .values(updates_indexed=bindparam("up_to"))
)


def waiting_updates(snapshot: Snapshot, before: int = SEQUENCE_MAX) -> dict[int, int]:
    """Return when the products, unindexed ones too, were last changed whose last change waits.

    By id, in microseconds since 1970. before: only changes of earlier transactions.
    """
    wanted = {"tenant_id": snapshot.tenant_id, "before": before}
    return _last_times(_WAITING.all(snapshot.connection, wanted))


def updates_since(snapshot: Snapshot, sequence: int) -> dict[int, int]:
    """Return what `waiting_updates` does, of the products that changed after a transaction."""
    wanted = {"tenant_id": snapshot.tenant_id, "after": sequence}
    return _last_times(_SINCE.all(snapshot.connection, wanted))


def updates_indexed(snapshot: Snapshot) -> int:
    """Return the transaction up to which no update waits."""
    return int(_INDEXED_NOW.first(snapshot.connection, {"tenant_id": snapshot.tenant_id})[0])


def _last_times(changes: Iterable[Any]) -> dict[int, int]:
    """Return when each product was last changed. changes: in the order of their transactions.

    Where a transaction is missing, which `pims check` tells, its changes count for nothing.
    """
    return {
        number: at for entity, number, at in changes if entity == PRODUCT_ENTITY and at is not None
    }


def updates_due(work: Snapshot, changes: int) -> dict[int, int]:
    """Return the waiting updates of indexed products when it is time to index them, else nothing.

    changes: how many products the transaction changes now. They wait in any case, for their history
    is written later. The more there are, the more often it is time.
    """
    if not changes or work.sequence % max(1, WAITING_MAX // changes):
        return {}
    found = waiting_updates(work, before=work.sequence)
    closing = {"of_tenant": work.tenant_id, "up_to": work.sequence - 1}
    _NOTE_INDEXED.run(work.connection, closing)
    return {number: at for number, at in found.items() if number <= work.indexed_id}
