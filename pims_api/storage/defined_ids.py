"""Ids of defined things, never used twice, so that no process's cache confuses two things."""

from sqlalchemy import Integer, bindparam, cast, func, select

from pims_api.storage.definitions.kinds import KIND_OF
from pims_api.storage.tables import definition
from pims_api.storage.unit_of_work import UnitOfWork

_LAST = select(func.max(cast(definition.c.id, Integer))).where(
    definition.c.tenant_id == bindparam("tenant_id"), definition.c.kind == bindparam("kind")
)


def next_defined_id(work: UnitOfWork, thing: type, present: int) -> int:
    """Return the next id of a type, one that no thing has or had.

    present: the highest id among those of this transaction, which are not stored yet.
    """
    wanted = {"tenant_id": work.tenant_id, "kind": KIND_OF[thing].name}
    stored = work.connection.scalar(_LAST, wanted)
    return max(int(stored or 0), present) + 1
