"""Connections to PostgreSQL that stay open from test to test.

A new one costs some 15 ms of two processors: the server reads its catalog and plans each
statement once more. Caches of the product are not kept, and nothing of SQLite is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.engine.connection_pool import PooledConnection
from tests.environment import settings_of


@dataclass(frozen=True)
class Kept:
    """What the databases of one URL share, one after the other."""

    settings: Settings
    engine: Engine
    connections: list[PooledConnection]


_KEPT: dict[str, Kept] = {}


@contextmanager
def opened_database(url: str) -> Iterator[Database]:
    """A database for one test, which closes it; what the server has prepared stays prepared."""
    database = Database(settings_of(url))
    if database.is_sqlite:
        yield database
        database.close()
        return
    kept = _KEPT.pop(url, None)
    if kept and kept.settings == database.settings:
        database.__dict__["engine"] = kept.engine
        database.pool.idle.extend(kept.connections)
    yield database
    database.engine.dispose()  # those that are not in the pool
    _KEPT[url] = Kept(database.settings, database.engine, [*database.pool.idle])


def kept_backends(url: str) -> list[int]:
    """Return the process ids that the server has for the connections that are kept."""
    kept = _KEPT.get(url)
    return [one.driver.info.backend_pid for one in kept.connections] if kept else []


def close_kept(url: str) -> None:
    """Close the connections that are kept to a database which goes away."""
    if kept := _KEPT.pop(url, None):
        for one in kept.connections:
            one.discard()
        kept.engine.dispose()
