"""What reverts read of history: the products that transactions changed, and their changes since."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Select, bindparam, select

from pims_api.domain.product import Values
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.history.changes import PRODUCT_ENTITY, whole_old
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change

_SEQUENCES_AT_ONCE = 1_000
_IDS = select(change.c.entity_id).where(
    change.c.tenant_id == bindparam("tenant_id"),
    change.c.entity == PRODUCT_ENTITY,
    change.c.sequence.in_(bindparam("sequences", expanding=True)),
)


class PastChange(NamedTuple):
    """A change of a product; null means unset."""

    sequence: int
    old: Values
    new: Values


def products_changed(snapshot: Snapshot, sequences: Sequence[int]) -> list[int]:
    """Return the ids of the products that transactions changed, in their order."""
    found: set[int] = set()
    for start in range(0, len(sequences), _SEQUENCES_AT_ONCE):
        some = list(sequences[start : start + _SEQUENCES_AT_ONCE])
        wanted = {"tenant_id": snapshot.tenant_id, "sequences": some}
        found.update(snapshot.connection.scalars(_IDS, wanted))
    return sorted(found)


def changes_since(
    snapshot: Snapshot, ids: Iterable[int], first: int
) -> dict[int, list[PastChange]]:
    """Return the changes of products from a transaction on, by id of the product, oldest first."""
    keys = [[snapshot.tenant_id, PRODUCT_ENTITY, one] for one in ids]
    found: defaultdict[int, list[PastChange]] = defaultdict(list)
    if keys:
        rows = _SINCE.each(snapshot.connection, {"keys": keys, "first": first})
        for number, sequence, old, new in rows:
            after = orjson.loads(new)
            found[number].append(PastChange(sequence, whole_old(orjson.loads(old), after), after))
    for changes in found.values():
        changes.sort(key=lambda one: one.sequence)
    return found


def _since(connection: Connection) -> Select[Any]:
    later = select(
        raw(change.c.entity_id), raw(change.c.sequence), raw(change.c.old), raw(change.c.new)
    ).where(change.c.sequence >= bindparam("first"))
    keys = (change.c.tenant_id, change.c.entity, change.c.entity_id)
    return looked_up(connection.dialect.name, later, keys, "keys")


_SINCE = PreparedStatement(_since)
