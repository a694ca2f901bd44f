"""Connections to PostgreSQL that stay open from test to test.

A new one costs some 15 ms of two processors: the server reads its catalog and plans each
statement once more. Caches of the product are not kept, and nothing of SQLite is.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import Engine, make_url

from pims_api.settings import Settings
from pims_api.storage.database import Database, open_database
from pims_api.storage.engine.connection_pool import PooledConnection


@dataclass(frozen=True)
class Kept:
    """What the databases of one URL and its settings share, one after the other."""

    engine: Engine
    connections: list[PooledConnection]


_KEPT: dict[tuple[str, Settings], Kept] = {}
_PLAIN: dict[str, psycopg.Connection[Any]] = {}


@contextmanager
def opened_database(url: str) -> Iterator[Database]:
    """A database for one test, which closes it; what the server has prepared stays prepared."""
    with closing(keeping_database(url)) as database:
        yield database


def keeping_database(url: str, settings: Settings | None = None) -> Database:
    """Return a database that goes on with the connections kept, and keeps them when it closes."""
    database = open_database(url, settings)
    if not database.is_sqlite:
        kept = _KEPT.pop((url, database.settings), None)
        if kept:
            database.__dict__["engine"] = kept.engine
            database.pool.idle.extend(kept.connections)
        database.__dict__["close"] = partial(_keep, url, database)
    return database


def _keep(url: str, database: Database) -> None:
    database.engine.dispose()  # those that are not in the pool
    if (url, database.settings) in _KEPT:  # of another one, that was open meanwhile
        database.pool.close()
    elif database.pool.idle:
        _KEPT[url, database.settings] = Kept(database.engine, [*database.pool.idle])
        database.pool.idle.clear()


def plain_connection(url: str) -> psycopg.Connection[Any]:
    """Return the driver's own connection, in autocommit mode, which is kept as well."""
    found = _PLAIN.get(url)
    if found is None or found.closed:
        plain = make_url(url).set(drivername="postgresql")
        written = plain.render_as_string(hide_password=False)
        found = _PLAIN[url] = psycopg.connect(written, autocommit=True)
    return found


def kept_backends(url: str) -> list[int]:
    """Return the process ids that the server has for the connections that are kept."""
    pooled = [
        one.driver.info.backend_pid
        for (kept_url, _), kept in _KEPT.items()
        if kept_url == url
        for one in kept.connections
    ]
    return [*pooled, *(one.info.backend_pid for at, one in _PLAIN.items() if at == url)]


def close_kept(url: str) -> None:
    """Close the connections that are kept to a database which goes away."""
    if plain := _PLAIN.pop(url, None):
        plain.close()
    for place in [one for one in _KEPT if one[0] == url]:
        kept = _KEPT.pop(place)
        for one in kept.connections:
            one.discard()
        kept.engine.dispose()
