"""Outlets in the database. Their secrets are sealed here and nowhere else.

Source: docs/core.md, Outlets.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.errors import Busy
from pims_api.storage.database import Database
from pims_api.storage.identity.sealing import CannotOpen, Sealer, place_of
from pims_api.storage.identity.secret import NoSecret
from pims_api.storage.tables import change, outlet_run, sync_mapping
from pims_api.storage.tables import outlet as table

OUTLET_ENTITY = "outlet"
"""What history calls outlets."""

_OF_TENANT = table.c.tenant_id == bindparam("of_tenant")
_IS_ONE = _OF_TENANT & (table.c.id == bindparam("of_outlet"))
_OF_KIND = (
    select(table).where(_OF_TENANT, table.c.kind == bindparam("of_kind")).order_by(table.c.id)
)
_LAST = select(func.max(change.c.entity_id)).where(
    change.c.tenant_id == bindparam("of_tenant"), change.c.entity == OUTLET_ENTITY
)
_DUE = (
    select(table)
    .where(table.c.due_at <= bindparam("now"), table.c.active)
    .order_by(table.c.due_at, table.c.tenant_id, table.c.id)
    .limit(bindparam("most"))
)
_CLAIM = (
    update(table)
    .where(_IS_ONE, table.c.due_at == bindparam("was_due"))
    .values(due_at=bindparam("next_due"))
)


class Outlets:
    """The outlets of a database; it seals and opens what is secret of them.

    Raises Busy where there are secrets and the installation has no secret that opens them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, connection: Connection, one: Outlet) -> None:
        """Store a new outlet."""
        connection.execute(insert(table), self._columns(one))

    def change(self, connection: Connection, one: Outlet) -> None:
        """Store an outlet that is there."""
        values = {k: v for k, v in self._columns(one).items() if k not in ("tenant_id", "id")}
        connection.execute(update(table).where(_IS_ONE).values(**values), _keys(one))

    def find(self, connection: Connection, tenant_id: int, number: int) -> Outlet | None:
        """Return the outlet of an id, if the tenant has it."""
        wanted = {"of_tenant": tenant_id, "of_outlet": number}
        row = connection.execute(select(table).where(_IS_ONE), wanted).first()
        return None if row is None else self._outlet(row)

    def of_kind(self, connection: Connection, tenant_id: int, kind: OutletKind) -> list[Outlet]:
        """Return the tenant's outlets of a kind, oldest first."""
        rows = connection.execute(_OF_KIND, {"of_tenant": tenant_id, "of_kind": kind})
        return [self._outlet(row) for row in rows]

    def due(self, connection: Connection, now: int, most: int = 100) -> list[Outlet]:
        """Return the outlets of all tenants that have something to do by the clock.

        Without their secrets: one that cannot be opened any more must not keep the others waiting.
        """
        rows = connection.execute(_DUE, {"now": now, "most": most})
        return [_plain(row) for row in rows]

    def _columns(self, one: Outlet) -> dict[str, Any]:
        columns = {name: getattr(one, name) for name in Outlet.__dataclass_fields__}
        sealed = None
        if one.secrets:
            text = orjson.dumps(one.secrets).decode()
            sealed = self._sealer().seal(text, _place(one.tenant_id, one.id))
        return columns | {"secrets": sealed}

    def _outlet(self, row: Row[Any]) -> Outlet:
        if row.secrets is None:
            return _plain(row)
        opened = self._opened(row.secrets, _place(row.tenant_id, row.id))
        return replace(_plain(row), secrets=orjson.loads(opened))

    def _opened(self, sealed: str, place: str) -> str:
        try:
            return self._sealer().open(sealed, place)
        except CannotOpen:
            message = "Its credentials were sealed by another secret: set PIMS_SECRET_KEY_PREVIOUS."
            raise Busy(message) from None

    def _sealer(self) -> Sealer:
        try:
            return Sealer(self._database)
        except NoSecret as error:
            raise Busy(f"Credentials cannot be kept without a secret. {error}") from None


def last_outlet_id(connection: Connection, tenant_id: int) -> int:
    """Return the highest id that an outlet of the tenant ever had; 0 when there was none.

    History knows it, for an id is never given again.
    """
    return int(connection.scalar(_LAST, {"of_tenant": tenant_id}) or 0)


def claim_due(connection: Connection, one: Outlet, next_due: int | None) -> bool:
    """Set when an outlet is due next; return whether nobody else did so before."""
    sent = _keys(one) | {"was_due": one.due_at, "next_due": next_due}
    return connection.execute(_CLAIM, sent).rowcount == 1


def keep_state(
    connection: Connection, one: Outlet, state: Mapping[str, Any], due_at: int | None
) -> None:
    """Store how far an outlet came, whatever its settings are by now."""
    wanted = update(table).where(_IS_ONE).values(state=dict(state), due_at=due_at)
    connection.execute(wanted, _keys(one))


def remove_outlet(connection: Connection, one: Outlet) -> None:
    """Delete an outlet with its runs and its mappings."""
    connection.execute(
        delete(sync_mapping).where(
            sync_mapping.c.tenant_id == one.tenant_id, sync_mapping.c.outlet_id == one.id
        )
    )
    connection.execute(
        delete(outlet_run).where(
            outlet_run.c.tenant_id == one.tenant_id, outlet_run.c.outlet_id == one.id
        )
    )
    connection.execute(delete(table).where(_IS_ONE), _keys(one))


def _plain(row: Row[Any]) -> Outlet:
    """Return an outlet without its secrets."""
    return Outlet(**dict(row._mapping) | {"kind": OutletKind(row.kind), "secrets": {}})


def _keys(one: Outlet) -> dict[str, int]:
    return {"of_tenant": one.tenant_id, "of_outlet": one.id}


def _place(tenant_id: int, number: int) -> str:
    return place_of(table.c.secrets, (tenant_id, number))
