"""The buckets of keys with a rate, one row each, which all processes share.

On PostgreSQL they are a table that is not logged: a crash of the server fills every bucket. A
SQLite file has one writer at a time, and nobody who asks may wait for an import; so there they are
a small file of their own beside it, which the processes of the machine share.
"""

from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    bindparam,
    column,
    select,
    table,
    text,
    update,
)

from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.limits.rate import Rate, Taken
from pims_api.errors import Busy
from pims_api.storage.database import Database
from pims_api.storage.engine.dialect import sqlite_module
from pims_api.storage.engine.statement import PreparedStatement

_WAIT_S = 1.0  # for other processes, each of which takes some microseconds

_rates = table(
    "api_key_rate",
    column("tenant_id", Integer),
    column("key_id", Integer),
    column("full_at", BigInteger),
)
_mine = (_rates.c.tenant_id == bindparam("tenant")) & (_rates.c.key_id == bindparam("key"))
_MAKE = text(
    "INSERT INTO api_key_rate (tenant_id, key_id, full_at) VALUES (:tenant, :key, 0)"
    " ON CONFLICT DO NOTHING"
)
_LOCK = PreparedStatement(select(_rates.c.full_at).where(_mine).with_for_update())
_STORE = PreparedStatement(update(_rates).where(_mine).values(full_at=bindparam("until")))


class Buckets(Protocol):
    """Where the buckets are kept."""

    def take(self, key: ApiKey, rate: Rate, now: int, wanted: int) -> Taken:
        """Take from the bucket of a key what it lets through. Raises Busy. See `Rate.take`."""


def buckets_of(database: Database) -> Buckets:
    """Return the buckets that belong to a database."""
    if database.is_sqlite:
        return FileBuckets(buckets_file(Path(database.url.database or "")))
    return TableBuckets(database)


def buckets_file(database_path: Path) -> Path:
    """Return the path of the buckets of a SQLite database."""
    return database_path.with_name(f"{database_path.name}-rates")


class TableBuckets:
    """Buckets in a table of PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, key: ApiKey, rate: Rate, now: int, wanted: int) -> Taken:
        """See `Buckets`."""
        with self._database.writing(group_commit=True) as connection:
            taken = _taken(connection, key, rate, now, wanted)
            connection.commit()
        return taken


def _taken(connection: Connection, key: ApiKey, rate: Rate, now: int, wanted: int) -> Taken:
    place = {"tenant": key.tenant_id, "key": key.id}
    connection.execute(_MAKE, place)
    before = _LOCK.first(connection, place).full_at
    taken = rate.take(before, now, wanted)
    if taken.full_at != before:
        _STORE.run(connection, place | {"until": taken.full_at})
    return taken


class FileBuckets:
    """Buckets in a SQLite file of their own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()  # the connection is for one thread at a time
        self._connection: Any = None

    def take(self, key: ApiKey, rate: Rate, now: int, wanted: int) -> Taken:
        """See `Buckets`."""
        driver = sqlite_module()
        with self._lock:
            try:
                self._connection = self._connection or _opened(self._path)
                with _Transaction(self._connection):
                    return self._taken((key.tenant_id, key.id), rate, now, wanted)
            except driver.Error as error:
                self._connection = None
                raise Busy from error

    def _taken(self, place: tuple[int, int], rate: Rate, now: int, wanted: int) -> Taken:
        found = self._connection.execute(
            "SELECT full_at FROM api_key_rate WHERE tenant_id = ? AND key_id = ?", place
        ).fetchone()
        before = found[0] if found else 0
        taken = rate.take(before, now, wanted)
        if taken.full_at != before:
            self._connection.execute(
                "INSERT OR REPLACE INTO api_key_rate VALUES (?, ?, ?)", (*place, taken.full_at)
            )
        return taken


class _Transaction:
    """A transaction of a SQLite connection that writes."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, failed: object, *_: object) -> None:
        self._connection.execute("ROLLBACK" if failed else "COMMIT")


def _opened(path: Path) -> Any:
    connection = sqlite_module().connect(
        path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False
    )
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS api_key_rate (tenant_id INTEGER, key_id INTEGER,"
        " full_at INTEGER, PRIMARY KEY (tenant_id, key_id)) WITHOUT ROWID"
    )
    return connection
