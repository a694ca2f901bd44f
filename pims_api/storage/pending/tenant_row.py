"""The row of a tenant in a write transaction: locked by its first statement, updated at its end.

The lock raises the sequence, so it is also what orders the transactions of a tenant.
"""

from typing import Any

from sqlalchemy import Connection, Update, bindparam, case, update

from pims_api.storage.engine.dialect import is_sqlite
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.chain import FIRST_LINK, LAST_LINK, LAST_LINK_COLUMNS, Link
from pims_api.storage.tables import tenant

_MINE = update(tenant).where(tenant.c.id == bindparam("tenant_id"))
_STATE = (
    tenant.c.sequence,
    tenant.c.definition_version,
    tenant.c.last_product_id,
    tenant.c.indexed_id,
    tenant.c.keys_changed,
)
_NEXT, _BEFORE = tenant.c.sequence + 1, tenant.c.sequence - 1
_PAUSED = _MINE.values(sequence=_NEXT)


def _locking(raised: Update) -> PreparedStatement:
    """Return the statement that locks a tenant and returns its state.

    On SQLite also the last transaction. PostgreSQL would read that before it waits for the lock,
    so it is asked for behind it, in the same round trip.
    """

    def make(connection: Connection) -> Any:
        last = LAST_LINK_COLUMNS if is_sqlite(connection) else ()
        return raised.returning(*_STATE, *last)

    return PreparedStatement(make)


LOCK_TENANT = _locking(_PAUSED.values(facet_sequence=_NEXT))
LOCK_TENANT_PAUSED = _locking(_PAUSED)
GIVE_BACK = PreparedStatement(
    _MINE.values(
        sequence=_BEFORE,
        facet_sequence=case(
            (tenant.c.facet_sequence > _BEFORE, _BEFORE), else_=tenant.c.facet_sequence
        ),
    )
)
_UPDATE = PreparedStatement(
    update(tenant)
    .where(tenant.c.id == bindparam("of_tenant"))
    .values(
        definition_version=bindparam("definition_version"),
        last_product_id=bindparam("last_product_id"),
        indexed_id=bindparam("indexed_id"),
        keys_changed=bindparam("keys_changed"),
        updates_indexed=case(
            (tenant.c.updates_indexed == bindparam("where_indexed"), bindparam("up_to")),
            else_=tenant.c.updates_indexed,
        ),
    )
)
_NOWHERE = -1


def last_link(connection: Connection, row: Any, mine: dict[str, Any]) -> Link:
    """Return the transaction before this one, whose tenant is locked. row: of LOCK_TENANT."""
    if not is_sqlite(connection):
        return LAST_LINK.first(connection, mine) or FIRST_LINK
    return Link(row.last_at or 0, row.last_digest)


def update_tenant(
    connection: Connection,
    tenant_id: int,
    sequence: int,
    state: dict[str, int],
    *,
    leaves_no_update: bool,
) -> None:
    """Store the state of a tenant after a transaction, by the names of its columns.

    leaves_no_update: whether the catalogue index has the time of every change of the transaction.
    Where it has those of all transactions before it, too, no update waits.
    """
    up_to = {"where_indexed": sequence - 1 if leaves_no_update else _NOWHERE, "up_to": sequence}
    _UPDATE.run(connection, {"of_tenant": tenant_id, **state, **up_to})
