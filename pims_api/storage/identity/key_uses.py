"""When API keys were used last and refused: noted in memory, stored some seconds later.

A request adds an entry to a dict, at most one a second for each key. A thread of its own stores
what has come together; it waits for other writers as everybody does, and no request waits for it.
This is no transaction of a tenant: nothing of it is in history.

Source: docs/core.md, Keys.
"""

import atexit
from contextlib import suppress
from threading import Timer
from typing import ClassVar

from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import SQLAlchemyError

from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey
from pims_api.errors import PimsError
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.identity.key_refusals import (
    KEPT,
    KeyRefusals,
    Refusal,
    store_refusals,
    stored_refusals,
)
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import api_key_use

_APART_US = 1_000_000  # between two notes of a key

_STORE = text(
    "INSERT INTO api_key_use (tenant_id, key_id, used_at) VALUES (:tenant_id, :key_id, :used_at)"
    " ON CONFLICT (tenant_id, key_id) DO UPDATE SET used_at = excluded.used_at"
    " WHERE excluded.used_at > api_key_use.used_at"
)
_OF_TENANT = select(api_key_use.c.key_id, api_key_use.c.used_at).where(
    api_key_use.c.tenant_id == bindparam("tenant_id")
)


class KeyUses:
    """When keys were used last, as far as this process knows more than the database.

    store_after_s: seconds from a use to its storing; 0: nothing is stored.
    """

    unit: ClassVar[str] = "keys"

    def __init__(self, store_after_s: float) -> None:
        self._store_after_s = store_after_s
        self._noted: dict[tuple[int, int], int] = {}  # by tenant and key, in microseconds
        self._waiting: dict[tuple[int, int], int] = {}  # those that are not stored yet
        self._refusals = KeyRefusals()
        self._stores_at_exit = False

    @classmethod
    def sized(cls, settings: Settings) -> "KeyUses":
        """Return one that knows of no use."""
        return cls(settings.key_use_s)

    @property
    def size(self) -> int:
        """The number of keys that were used."""
        return len(self._noted)

    def note(self, database: Database, key: ApiKey) -> None:
        """Note that a key is used now."""
        place, at = (key.tenant_id, key.id), now_us()
        if at - self._noted.get(place, 0) < _APART_US:
            return
        self._noted[place] = at
        is_first = self._nothing_waits
        self._waiting[place] = at
        if is_first and self._store_after_s:
            self._store_later(database)

    def note_refusal(self, database: Database, key: ApiKey, code: str, action: str) -> None:
        """Note that a request of a key is refused now. See `Refusal`."""
        is_first = self._nothing_waits
        self._refusals.note((key.tenant_id, key.id), code, action)
        if is_first and self._store_after_s:
            self._store_later(database)

    @property
    def _nothing_waits(self) -> bool:
        return not (self._waiting or self._refusals.waiting)

    def of_tenant(self, tenant_id: int) -> dict[int, int]:
        """Return when the tenant's keys were used last in this process, by their ids."""
        return {key: at for (tenant, key), at in list(self._noted.items()) if tenant == tenant_id}

    def refusals_of(self, key: ApiKey) -> list[Refusal]:
        """Return the last refusals of a key in this process."""
        return self._refusals.of((key.tenant_id, key.id))

    def store(self, database: Database) -> None:
        """Store what waits. What cannot be stored now waits on."""
        waiting, self._waiting = self._waiting, {}
        found = sorted(waiting.items())  # in one order for all processes, so that none is stuck
        rows = [{"tenant_id": t, "key_id": k, "used_at": at} for (t, k), at in found]
        refused = self._refusals.taken()
        if not (rows or refused):
            return
        try:
            with database.writing(group_commit=True) as connection:
                if rows:
                    connection.execute(_STORE, rows)
                store_refusals(connection, refused)
                database.commit(connection, alone=False)
        except (PimsError, SQLAlchemyError):
            self._refusals.put_back(refused.items())
            for place, at in found:
                self._waiting.setdefault(place, at)
            self._store_later(database)

    def _store_later(self, database: Database) -> None:
        if not self._stores_at_exit:
            self._stores_at_exit = True
            atexit.register(self._store_last, database)
        timer = Timer(self._store_after_s, self.store, (database,))
        timer.daemon = True
        timer.start()

    def _store_last(self, database: Database) -> None:
        with suppress(Exception):  # nobody is there any more to be told
            self.store(database)


def last_uses(seen: Snapshot) -> dict[int, int]:
    """Return when each of the tenant's keys was used last, by their ids, in microseconds.

    Other processes tell of a use a few seconds later.
    """
    found = seen.connection.execute(_OF_TENANT, {"tenant_id": seen.tenant_id})
    stored = {row.key_id: row.used_at for row in found}
    here = seen.caches.of(KeyUses).of_tenant(seen.tenant_id)
    return stored | {key: max(at, stored.get(key, 0)) for key, at in here.items()}


def last_refusals(seen: Snapshot, key: ApiKey) -> list[Refusal]:
    """Return the last refusals of a key, newest first. Other processes tell some seconds later."""
    stored = stored_refusals(seen.connection, (key.tenant_id, key.id))
    here = seen.caches.of(KeyUses).refusals_of(key)
    return sorted({*stored, *here}, reverse=True)[:KEPT]
