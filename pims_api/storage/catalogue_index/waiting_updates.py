"""Waiting updates: changes of products whose time the number parts do not have yet.

The number part of `updated` holds the times of 512 products, and every change of one of them would
write it anew. So the parts are complete up to a sequence, `updates_indexed` in the tenant's row.
Which products changed since, and when, history knows. Once some thousand changes wait, a writer
brings the parts up to date. Of a transaction that only makes products, all of which enter the index
with it, none waits: `updates_indexed` moves on with it where nothing waited before.
"""

from sqlalchemy import bindparam, select, update

from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.changes import PRODUCT_ENTITY, SEQUENCE_MAX
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, tenant, transaction

WAITING_MAX = 8_192  # changes, about

_INDEXED = PreparedStatement(
    select(tenant.c.updates_indexed).where(tenant.c.id == bindparam("tenant_id"))
)
# With a condition on the entity SQLite would use the index by entities, and read all of history.
_CHANGES = PreparedStatement(
    select(change.c.entity, change.c.entity_id, change.c.sequence)
    .where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.sequence > bindparam("after"),
        change.c.sequence < bindparam("before"),
    )
    .order_by(change.c.sequence)
)
_TIMES = PreparedStatement(
    select(transaction.c.sequence, transaction.c.at).where(
        transaction.c.tenant_id == bindparam("tenant_id"),
        transaction.c.sequence > bindparam("after"),
        transaction.c.sequence < bindparam("before"),
    )
)
_NOTE_INDEXED = PreparedStatement(
    update(tenant)
    .where(tenant.c.id == bindparam("of_tenant"))
    .values(updates_indexed=bindparam("up_to"))
)


def waiting_updates(snapshot: Snapshot, before: int = SEQUENCE_MAX) -> dict[int, int]:
    """Return the times that wait, by product id, as `updates_since`."""
    return updates_since(snapshot, updates_indexed(snapshot), before)


def updates_since(snapshot: Snapshot, sequence: int, before: int = SEQUENCE_MAX) -> dict[int, int]:
    """Return when products were last changed, of those that changed after a transaction, by id.

    In microseconds since 1970. before: only changes of earlier transactions. A change without a
    transaction, which `pims check` tells of, leaves the time as it was.
    """
    wanted = {"tenant_id": snapshot.tenant_id, "after": sequence, "before": before}
    at_of = dict(map(tuple, _TIMES.all(snapshot.connection, wanted)))
    return {
        number: at_of[changed]
        for entity, number, changed in _CHANGES.all(snapshot.connection, wanted)
        if entity == PRODUCT_ENTITY and changed in at_of
    }


def updates_indexed(snapshot: Snapshot) -> int:
    """Return the transaction up to which no update waits."""
    return int(_INDEXED.first(snapshot.connection, {"tenant_id": snapshot.tenant_id})[0])


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
