"""The door to the database: engines, real transactions, the writers' line.

A read is one transaction on one snapshot and never waits for a writer. A write takes its turn,
then opens its transaction. Engines are made per process, on first use.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, DisconnectionError, TimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from pims_api.errors import Busy
from pims_api.settings import Settings
from pims_api.storage.api_key_cache import ApiKeyCache
from pims_api.storage.caches import Caches
from pims_api.storage.definitions.cache import DefinitionCache
from pims_api.storage.engine.connection_pool import (
    POOLED,
    TRUSTED_S,
    ConnectionPool,
    PooledConnection,
    PooledPostgres,
    PooledSqlite,
    tell_cached,
)
from pims_api.storage.engine.dialect import (
    is_deadline,
    is_lock_failure,
    is_outage,
    is_unreachable,
    sqlite_module,
)
from pims_api.storage.engine.group_commit import GroupCommit
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.write_lock import WriteLock

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "case_sensitive_like=ON",  # as on PostgreSQL
    "cache_size=-8000",  # kB for each connection: the upper pages of large indexes
    "journal_size_limit=67108864",
    "wal_autocheckpoint=16000",  # pages: what is written again and again is moved over seldom
)
# A commit whose answer was lost may have happened: nobody can say "nothing was stored" here.
_UNREACHABLE = "The database could not be reached."
_OUTAGE = "The database is not available now. Look at what is stored before you send this again!"
# Much is made ready, maybe for a minute, before it is sent. Whoever is gone must not stay for ever.
_PATIENT = PreparedStatement(
    select(func.set_config("idle_in_transaction_session_timeout", "10min", True))
)
_DEADLINE = "pims_deadline"
_RESTED_SINCE = "pims_rested_since"
_DEADLINE_STEPS = 20_000  # SQLite instructions between two looks at the clock


class Database:
    """One database and what a process keeps about it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = normal_url(settings.database_url)
        self.caches = Caches(settings)

    @property
    def definitions(self) -> DefinitionCache:
        return self.caches.of(DefinitionCache)

    @property
    def api_key_cache(self) -> ApiKeyCache:
        return self.caches.of(ApiKeyCache)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @cached_property
    def engine(self) -> Engine:
        return _sqlite_engine(self) if self.is_sqlite else _postgres_engine(self)

    @cached_property
    def _writers(self) -> GroupCommit:
        wait_s = self.settings.lock_wait_s
        queue = WriteLock(Path(self.url.database or ""), wait_s)
        connect = self.engine.execution_options(pims_writes=True).connect
        return GroupCommit(queue, connect, wait_s, _OUTAGE)

    @cached_property
    def _cached(self) -> ConnectionPool:
        return ConnectionPool(self._new_cached, self.settings.pool_size)

    def _new_cached(self) -> PooledConnection:
        if self.is_sqlite:
            connection = self.engine.connect()
            return PooledSqlite(connection, partial(_set_deadline, connection, self.settings))
        return PooledPostgres(self.engine.execution_options(isolation_level="AUTOCOMMIT").connect())

    @cached_property
    def _long_reading_engine(self) -> Engine:
        unhurried = self.engine.execution_options(pims_takes_its_time=True)
        if self.is_sqlite:
            return unhurried
        return unhurried.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @contextmanager
    def reading(self, *, deadline: bool = True) -> Iterator[Connection]:
        """Open a read transaction on one snapshot. Raises Busy past the deadline.

        deadline: False for what reads a whole catalogue; it holds up no writer.
        """
        if deadline:
            with _busy_when_late(), self._cached.lent() as connection:
                yield connection
        else:
            with _busy_when_late(), self._long_reading_engine.connect() as connection:
                yield connection

    @contextmanager
    def writing(self, *, group_commit: bool = False) -> Iterator[Connection]:
        """Open a write transaction; the caller commits, leaving without a commit undoes it all.

        brief: the work is soon done, and may be committed together with that of others; see
        `commit`. Raises Busy when the turn does not come in time.
        """
        with _busy_when_late():
            if self.is_sqlite:
                with self._writers.writing(group_commit=group_commit) as connection:
                    yield connection
            else:
                with self._cached.lent(writes=True) as connection:
                    if not group_commit:
                        _PATIENT.run(connection, {})  # travels with the first statement
                    yield connection

    def commit(self, connection: Connection, *, alone: bool = True) -> None:
        """Have a write committed by the end of its block: at once, unless it is a brief one.

        A brief one may be committed with others; then it is the block's end that waits, and that
        raises Busy when the commit failed. alone: without any that come after it.
        """
        if self.is_sqlite:
            self._writers.commit(alone=alone)
        else:
            connection.commit()

    def close(self) -> None:
        """Close every connection of this process."""
        self._cached.close()
        if self.is_sqlite:
            self._writers.close()
        self.engine.dispose()


def open_database(url: str | None = None, settings: Settings | None = None) -> Database:
    """Return the database of a URL, or the one that the settings name. Connects on first use."""
    chosen = settings or Settings.from_environment()
    if url is not None:
        chosen = _with_url(chosen, url)
    return Database(chosen)


def normal_url(text: str) -> URL:
    """Return a URL with the drivers that we use.

    >>> str(normal_url("postgresql://me@localhost/pims"))
    'postgresql+psycopg://me@localhost/pims'
    """
    url = make_url(text)
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    return url


def sqlite_pragmas(settings: Settings) -> tuple[str, ...]:
    """Return what every SQLite connection is told when it opens, without the word PRAGMA."""
    # FULL: a commit is on disk before it is acknowledged
    return (*_SQLITE_PRAGMAS, f"synchronous={settings.sqlite_synchronous}")


def _with_url(settings: Settings, url: str) -> Settings:
    return replace(settings, database_url=url)


@contextmanager
def _busy_when_late() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        cause = error.orig or error
        if is_lock_failure(cause) or is_deadline(cause):
            raise Busy from error
        if error.connection_invalidated or is_outage(cause):
            raise Busy(_OUTAGE) from error
        if is_unreachable(cause):
            raise Busy(_UNREACHABLE) from error
        raise
    except TimeoutError as error:  # every connection of the pool is in use
        raise Busy from error


def _sqlite_engine(database: Database) -> Engine:
    settings = database.settings
    engine = create_engine(
        database.url,
        module=sqlite_module(),
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size + 1,  # the one that writes stays open
        connect_args={"timeout": settings.lock_wait_s, "check_same_thread": False},
    )

    def prepare(driver: Any, entry: ConnectionPoolEntry) -> None:
        driver.isolation_level = None  # we send BEGIN ourselves, where it belongs
        driver.set_progress_handler(partial(_is_late, entry.info), _DEADLINE_STEPS)
        for pragma in sqlite_pragmas(settings):
            driver.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        if POOLED in connection.info:
            return  # it has begun
        writes = connection.get_execution_options().get("pims_writes", False)
        connection.info[_DEADLINE] = math.inf
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _set_deadline(connection: Connection, settings: Settings) -> None:
    connection.info[_DEADLINE] = time.monotonic() + settings.read_deadline_s


def _takes_its_time(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("pims_takes_its_time"))


def _is_late(info: dict[str, Any]) -> bool:
    return time.monotonic() > float(info.get(_DEADLINE, math.inf))


def _postgres_engine(database: Database) -> Engine:
    settings = database.settings
    options = (
        f"-c statement_timeout={int(settings.read_deadline_s * 1000)}"
        f" -c lock_timeout={int(settings.lock_wait_s * 1000)}"
        " -c idle_in_transaction_session_timeout=30000 -c jit=off"
        # A plan that was made while a table was empty would read all of it when it has grown,
        # until the engine next counts its rows. Every statement of ours has an index to follow.
        " -c enable_seqscan=off"
    )
    engine = create_engine(
        database.url,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        connect_args={"options": options, "prepare_threshold": 3},
    )

    def wake(driver: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
        """Replace a connection that was lost while nobody used it."""
        if time.monotonic() - entry.info.get(_RESTED_SINCE, 0.0) > TRUSTED_S:
            _ping(driver)

    def rest(_driver: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_RESTED_SINCE] = time.monotonic()

    def begin(connection: Connection) -> None:
        if POOLED not in connection.info and _takes_its_time(connection):
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            # Whoever takes the rows, such as a pager, may be slower than we are.
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")

    event.listen(engine, "checkout", wake)
    event.listen(engine, "checkin", rest)
    event.listen(engine, "begin", begin)
    tell_cached(engine)
    return engine


def _ping(driver: Any) -> None:
    """Raise DisconnectionError, upon which the pool connects anew, when nobody answers."""
    try:
        driver.execute("")
        driver.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error
