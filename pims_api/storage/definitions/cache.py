"""A process's copy of what tenants have defined, never older than the snapshot it is read in."""

from sqlalchemy import Connection, bindparam, select

from pims_api.domain.definition import Definition
from pims_api.garbage import without_collection
from pims_api.storage.definitions.kinds import KIND_NAMED, RANK
from pims_api.storage.tables import definition as definition_table

_COLUMNS = definition_table.c
_NEWER = select(_COLUMNS.kind, _COLUMNS.id, _COLUMNS.body, _COLUMNS.deleted).where(
    _COLUMNS.tenant_id == bindparam("tenant_id"), _COLUMNS.changed > bindparam("version")
)


class DefinitionCache:
    """Definitions by tenant. A newer version is reached by loading only the rows that changed."""

    def __init__(self) -> None:
        self._known: dict[int, Definition] = {}

    def get(self, connection: Connection, tenant_id: int, version: int) -> Definition:
        """Return the definition at the version that this connection's snapshot shows."""
        known = self._known.get(tenant_id)
        if known is not None and known.version == version:
            return known
        if known is not None and known.version < version:
            base = known.copy()
        else:  # nothing yet, or a snapshot opened before another request moved the cache on
            base = Definition(tenant_id)
        loaded = _bring_up_to_date(connection, base, version)
        if known is None or known.version < version:
            self._known[tenant_id] = loaded
        return loaded


def _bring_up_to_date(connection: Connection, base: Definition, version: int) -> Definition:
    found = connection.execute(_NEWER, {"tenant_id": base.tenant_id, "version": base.version})
    with without_collection():
        for kind, row_id, body, deleted in sorted(found, key=lambda row: RANK[row[0]]):
            thing = KIND_NAMED[kind].read(row_id, body, deleted)
            KIND_NAMED[kind].put(base, thing)
    base.version = version
    return base
