"""Which transaction a moment means, and when that was."""

from typing import NamedTuple

from sqlalchemy import bindparam, select

from pims_api.domain.values.moment import Moment
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import transaction

_UP_TO = PreparedStatement(
    select(transaction.c.sequence, transaction.c.at)
    .where(
        transaction.c.tenant_id == bindparam("tenant_id"),
        transaction.c.sequence <= bindparam("sequence"),
    )
    .order_by(transaction.c.sequence.desc())
    .limit(1)
)


class Applied(NamedTuple):
    """The last transaction not later than a moment; 0 and None before the first.

    at: microseconds since 1970.
    """

    sequence: int
    at: int | None


def applied_at(snapshot: Snapshot, moment: Moment) -> Applied:
    """Return the last transaction not later than a moment."""
    if moment.transaction is not None:
        return _up_to(snapshot, moment.transaction)
    low, found = 0, _up_to(snapshot, snapshot.sequence)
    high, wanted = found.sequence, moment.last or 0
    while found.at is not None and found.at > wanted:  # times grow with the numbers
        high = found.sequence - 1
        while low < high:
            middle = _up_to(snapshot, (low + high + 1) // 2)
            if middle.at is None or middle.at > wanted:
                high = max(low, middle.sequence - 1)
            else:
                low = middle.sequence
        found = _up_to(snapshot, low)
    return found


def _up_to(snapshot: Snapshot, sequence: int) -> Applied:
    wanted = {"tenant_id": snapshot.tenant_id, "sequence": sequence}
    row = _UP_TO.first(snapshot.connection, wanted)
    return Applied(0, None) if row is None else Applied(row.sequence, row.at)
