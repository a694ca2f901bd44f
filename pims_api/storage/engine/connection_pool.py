"""Connections that stay open from one transaction to the next.

Taking a connection from the engine's pool and opening a transaction by way of SQLAlchemy costs
more than a small read does, so here both are done by hand. Those to a SQLite file only read: its
writers share one of their own.
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

TRUSTED_S = 1.0  # after which an idle connection is asked whether it is still there
POOLED = "pims_pooled"  # in the `info` of a connection


class PooledConnection:
    """A connection that is kept. `connection` is for who asks by way of SQLAlchemy.

    wire: the shorter way, where there is one.
    """

    pipeline: Pipeline | None = None

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.driver: Any = connection.connection.driver_connection
        self.rested_since = 0.0
        connection.info[POOLED] = self

    def begin(self, *, writes: bool) -> None:
        """Open a transaction, now or with the first statement."""

    def end(self) -> None:
        """Leave the transaction, and undo what it asked for."""
        if self.connection.in_transaction():
            self.connection.rollback()

    def answers(self) -> bool:
        """Return whether there is still somebody at the other end."""
        return True

    def give_back(self) -> None:
        """Return the connection to the engine's pool, where others find it as it was."""
        self.connection.info.pop(POOLED, None)
        self.connection.close()

    def throw_away(self) -> None:
        """Close a connection that nobody should use again."""
        self.connection.invalidate()
        self.connection.close()


class PooledSqlite(PooledConnection):
    """A connection to a file, which only reads.

    set_deadline: tells by the clock when a read that begins now must end.
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
    """A connection to a server. Its transaction begins with the first statement.

    SQLAlchemy tells of what it is about to do, so that both ways share the transaction.
    """

    pipeline: Pipeline

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._prepare_threshold = self.driver.prepare_threshold
        self._let_driver_prepare_none()
        self.pipeline = Pipeline(self.driver)

    def _let_driver_prepare_none(self) -> None:
        """Keep psycopg from preparing statements: with its own it drops ours upon a rollback."""
        self.driver.prepare_threshold = None
        self.driver.execute("BEGIN")
        self.driver.rollback()  # now it has dropped those that it prepared before

    def begin(self, *, writes: bool) -> None:
        self.pipeline.writes = writes

    def sqlalchemy_asks(self, cursor: Any, *_: Any) -> None:
        """Have the transaction open, with nothing waiting before what SQLAlchemy sends."""
        if cursor is None:  # it was only told of a statement that goes by the wire
            return
        with as_sqlalchemy_error(self.connection):
            self.pipeline.begin()

    def sqlalchemy_commits(self) -> None:
        """Commit. Then SQLAlchemy finds nothing left to be committed."""
        with as_sqlalchemy_error(self.connection, commits=True):
            self.pipeline.commit()

    def sqlalchemy_undoes(self) -> None:
        """Leave the transaction. Then SQLAlchemy finds nothing left to be undone."""
        self.pipeline.end()
        self.pipeline.rest()

    def sqlalchemy_undoes_part(self, *_: Any) -> None:
        """Forget what waits: it came after the savepoint, which was sent before it."""
        self.pipeline.forget()

    def end(self) -> None:
        self.pipeline.end()
        super().end()

    def give_back(self) -> None:
        self.pipeline.rest()
        self.driver.prepare_threshold = self._prepare_threshold
        super().give_back()

    def answers(self) -> bool:
        if time.monotonic() - self.rested_since <= TRUSTED_S:
            return True
        try:
            self.pipeline.ping()
        except psycopg.Error:
            return False
        return True


class ConnectionPool:
    """The kept connections of a process. connect: opens one more. kept_max: of those idle."""

    def __init__(self, connect: Callable[[], PooledConnection], kept_max: int) -> None:
        self._connect = connect
        self._kept_max = kept_max
        self._idle: list[PooledConnection] = []

    @contextmanager
    def lent(self, *, writes: bool = False) -> Iterator[Connection]:
        """Lend one for a transaction. If that failed it is used no more; refusals do no harm."""
        cached = self._next()
        try:
            cached.begin(writes=writes)
            yield cached.connection
        except (PimsError, GeneratorExit):
            self._rest(cached)
            raise
        except BaseException:
            cached.throw_away()
            raise
        self._rest(cached)

    def close(self) -> None:
        """Close those that are idle."""
        while self._idle:
            self._idle.pop().throw_away()

    def _next(self) -> PooledConnection:
        while True:
            try:
                cached = self._idle.pop()
            except IndexError:
                return self._connect()
            if cached.answers():
                return cached
            cached.throw_away()

    def _rest(self, cached: PooledConnection) -> None:
        try:
            cached.end()
        except Exception:
            cached.throw_away()
            raise
        cached.rested_since = time.monotonic()
        if len(self._idle) < self._kept_max:
            self._idle.append(cached)
        else:
            cached.give_back()


def tell_cached(engine: Engine) -> None:
    """Have what is kept of an engine to PostgreSQL hear what SQLAlchemy is about to do with it."""
    for moment, heard in (
        ("before_cursor_execute", PooledPostgres.sqlalchemy_asks),
        ("commit", PooledPostgres.sqlalchemy_commits),
        ("rollback", PooledPostgres.sqlalchemy_undoes),
        ("rollback_savepoint", PooledPostgres.sqlalchemy_undoes_part),
    ):
        event.listen(engine, moment, partial(_tell, heard))


def _tell(heard: Callable[..., None], connection: Connection, *more: Any) -> None:
    cached = None if connection.invalidated else connection.info.get(POOLED)
    if cached is not None:
        heard(cached, *more)
