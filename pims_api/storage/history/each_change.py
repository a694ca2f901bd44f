"""Every change of products after a place, in the order of commits, none left out."""

from typing import NamedTuple

from sqlalchemy import bindparam, select

from pims_api.domain.product import Values
from pims_api.storage.engine.dialect import in_turn
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.changes import PRODUCT_ENTITY, whole_old
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change

_CHANGES = (
    select(change.c.sequence, change.c.entity, change.c.entity_id, change.c.old, change.c.new)
    .where(change.c.tenant_id == bindparam("tenant_id"))
    .order_by(change.c.entity_id)
)
_AFTER = PreparedStatement(
    lambda connection: in_turn(
        connection.dialect.name,
        _CHANGES,
        ("sequence", "last"),
        lambda rows: [
            rows.entity == PRODUCT_ENTITY,
            (rows.sequence > bindparam("sequence")) | (rows.entity_id > bindparam("product_id")),
        ],
    ).limit(bindparam("size"))
)
_ONE = PreparedStatement(
    select(change.c.old, change.c.new).where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.entity == PRODUCT_ENTITY,
        change.c.entity_id == bindparam("product_id"),
        change.c.sequence == bindparam("sequence"),
    )
)


class RecordChange(NamedTuple):
    """The change of one product in a write: the values that differ, before and after it."""

    sequence: int
    product_id: int
    old: Values
    new: Values


def changes_after(
    snapshot: Snapshot, sequence: int, product_id: int, size: int
) -> list[RecordChange]:
    """Return the changes of products after the one of a product in a write, at most so many."""
    wanted = {"tenant_id": snapshot.tenant_id, "last": snapshot.sequence, "size": size}
    place = {"sequence": sequence, "product_id": product_id}
    rows = _AFTER.all(snapshot.connection, wanted | place)
    return [RecordChange(at, number, whole_old(old, new), new) for at, _, number, old, new in rows]


def change_at(snapshot: Snapshot, sequence: int, product_id: int) -> RecordChange | None:
    """Return the change of a product in a write."""
    place = {"sequence": sequence, "product_id": product_id}
    row = _ONE.first(snapshot.connection, place | {"tenant_id": snapshot.tenant_id})
    return None if row is None else RecordChange(sequence, product_id, whole_old(*row), row[1])
