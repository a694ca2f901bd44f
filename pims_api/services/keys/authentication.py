"""Who the holder of a key is, and how long a process may trust what it has found out.

Looking a key up costs a query. A process remembers keys that it has seen working; a remembered one
is trusted in a transaction where the tenant says that none of its keys has changed since. So a key
that was withdrawn stops at once.

Source: docs/core.md, Keys.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey, is_well_formed
from pims_api.errors import Unauthorized
from pims_api.storage.api_key_cache import KnownKey
from pims_api.storage.api_keys import key_of_id, key_of_text
from pims_api.storage.database import Database
from pims_api.storage.engine.statement import Asked
from pims_api.storage.identity.key_uses import KeyUses
from pims_api.storage.snapshot import Snapshot, take_snapshot

Prefetch = Callable[[int], Sequence[Asked]]
"""From a tenant's id to what will be asked of its snapshot first."""


def authenticate(database: Database, snapshot: Snapshot, text: str) -> ApiKey:
    """Return the key of a text as it is in a transaction. Raises Unauthorized."""
    return _authenticated(database, snapshot, text, database.api_key_cache.of(text))


def _authenticated(
    database: Database, snapshot: Snapshot, text: str, known: KnownKey | None
) -> ApiKey:
    """Return the same. known: the key of the text as the process has seen it working."""
    if known is None or known.keys_changed != snapshot.keys_changed:
        key = look_up_key(snapshot.connection, text)
        known = database.api_key_cache.saw(text, key, snapshot.keys_changed)
    database.caches.of(KeyUses).note(database, known.key)
    return known.key


@contextmanager
def authenticated_snapshot(
    database: Database, text: str, prefetch: Prefetch
) -> Iterator[tuple[ApiKey, Snapshot]]:
    """Open a read transaction of the tenant that a key belongs to. Raises Unauthorized.

    A remembered key names the tenant without a query; the snapshot then tells whether it holds.
    """
    with database.reading() as connection:
        known = database.api_key_cache.of(text)
        key = look_up_key(connection, text) if known is None else known.key
        snapshot = take_snapshot(database, connection, key.tenant_id, prefetch(key.tenant_id))
        if known is None:
            known = database.api_key_cache.saw(text, key, snapshot.keys_changed)
        yield _authenticated(database, snapshot, text, known), snapshot


def remembered_key(database: Database, text: str) -> ApiKey | None:
    """Return the key of a text if the process has seen it working; it may be withdrawn by now."""
    known = database.api_key_cache.of(text)
    return None if known is None else known.key


def look_up_key(connection: Connection, text: str) -> ApiKey:
    """Return the key of a text by a query. Raises Unauthorized, without one when it is mistyped."""
    if not is_well_formed(text):
        raise Unauthorized
    return _working(key_of_text(connection, text))


def look_up_key_id(connection: Connection, tenant_id: int, key_id: int) -> ApiKey:
    """Return the key of an id, for what was asked for earlier. Raises Unauthorized."""
    return _working(key_of_id(connection, tenant_id, key_id))


def _working(key: ApiKey | None) -> ApiKey:
    if key is None or not key.works_at(now_us()):
        raise Unauthorized
    return key
