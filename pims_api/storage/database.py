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

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from pims_api.errors import Busy
from pims_api.settings import Settings
from pims_api.storage.definition_cache import DefinitionCache
from pims_api.storage.dialect import (
    is_deadline,
    is_lock_failure,
    is_outage,
    is_unreachable,
    sqlite_module,
)
from pims_api.storage.write_queue import WriteQueue

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # a commit is on disk before it is acknowledged
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "case_sensitive_like=ON",  # as on PostgreSQL
    "journal_size_limit=67108864",
)
# A commit whose answer was lost may have happened: nobody can say "nothing was stored" here.
_UNREACHABLE = "The database could not be reached."
_OUTAGE = "The database is not available now. Look at what is stored before you send this again!"
_DEADLINE = "pims_deadline"
_DEADLINE_STEPS = 20_000  # SQLite instructions between two looks at the clock


class Database:
    """One database and what a process keeps about it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = normal_url(settings.database_url)
        self.definitions = DefinitionCache()

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @cached_property
    def engine(self) -> Engine:
        return _sqlite_engine(self) if self.is_sqlite else _postgres_engine(self)

    @cached_property
    def _queue(self) -> WriteQueue:
        return WriteQueue(Path(self.url.database or ""), self.settings.lock_wait_s)

    @cached_property
    def _reading_engine(self) -> Engine:
        if self.is_sqlite:
            return self.engine
        return self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @cached_property
    def _writing_engine(self) -> Engine:
        return self.engine.execution_options(pims_writes=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a read transaction on one snapshot. Raises Busy past the deadline."""
        with _busy_when_late(), self._reading_engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a write transaction; the caller commits, leaving without a commit undoes it all.

        Raises Busy when its turn does not come in time.
        """
        with _busy_when_late():
            if self.is_sqlite:
                with self._queue.turn(), self._writing_engine.connect() as connection:
                    yield connection
            else:
                with self._writing_engine.connect() as connection:
                    yield connection

    def close(self) -> None:
        """Close every connection of this process."""
        self.engine.dispose()
        if self.is_sqlite:
            self._queue.close()


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
        max_overflow=settings.pool_size,
        connect_args={"timeout": settings.lock_wait_s, "check_same_thread": False},
    )

    def prepare(driver: Any, entry: ConnectionPoolEntry) -> None:
        driver.isolation_level = None  # we send BEGIN ourselves, where it belongs
        driver.set_progress_handler(partial(_is_late, entry.info), _DEADLINE_STEPS)
        for pragma in _SQLITE_PRAGMAS:
            driver.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("pims_writes", False)
        allowed_s = math.inf if writes else settings.read_deadline_s
        connection.info[_DEADLINE] = time.monotonic() + allowed_s
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _is_late(info: dict[str, Any]) -> bool:
    return time.monotonic() > float(info.get(_DEADLINE, math.inf))


def _postgres_engine(database: Database) -> Engine:
    settings = database.settings
    options = (
        f"-c statement_timeout={int(settings.read_deadline_s * 1000)}"
        f" -c lock_timeout={int(settings.lock_wait_s * 1000)}"
        " -c idle_in_transaction_session_timeout=30000 -c jit=off"
    )
    return create_engine(
        database.url,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_pre_ping=True,
        connect_args={"options": options, "prepare_threshold": 3},
    )
