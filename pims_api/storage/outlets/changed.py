"""Which products changed since a sequence of the tenant."""

from sqlalchemy import bindparam, select

from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.changes import PRODUCT_ENTITY
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change

_SINCE = PreparedStatement(
    select(change.c.entity_id)
    .where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.sequence > bindparam("since"),
        change.c.entity == bindparam("entity"),
    )
    .limit(bindparam("most"))
)


def changed_products(seen: Snapshot, since: int, most: int) -> set[int] | None:
    """Return the numbers of the products that changed; None for more than so many changes."""
    asked = {"tenant_id": seen.tenant_id, "since": since, "entity": PRODUCT_ENTITY}
    found = _SINCE.column(seen.connection, asked | {"most": most + 1})
    return None if len(found) > most else set(found)
