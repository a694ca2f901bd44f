"""Webhooks as readers of the feed, in the database: how far each was told, and who sends for it.

Whoever sends holds a lease. Every note of how far it came names the lease and the revision of the
webhook, so nobody who lost it, or who sends by settings of before, can move the place.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, Update, and_, bindparam, delete, insert, or_, select, update

from pims_api.domain.outlets.outlet import OutletKind
from pims_api.domain.outlets.webhook import DeliveryState, FeedPlace, Reader
from pims_api.storage.tables import outlet, tenant, webhook_delivery
from pims_api.storage.tables import webhook_reader as table

_IS_ONE = (table.c.tenant_id == bindparam("of_tenant")) & (
    table.c.outlet_id == bindparam("of_outlet")
)
_KEPT = ("tenant_id", "outlet_id", "lease", "lease_until", "revision")
_IS_HELD = (
    _IS_ONE
    & (table.c.lease == bindparam("of_lease"))
    & (table.c.revision == bindparam("of_revision"))
)
_IS_FREE = or_(table.c.lease.is_(None), table.c.lease_until <= bindparam("now"))
_SAME_OUTLET = (outlet.c.tenant_id == table.c.tenant_id) & (outlet.c.id == table.c.outlet_id)
_IS_ASKED = (
    select(webhook_delivery.c.id)
    .where(
        webhook_delivery.c.tenant_id == table.c.tenant_id,
        webhook_delivery.c.outlet_id == table.c.outlet_id,
        webhook_delivery.c.asked,
        webhook_delivery.c.state == DeliveryState.PENDING,
    )
    .exists()
)
_IS_BEHIND = and_(
    outlet.c.active, table.c.sequence < tenant.c.sequence, table.c.next_at <= bindparam("now")
)
_WAITING = (
    select(table, tenant.c.sequence.label("last"), _IS_ASKED.label("asked"))
    .join_from(table, outlet, _SAME_OUTLET)
    .join(tenant, tenant.c.id == table.c.tenant_id)
    .where(outlet.c.kind == OutletKind.WEBHOOK, _IS_FREE, or_(_IS_BEHIND, _IS_ASKED))
    .order_by(table.c.tenant_id, table.c.outlet_id)
)
_ANY = select(table.c.tenant_id).limit(1)
_CLAIM = (
    update(table)
    .where(_IS_ONE, _IS_FREE)
    .values(lease=bindparam("new_lease"), lease_until=bindparam("until"))
    .returning(table)
)


class NotHeld(Exception):
    """Somebody else sends for the webhook now, or it was changed meanwhile."""


def add_reader(connection: Connection, one: Reader) -> None:
    """Store the reader of a new webhook."""
    connection.execute(insert(table), _columns(one))


def find_reader(connection: Connection, tenant_id: int, number: int) -> Reader | None:
    """Return the reader of a webhook."""
    wanted = {"of_tenant": tenant_id, "of_outlet": number}
    row = connection.execute(select(table).where(_IS_ONE), wanted).first()
    return None if row is None else _reader(row)


def change_reader(connection: Connection, one: Reader) -> None:
    """Store a reader whose webhook was changed, but not how far it was told.

    Whoever sends for it notices before the next event.
    """
    _change(connection, one, (*_KEPT, *FeedPlace._fields))


def move_reader(connection: Connection, one: Reader) -> None:
    """Do what `change_reader` does, and store how far it was told."""
    _change(connection, one, _KEPT)


def touch_reader(connection: Connection, one: Reader) -> None:
    """Have whoever sends for a webhook begin anew with its present settings."""
    _change(connection, one, _columns(one))


def remove_reader(connection: Connection, tenant_id: int, number: int) -> None:
    """Delete the reader of a webhook that is deleted."""
    wanted = {"of_tenant": tenant_id, "of_outlet": number}
    connection.execute(delete(table).where(_IS_ONE), wanted)


def has_readers(connection: Connection) -> bool:
    """Return whether there is a webhook of any tenant."""
    return connection.execute(_ANY).first() is not None


def waiting_readers(connection: Connection, now: int) -> list[tuple[Reader, int, bool]]:
    """Return the readers that may have something to be told, and that nobody sends for.

    Each with the last write of its tenant, and whether somebody asked for a delivery.
    """
    rows = connection.execute(_WAITING, {"now": now})
    return [(_reader(row), row.last, bool(row.asked)) for row in rows]


def claim_reader(
    connection: Connection, one: Reader, lease: str, now: int, until: int
) -> Reader | None:
    """Lease a webhook and return its reader as it is by now; None when somebody else has it."""
    sent = _keys(one) | {"now": now, "new_lease": lease, "until": until}
    row = connection.execute(_CLAIM, sent).first()
    return None if row is None else _reader(row)


def note_place(connection: Connection, one: Reader, until: int) -> Reader:
    """Store how far a reader was told, and hold its lease longer. Raises NotHeld."""
    held = replace(one, lease_until=until)
    values = {name: value for name, value in _columns(held).items() if name != "revision"}
    _write_held(connection, one, update(table).where(_IS_HELD).values(**values))
    return held


def release_reader(connection: Connection, one: Reader) -> None:
    """Give a lease back, if it is still held, whatever was changed meanwhile."""
    mine = table.c.lease == bindparam("of_lease")
    free = update(table).where(_IS_ONE, mine).values(lease=None, lease_until=0)
    connection.execute(free, _keys(one) | {"of_lease": one.lease})


def _change(connection: Connection, one: Reader, kept: Collection[str]) -> None:
    values = {name: value for name, value in _columns(one).items() if name not in kept}
    changed = update(table).where(_IS_ONE).values(revision=table.c.revision + 1, **values)
    connection.execute(changed, _keys(one))


def _write_held(connection: Connection, one: Reader, statement: Update) -> None:
    places = _keys(one) | {"of_lease": one.lease, "of_revision": one.revision}
    if connection.execute(statement, places).rowcount != 1:
        raise NotHeld


def _keys(one: Reader) -> dict[str, int]:
    return {"of_tenant": one.tenant_id, "of_outlet": one.outlet_id}


def _columns(one: Reader) -> dict[str, Any]:
    columns = asdict(one)
    del columns["place"]
    return columns | one.place._asdict()


def _reader(row: Row[Any]) -> Reader:
    columns = dict(row._mapping)
    place = FeedPlace(*(columns.pop(name) for name in FeedPlace._fields))
    known: Iterable[str] = Reader.__dataclass_fields__
    return Reader(place=place, **{name: columns[name] for name in known if name in columns})
