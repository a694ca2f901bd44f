"""The database of a process: read and write transactions, connections and deadlines.

A read is one transaction on one snapshot and never waits for a writer. A write on SQLite acquires
the write lock before it opens its transaction. Engines are made per process, on first use.
"""

import importlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from pims_api.deadline import (
    SlowPlaces,
    current_deadline,
    ending_within,
    must_end,
    without_deadline,
)
from pims_api.errors import Busy, PimsError
from pims_api.settings import Settings
from pims_api.storage.api_key_cache import ApiKeyCache
from pims_api.storage.caches import Caches
from pims_api.storage.definitions.cache import DefinitionCache
from pims_api.storage.engine.connection_pool import (
    PING_AFTER_S,
    POOLED,
    ConnectionPool,
    PooledConnection,
    PooledSqlite,
)
from pims_api.storage.engine.dialect import (
    is_deadline,
    is_lock_failure,
    is_outage,
    is_unreachable,
    sqlite_module,
)
from pims_api.storage.engine.driver_errors import as_sqlalchemy_error
from pims_api.storage.engine.group_commit import GroupCommit
from pims_api.storage.engine.sqlite.log_file import log_path
from pims_api.storage.engine.sqlite.log_mover import LogMover
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.watch.sequence_watch import SequenceWatch
from pims_api.storage.engine.write_lock import WriteLock

_SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "case_sensitive_like=ON",  # as on PostgreSQL
    "cache_size=-8000",  # KiB per connection: for the upper pages of large indexes
    "journal_size_limit=67108864",
    "wal_autocheckpoint=16000",  # pages, of which a commit then moves what LogMover has not
)
# KiB: a batch changes 2,000 pages. Those that the cache cannot hold are written to the log before
# the commit. When they change again they are written anew, with the checksums of all frames behind.
_WRITERS_CACHE = "cache_size=-16000"
# A commit whose result was lost may have happened, so this cannot say "nothing was stored".
_UNREACHABLE = "The database could not be reached."
_OUTAGE = "The database is not available now. Look at what is stored before you send this again!"
# A long write may compute for a minute between statements; a lost client must still time out.
_LONG_IDLE_TIMEOUT = PreparedStatement(
    select(func.set_config("idle_in_transaction_session_timeout", "10min", True))
)
_LOG_ALONE = (
    "{file} is absent, and its log {file}-wal is there, with the last writes in it. Bring the file "
    "back to its log, or move the log away!"
)
_FILE = "pims_file"
_IDLE_SINCE = "pims_idle_since"
_STEPS_PER_LOOK = 20_000  # SQLite instructions between two looks at the clock


class Database:
    """One database, with the connections and caches that a process has for it.

    slow_places: those of the process for requests that read and are slow.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = normal_url(settings.database_url)
        self.caches = Caches(settings)
        self.slow_places = SlowPlaces(settings.slow_reads_max)

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
        write_lock = WriteLock(Path(self.url.database or ""), wait_s)
        return GroupCommit(write_lock, self._connect_writer, wait_s, _OUTAGE)

    def _connect_writer(self) -> Connection:
        connection = self.engine.execution_options(pims_writes=True).connect()
        driver: Any = connection.connection.driver_connection
        with as_sqlalchemy_error(connection):
            driver.execute(f"PRAGMA {_WRITERS_CACHE}")
        return connection

    @cached_property
    def _log_mover(self) -> LogMover:
        return LogMover(Path(self.url.database or ""))

    @cached_property
    def pool(self) -> ConnectionPool:
        return ConnectionPool(self._new_pooled, self.settings.pool_size)

    def _new_pooled(self) -> PooledConnection:
        if self.is_sqlite:
            return PooledSqlite(self.engine.connect())
        connection = self.engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        pooled: PooledConnection = _postgres("postgres.pooled").PooledPostgres(connection)
        return pooled

    @cached_property
    def watch(self) -> SequenceWatch:
        """What waits until something is written."""
        bell = (
            None
            if self.is_sqlite
            else _postgres("watch.postgres_bell").PostgresBell(self._libpq_url)
        )
        return SequenceWatch(self.reading, bell, self.settings.waiting_max)

    @property
    def _libpq_url(self) -> str:
        plain = self.url.set(drivername="postgresql")
        return plain.render_as_string(hide_password=False)

    @cached_property
    def _long_reading_engine(self) -> Engine:
        without_deadline = self.engine.execution_options(pims_no_deadline=True)
        if self.is_sqlite:
            return without_deadline
        return without_deadline.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @contextmanager
    def reading(self, *, deadline: bool = True) -> Iterator[Connection]:
        """Open a read transaction on one snapshot. Raises Busy past the deadline.

        deadline: that of the request under way, or one of its own; False: none, for a read of a
        whole catalogue; it holds up no writer.
        """
        limit = ending_within(self.settings.read_deadline_s) if deadline else without_deadline()
        connect = self.pool.checkout if deadline else self._long_reading_engine.connect
        with limit, _errors_as_busy(), connect() as connection:
            yield connection

    @contextmanager
    def writing(self, *, group_commit: bool = False) -> Iterator[Connection]:
        """Open a write transaction, which is rolled back unless the caller commits it by `commit`.

        group_commit: the write is short, and on SQLite may be committed together with others.
        Raises Busy when the write lock is not free in time.
        """
        with _errors_as_busy():
            if self.is_sqlite:
                with self._writers.writing(group_commit=group_commit) as connection:
                    yield connection
                self._log_mover.after_write()
            else:
                with self.pool.checkout(writes=True) as connection:
                    if not group_commit:
                        _LONG_IDLE_TIMEOUT.run(connection, {})  # travels with the first statement
                    yield connection

    def commit(self, connection: Connection, *, alone: bool = True) -> None:
        """Commit a write transaction: at once, or with `group_commit` at the end of its block.

        A group commit makes the end of the block wait, and raise Busy when the commit failed.
        alone: no later write joins the same commit.
        """
        if self.is_sqlite:
            self._writers.commit(alone=alone)
        else:
            connection.commit()

    def make_file(self) -> None:
        """Create the SQLite file if it is absent; connecting never does.

        Raises PimsError when there is the log of a file that was moved: SQLite would remove it.
        """
        if not self.is_sqlite:
            return
        path = Path(self.url.database or "")
        if not path.exists() and log_path(path).exists():
            raise PimsError(_LOG_ALONE.format(file=path.name))
        path.touch()

    def is_in_place(self, connection: Connection) -> bool:
        """Return whether the file at the path is the one that a SQLite connection has open."""
        return not self.is_sqlite or connection.info.get(_FILE) == _file_id(self.url.database)

    def close(self) -> None:
        """Close every connection of this process."""
        self.pool.close()
        if self.is_sqlite:
            self._writers.close()
            self._log_mover.wait()
        self.engine.dispose()


def open_database(url: str | None = None, settings: Settings | None = None) -> Database:
    """Return the database of a URL, or the one that the settings name. Connects on first use."""
    chosen = settings or Settings.from_environment()
    if url is not None:
        chosen = _with_url(chosen, url)
    return Database(chosen)


def normal_url(written: str) -> URL:
    """Return a URL with the driver that PIMS uses for its engine.

    >>> str(normal_url("postgresql://me@localhost/pims"))
    'postgresql+psycopg://me@localhost/pims'
    """
    url = make_url(written)
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    return url


def sqlite_pragmas(settings: Settings) -> tuple[str, ...]:
    """Return the PRAGMAs of every SQLite connection, without the word PRAGMA."""
    # FULL: a commit is on disk before it is acknowledged
    return (*_SQLITE_PRAGMAS, f"synchronous={settings.sqlite_synchronous}")


def _with_url(settings: Settings, url: str) -> Settings:
    return replace(settings, database_url=url)


@contextmanager
def _errors_as_busy() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        causes = [*_causes(error)]
        deadline = current_deadline()
        if any(map(is_deadline, causes)) and deadline is not None:
            raise (deadline.refusal() or deadline.overdue()) from error
        if any(is_lock_failure(one) or is_deadline(one) for one in causes):
            raise Busy from error
        if error.connection_invalidated or any(map(is_outage, causes)):
            raise Busy(_OUTAGE) from error
        if any(map(is_unreachable, causes)):
            raise Busy(_UNREACHABLE) from error
        raise
    except TimeoutError as error:  # every connection of the pool is in use
        raise Busy from error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the driver's error, and those before it.

    SQLite undoes the whole transaction of a write that it stops, so that the way back to a
    savepoint fails; the reason is the error before.
    """
    while isinstance(error, DBAPIError):
        cause = error.orig or error
        yield cause
        error = cause.__context__


def _sqlite_engine(database: Database) -> Engine:
    settings = database.settings
    engine = create_engine(
        _existing_file(database.url),
        module=sqlite_module(),
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size + 1,  # the connection of writers stays open
        pool_timeout=settings.lock_wait_s,
        connect_args={"timeout": settings.lock_wait_s, "check_same_thread": False},
    )

    def prepare(driver: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_FILE] = _file_id(database.url.database)
        driver.isolation_level = None  # turns off the driver's own BEGIN
        driver.set_progress_handler(must_end, _STEPS_PER_LOOK)
        for pragma in sqlite_pragmas(settings):
            driver.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        if POOLED in connection.info:
            return  # the pool has sent BEGIN
        writes = connection.get_execution_options().get("pims_writes", False)
        driver: Any = connection.connection.driver_connection
        with as_sqlalchemy_error(connection):
            driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def _existing_file(url: URL) -> URL:
    """Return a URL by which SQLite opens a file that is there, and makes none."""
    path = Path(url.database or "").absolute()
    return url.set(database=path.as_uri(), query={**url.query, "mode": "rw", "uri": "true"})


def _file_id(path: str | None) -> tuple[int, int] | None:
    """Return what tells a file from another one that takes its name; None: there is none."""
    try:
        found = Path(path or "").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _has_no_deadline(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("pims_no_deadline"))


def _postgres(name: str) -> Any:
    """Return a module of the engine of PostgreSQL, which nobody else waits for."""
    return importlib.import_module(f"pims_api.storage.engine.{name}")


def _postgres_engine(database: Database) -> Engine:
    postgres = _postgres("postgres.pooled")
    settings = database.settings
    options = (
        f"-c statement_timeout={int(settings.read_deadline_s * 1000)}"
        f" -c lock_timeout={int(settings.lock_wait_s * 1000)}"
        " -c idle_in_transaction_session_timeout=30000 -c jit=off"
        # A plan that was cached while a table was empty would scan all of it when it has grown,
        # until the next ANALYZE. Every statement here has an index to use.
        " -c enable_seqscan=off"
    )
    engine = create_engine(
        database.url,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_timeout=settings.lock_wait_s,
        connect_args={"options": options, "prepare_threshold": 3},
        use_native_hstore=False,  # no column has that type, so nobody need ask for its number
    )

    def ping_if_idle(driver: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
        """Replace a connection that was lost while nobody used it."""
        if time.monotonic() - entry.info.get(_IDLE_SINCE, 0.0) > PING_AFTER_S:
            postgres.ping(driver)

    def note_checkin(_driver: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_IDLE_SINCE] = time.monotonic()

    def begin(connection: Connection) -> None:
        if POOLED not in connection.info and _has_no_deadline(connection):
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            # The consumer of the rows, such as a pager, may be slow.
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")

    event.listen(engine, "checkout", ping_if_idle)
    event.listen(engine, "checkin", note_checkin)
    event.listen(engine, "begin", begin)
    postgres.listen_to_sqlalchemy(engine)
    return engine
