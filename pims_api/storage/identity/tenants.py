"""The UUIDs of tenants, which a process reads once."""

from typing import ClassVar, NamedTuple

from sqlalchemy import Connection, bindparam, select

from pims_api.domain.tenant_ids import TenantIds
from pims_api.settings import Settings
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import tenant

_OF_TENANT = PreparedStatement(
    select(tenant.c.uuid, tenant.c.org).where(tenant.c.id == bindparam("tenant_id"))
)


class TenantRow(NamedTuple):
    """A tenant. uuid: its own; org: that of the organization which owns it."""

    id: int
    name: str
    uuid: str
    org: str


class TenantIdsCache:
    """The UUIDs of tenants by their number; they never change."""

    unit: ClassVar[str] = "tenants"

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[int, TenantIds] = {}

    @classmethod
    def sized(cls, settings: Settings) -> "TenantIdsCache":
        """Return an empty cache."""
        return cls(settings.definition_cache_tenants)

    @property
    def size(self) -> int:
        """The number of tenants cached."""
        return len(self._known)

    def of(self, tenant_id: int) -> TenantIds | None:
        """Return the UUIDs of a tenant, if they are cached."""
        return self._known.get(tenant_id)

    def put(self, tenant_id: int, ids: TenantIds) -> None:
        """Cache the UUIDs of a tenant."""
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[tenant_id] = ids


def tenant_ids(seen: Snapshot) -> TenantIds:
    """Return the UUIDs of the tenant of a transaction."""
    cache = seen.caches.of(TenantIdsCache)
    known = cache.of(seen.tenant_id)
    if known is None:
        known = TenantIds(*_OF_TENANT.first(seen.connection, {"tenant_id": seen.tenant_id}))
        cache.put(seen.tenant_id, known)
    return known


def tenants(connection: Connection) -> list[TenantRow]:
    """Return all tenants, oldest first."""
    columns = (tenant.c.id, tenant.c.name, tenant.c.uuid, tenant.c.org)
    return [TenantRow(*row) for row in connection.execute(select(*columns).order_by(tenant.c.id))]
