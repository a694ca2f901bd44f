"""Deliveries of webhooks in the database: those that wait, those given up, the last ones done."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from pims_api.domain.outlets.outlet import Outlet
from pims_api.domain.outlets.webhook import (
    Delivery,
    DeliveryState,
    EventPlace,
)
from pims_api.storage.tables import webhook_delivery as table

_OF_OUTLET = (table.c.tenant_id == bindparam("of_tenant")) & (
    table.c.outlet_id == bindparam("of_outlet")
)
_IS_ONE = _OF_OUTLET & (table.c.id == bindparam("of_delivery"))
_NEWEST_FIRST = (table.c.created_at.desc(), table.c.id)
_OF_STATE = _OF_OUTLET & (table.c.state == bindparam("of_state"))
_OLDEST_KEPT = (
    select(table.c.tried_at)
    .where(_OF_STATE)
    .order_by(table.c.tried_at.desc())
    .offset(bindparam("passed"))
    .limit(1)
    .scalar_subquery()
)
_FORGET = delete(table).where(_OF_STATE, table.c.tried_at < _OLDEST_KEPT)


def put_deliveries(connection: Connection, one: Outlet, some: Sequence[Delivery]) -> None:
    """Store deliveries, in place of those of the same ids."""
    if not some:
        return
    wanted = delete(table).where(_IS_ONE)
    connection.execute(wanted, [_keys(one) | {"of_delivery": each.id} for each in some])
    connection.execute(insert(table), [_columns(each) for each in some])


def forget_old(connection: Connection, one: Outlet, state: DeliveryState, kept: int) -> None:
    """Delete the deliveries of a state, but so many that were tried last."""
    connection.execute(_FORGET, _keys(one) | {"of_state": state, "passed": kept - 1})


def find_delivery(connection: Connection, one: Outlet, number: str) -> Delivery | None:
    """Return a delivery by its id."""
    wanted = _keys(one) | {"of_delivery": number}
    row = connection.execute(select(table).where(_IS_ONE), wanted).first()
    return None if row is None else _delivery(row)


def deliveries_of(
    connection: Connection, one: Outlet, state: DeliveryState | None, offset: int, limit: int
) -> list[Delivery]:
    """Return deliveries of a webhook, newest first. state: None: of all states."""
    found = select(table).where(_OF_OUTLET)
    if state is not None:
        found = found.where(table.c.state == state)
    page = found.order_by(*_NEWEST_FIRST).limit(limit).offset(offset)
    return [_delivery(row) for row in connection.execute(page, _keys(one))]


def asked_deliveries(connection: Connection, one: Outlet) -> list[Delivery]:
    """Return the deliveries that somebody asked for and that were not tried yet, oldest first."""
    asked = _OF_OUTLET & table.c.asked & (table.c.state == DeliveryState.PENDING)
    rows = connection.execute(select(table).where(asked).order_by(table.c.created_at), _keys(one))
    return [_delivery(row) for row in rows]


def remove_deliveries(connection: Connection, one: Outlet, *, only_waiting: bool = False) -> None:
    """Delete the deliveries of a webhook. only_waiting: those of the feed that were not told."""
    some = _OF_OUTLET
    if only_waiting:
        some = some & (table.c.state == DeliveryState.PENDING) & ~table.c.asked
    connection.execute(delete(table).where(some), _keys(one))


def _keys(one: Outlet) -> dict[str, Any]:
    return {"of_tenant": one.tenant_id, "of_outlet": one.id}


def _columns(one: Delivery) -> dict[str, Any]:
    columns = asdict(one)
    del columns["place"]
    place = one.place or (None, None, None)
    return columns | dict(zip(EventPlace._fields, place, strict=True))


def _delivery(row: Row[Any]) -> Delivery:
    columns = dict(row._mapping)
    place = [columns.pop(name) for name in EventPlace._fields]
    columns["state"] = DeliveryState(columns["state"])
    return Delivery(place=None if place[0] is None else EventPlace(*place), **columns)
