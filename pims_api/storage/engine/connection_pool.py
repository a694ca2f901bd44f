"""A connection pool of a process, cheaper than SQLAlchemy's own.

Checking a connection out of SQLAlchemy's pool and opening a transaction through it costs more than
a small read does, so here both are done by hand. Connections to a SQLite file only read: its
writers share one of their own, see `group_commit`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from pims_api.deadline import TooSlow
from pims_api.errors import PimsError
from pims_api.storage.engine.driver_errors import as_sqlalchemy_error

if TYPE_CHECKING:  # whoever works with SQLite does not wait for the driver of the other engine
    from pims_api.storage.engine.pipeline import Pipeline

PING_AFTER_S = 1.0  # an idle connection is pinged before it is used again
POOLED = "pims_pooled"  # the key in the `info` of a SQLAlchemy connection


class PooledConnection:
    """A connection of the pool.

    connection: for statements that SQLAlchemy executes. driver: the DBAPI connection below it.
    pipeline: for prepared statements, on PostgreSQL.
    """

    pipeline: "Pipeline | None" = None

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
    """A connection to a SQLite file that only reads."""

    def begin(self, *, writes: bool) -> None:
        with as_sqlalchemy_error(self.connection):
            self.driver.execute("BEGIN")

    def end(self) -> None:
        super().end()
        with as_sqlalchemy_error(self.connection):
            self.driver.rollback()


class ConnectionPool:
    """The open connections of a process. connect: opens one. idle_max: idle ones that stay open.

    idle: those that are open and not lent.
    """

    def __init__(self, connect: Callable[[], PooledConnection], idle_max: int) -> None:
        self._connect = connect
        self._idle_max = idle_max
        self.idle: list[PooledConnection] = []

    @contextmanager
    def checkout(self, *, writes: bool = False) -> Iterator[Connection]:
        """Lend a connection for one transaction; it is closed after any error but a refusal.

        It is closed too when the deadline ends a loop over rows, which may leave a cursor open.
        """
        pooled = self._next()
        try:
            pooled.begin(writes=writes)
            yield pooled.connection
        except (PimsError, GeneratorExit) as error:
            if isinstance(error, TooSlow):
                pooled.discard()
            else:
                self._check_in(pooled)
            raise
        except BaseException:
            pooled.discard()
            raise
        self._check_in(pooled)

    def close(self) -> None:
        """Close the idle connections."""
        while self.idle:
            self.idle.pop().discard()

    def _next(self) -> PooledConnection:
        while True:
            try:
                pooled = self.idle.pop()
            except IndexError:
                return self._connect()
            if pooled.is_alive():
                return pooled
            pooled.discard()

    def _check_in(self, pooled: PooledConnection) -> None:
        try:
            pooled.end()
        except DBAPIError:  # all that was asked is answered, and the engine rolls back by itself
            pooled.discard()
            return
        except Exception:
            pooled.discard()
            raise
        pooled.idle_since = time.monotonic()
        if len(self.idle) < self._idle_max:
            self.idle.append(pooled)
        else:
            pooled.release()
