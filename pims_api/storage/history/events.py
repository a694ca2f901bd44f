"""The changes of a tenant's products, definitions and media, newest first."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, or_, select

from pims_api.domain.product import Values
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.changes import SEQUENCE_MAX, whole_old
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change, transaction

CHANGES_AT_ONCE = 300

_columns = change.c
_AFTER_PLACE = or_(
    _columns.sequence < bindparam("sequence"),
    _columns.entity > bindparam("entity"),
    and_(_columns.entity == bindparam("entity"), _columns.entity_id < bindparam("entity_id")),
)
_BEFORE = (
    select(
        _columns.sequence,
        _columns.entity,
        _columns.entity_id,
        transaction.c.at,
        transaction.c.actor,
        _columns.old,
        _columns.new,
    )
    .join_from(
        change,
        transaction,
        (transaction.c.tenant_id == _columns.tenant_id)
        & (transaction.c.sequence == _columns.sequence),
    )
    .where(
        _columns.tenant_id == bindparam("tenant_id"),
        _columns.sequence <= bindparam("sequence"),  # in the order of the index; then the rest
        _AFTER_PLACE,
    )
    .order_by(_columns.sequence.desc(), _columns.entity, _columns.entity_id.desc())
    .limit(bindparam("size"))
)
_STATEMENT = PreparedStatement(_BEFORE)


class ChangeRow(NamedTuple):
    """The change of one thing in a transaction. at: microseconds since 1970.

    old: null for what was unset.
    """

    sequence: int
    entity: str
    entity_id: int
    at: int
    actor: str
    old: Values
    new: Values


def changes_newest_first(
    seen: Snapshot, entities: Collection[str], size: int = CHANGES_AT_ONCE
) -> Iterator[list[ChangeRow]]:
    """Yield the changes of some entities in parts, without ever reading all of them.

    size: how many changes of any entity are read at once.
    """
    place: dict[str, Any] = {"sequence": SEQUENCE_MAX, "entity": "", "entity_id": 0}
    while True:
        wanted = {"tenant_id": seen.tenant_id, "size": size} | place
        part = _STATEMENT.all(seen.connection, wanted)
        found = [_row(row) for row in part if row[1] in entities]
        if found:
            yield found
        if len(part) < size:
            return
        place = dict(zip(place, part[-1], strict=False))


def _row(place: Sequence[Any]) -> ChangeRow:
    sequence, entity, entity_id, at, actor, old, new = place
    return ChangeRow(sequence, entity, entity_id, at, actor, whole_old(old, new), new)
