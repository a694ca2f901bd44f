"""A cache of the definitions of tenants, always of the version that a snapshot asks for."""

from collections import OrderedDict
from threading import Lock
from typing import ClassVar

from sqlalchemy import Connection, Text, bindparam, func, select, type_coerce

from pims_api.domain.definition import Definition
from pims_api.garbage import without_collection
from pims_api.settings import Settings
from pims_api.storage.definitions.kinds import KIND_NAMED, RANK
from pims_api.storage.tables import definition as definition_table

_ROW_BYTES = 500  # in memory, about: of one thing, besides its body

_COLUMNS = definition_table.c
_NEWER = select(
    _COLUMNS.kind,
    _COLUMNS.id,
    _COLUMNS.body,
    _COLUMNS.deleted,
    func.length(type_coerce(_COLUMNS.body, Text)),
).where(_COLUMNS.tenant_id == bindparam("tenant_id"), _COLUMNS.changed > bindparam("version"))


class DefinitionCache:
    """An LRU cache of definitions by tenant, bounded by tenants and by bytes.

    A newer version is reached by loading only the rows that changed. The definition asked for last
    always stays.
    """

    unit: ClassVar[str] = "bytes"

    def __init__(self, tenants_max: int, bytes_max: int) -> None:
        self._tenants_max = tenants_max
        self._bytes_max = bytes_max
        self._known: OrderedDict[int, Definition] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def sized(cls, settings: Settings) -> "DefinitionCache":
        """Return an empty cache."""
        return cls(settings.definition_cache_tenants, settings.definition_cache_bytes)

    @property
    def size(self) -> int:
        """The number of bytes of the rows that were loaded, about."""
        return sum(one.weight for one in list(self._known.values()))

    def get(self, connection: Connection, tenant_id: int, version: int) -> Definition:
        """Return the definition at the version that the connection's snapshot has."""
        known = self._known.get(tenant_id)
        if known is not None and known.version == version:
            self._asked_for(tenant_id)
            return known
        if known is not None and known.version < version:
            base = known.copy()
        else:  # none yet, or the snapshot is older than the cached version
            base = Definition(tenant_id)
        loaded = _bring_up_to_date(connection, base, version)
        if known is None or known.version < version:
            self._keep(loaded)
        return loaded

    def _asked_for(self, tenant_id: int) -> None:
        if len(self._known) > 1:  # with one tenant there is no order to keep
            with self._lock:
                if tenant_id in self._known:
                    self._known.move_to_end(tenant_id)

    def _keep(self, loaded: Definition) -> None:
        with self._lock:
            self._known[loaded.tenant_id] = loaded
            self._known.move_to_end(loaded.tenant_id)
            while len(self._known) > 1 and self._is_too_full:
                self._known.popitem(last=False)

    @property
    def _is_too_full(self) -> bool:
        return len(self._known) > self._tenants_max or self.size > self._bytes_max


def _bring_up_to_date(connection: Connection, base: Definition, version: int) -> Definition:
    found = connection.execute(_NEWER, {"tenant_id": base.tenant_id, "version": base.version})
    with without_collection():
        for kind, row_id, body, deleted, length in sorted(found, key=lambda row: RANK[row[0]]):
            thing = KIND_NAMED[kind].read(row_id, body, deleted)
            KIND_NAMED[kind].put(base, thing)
            base.weight += length + _ROW_BYTES
    base.version = version
    return base
