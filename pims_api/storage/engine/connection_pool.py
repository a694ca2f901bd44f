"""A connection pool of a process, cheaper than SQLAlchemy's own.

Checking a connection out of SQLAlchemy's pool and opening a transaction through it costs more than
a small read does, so here both are done by hand. Connections to a SQLite file only read: its
writers share one of their own, see `group_commit`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event

from pims_api.errors import PimsError
from pims_api.storage.engine.driver_errors import as_sqlalchemy_error
from pims_api.storage.engine.pipeline import Pipeline

PING_AFTER_S = 1.0  # an idle connection is pinged before it is used again
POOLED = "pims_pooled"  # the key in the `info` of a SQLAlchemy connection


class PooledConnection:
    """A connection of the pool.

    connection: for statements that SQLAlchemy executes. driver: the DBAPI connection below it.
    pipeline: for prepared statements, on PostgreSQL.
    """

    pipeline: Pipeline | None = None

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.driver: Any = connection.connection.driver_connection
        self.idle_since = 0.0
        connection.info[POOLED] = self

    def begin(self, *, writes: bool) -> None:
        """Open a transaction, now or with the first statement."""

    def end(self) -> None:
        """Roll back what is left of the transaction."""
        if self.connection.in_transaction():
            self.connection.rollback()

    def is_alive(self) -> bool:
        """Return whether the server still answers."""
        return True

    def release(self) -> None:
        """Return the connection to SQLAlchemy's pool, in the state in which it came from there."""
        self.connection.info.pop(POOLED, None)
        self.connection.close()

    def discard(self) -> None:
        """Close the connection, so that nobody uses it again."""
        self.connection.invalidate()
        self.connection.close()


class PooledSqlite(PooledConnection):
    """A connection to a SQLite file that only reads.

    set_deadline: sets the time at which a read that begins now is interrupted.
    """

    def __init__(self, connection: Connection, set_deadline: Callable[[], None]) -> None:
        super().__init__(connection)
        self._set_deadline = set_deadline

    def begin(self, *, writes: bool) -> None:
        self._set_deadline()
        self.driver.execute("BEGIN")

    def end(self) -> None:
        super().end()
        self.driver.rollback()


class PooledPostgres(PooledConnection):
    """A connection to a PostgreSQL server, whose transaction begins with the first statement.

    Events of SQLAlchemy reach it, so that the pipeline and SQLAlchemy share one transaction.
    """

    pipeline: Pipeline

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._prepare_threshold = self.driver.prepare_threshold
        self._let_driver_prepare_none()
        self.pipeline = Pipeline(self.driver)

    def _let_driver_prepare_none(self) -> None:
        """Turn off psycopg's prepared statements: a rollback that drops its own drops ours too."""
        self.driver.prepare_threshold = None
        self.driver.execute("BEGIN")
        self.driver.rollback()  # psycopg drops those that it has prepared so far

    def begin(self, *, writes: bool) -> None:
        self.pipeline.writes = writes

    def before_statement(self, cursor: Any, *_: Any) -> None:
        """Open the transaction and send buffered statements before SQLAlchemy sends one."""
        if cursor is None:  # the event is about a statement of the pipeline itself
            return
        with as_sqlalchemy_error(self.connection):
            self.pipeline.begin()

    def on_commit(self) -> None:
        """Commit, so that SQLAlchemy has nothing left to commit."""
        with as_sqlalchemy_error(self.connection, commits=True):
            self.pipeline.commit()

    def on_rollback(self) -> None:
        """Roll back, so that SQLAlchemy has nothing left to roll back."""
        self.pipeline.end()
        self.pipeline.drain()

    def on_savepoint_rollback(self, *_: Any) -> None:
        """Drop buffered statements: all of them came after the savepoint."""
        self.pipeline.forget()

    def end(self) -> None:
        self.pipeline.end()
        super().end()

    def release(self) -> None:
        self.pipeline.drain()
        self.driver.prepare_threshold = self._prepare_threshold
        super().release()

    def is_alive(self) -> bool:
        if time.monotonic() - self.idle_since <= PING_AFTER_S:
            return True
        try:
            self.pipeline.ping()
        except psycopg.Error:
            return False
        return True


class ConnectionPool:
    """The open connections of a process. connect: opens one. idle_max: idle ones that stay open."""

    def __init__(self, connect: Callable[[], PooledConnection], idle_max: int) -> None:
        self._connect = connect
        self._idle_max = idle_max
        self._idle: list[PooledConnection] = []

    @contextmanager
    def checkout(self, *, writes: bool = False) -> Iterator[Connection]:
        """Lend a connection for one transaction; it is closed after any error but a refusal."""
        pooled = self._next()
        try:
            pooled.begin(writes=writes)
            yield pooled.connection
        except (PimsError, GeneratorExit):
            self._check_in(pooled)
            raise
        except BaseException:
            pooled.discard()
            raise
        self._check_in(pooled)

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().discard()

    def _next(self) -> PooledConnection:
        while True:
            try:
                pooled = self._idle.pop()
            except IndexError:
                return self._connect()
            if pooled.is_alive():
                return pooled
            pooled.discard()

    def _check_in(self, pooled: PooledConnection) -> None:
        try:
            pooled.end()
        except Exception:
            pooled.discard()
            raise
        pooled.idle_since = time.monotonic()
        if len(self._idle) < self._idle_max:
            self._idle.append(pooled)
        else:
            pooled.release()


def listen_to_sqlalchemy(engine: Engine) -> None:
    """Forward events of a PostgreSQL engine to the pooled connection that they are about."""
    for event_name, handler in (
        ("before_cursor_execute", PooledPostgres.before_statement),
        ("commit", PooledPostgres.on_commit),
        ("rollback", PooledPostgres.on_rollback),
        ("rollback_savepoint", PooledPostgres.on_savepoint_rollback),
    ):
        event.listen(engine, event_name, partial(_forward, handler))


def _forward(handler: Callable[..., None], connection: Connection, *more: Any) -> None:
    pooled = None if connection.invalidated else connection.info.get(POOLED)
    if pooled is not None:
        handler(pooled, *more)
