"""Connections that only read, kept open from one read to the next.

A read is one transaction on one snapshot. Taking a connection from the engine's pool and opening a
transaction by way of SQLAlchemy costs more than a small read does, so here both are done by hand.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection

from pims_api.errors import PimsError
from pims_api.storage.wire import Wire

TRUSTED_S = 1.0  # after which an idle connection is asked whether it is still there
READER = "pims_reader"  # in the `info` of a connection


class Reader:
    """A connection that only reads. `connection` is for who asks by way of SQLAlchemy.

    wire: the shorter way, where there is one.
    """

    wire: Wire | None = None

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.driver: Any = connection.connection.driver_connection
        self.rested_since = 0.0
        connection.info[READER] = self

    def begin(self) -> None:
        """Open a transaction, now or with the first statement."""

    def begun_by_sqlalchemy(self) -> None:
        """Have it open by now, for SQLAlchemy is about to run a statement within it."""

    def end(self) -> None:
        """Leave the transaction, and undo what it asked for."""
        if self.connection.in_transaction():
            self.connection.rollback()

    def answers(self) -> bool:
        """Return whether there is still somebody at the other end."""
        return True

    def give_back(self) -> None:
        """Return the connection to the engine's pool, where others find it as it was."""
        self.connection.info.pop(READER, None)
        self.connection.close()

    def throw_away(self) -> None:
        """Close a connection that nobody should use again."""
        self.connection.info.pop(READER, None)
        self.connection.invalidate()
        self.connection.close()


class SqliteReader(Reader):
    """A connection to a file. deadline: tells by the clock when a read that begins now must end."""

    def __init__(self, connection: Connection, set_deadline: Callable[[], None]) -> None:
        super().__init__(connection)
        self._set_deadline = set_deadline

    def begin(self) -> None:
        self._set_deadline()
        self.driver.execute("BEGIN")

    def end(self) -> None:
        super().end()
        self.driver.rollback()


class PostgresReader(Reader):
    """A connection to a server. Its transaction begins with the first statement."""

    wire: Wire

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._prepare_threshold = self.driver.prepare_threshold
        self._let_driver_prepare_none()
        self.wire = Wire(self.driver)

    def _let_driver_prepare_none(self) -> None:
        """Keep psycopg from preparing statements: with its own it drops ours upon a rollback."""
        self.driver.prepare_threshold = None
        self.driver.execute("BEGIN")
        self.driver.rollback()  # now it has dropped those that it prepared before

    def begun_by_sqlalchemy(self) -> None:
        self.wire.begin()

    def end(self) -> None:
        super().end()
        self.wire.end()

    def give_back(self) -> None:
        self.wire.rest()
        self.driver.prepare_threshold = self._prepare_threshold
        super().give_back()

    def answers(self) -> bool:
        if time.monotonic() - self.rested_since <= TRUSTED_S:
            return True
        try:
            self.wire.ping()
        except psycopg.Error:
            return False
        return True


class Readers:
    """The readers of a process. connect: opens one more. kept_max: how many stay open idle."""

    def __init__(self, connect: Callable[[], Reader], kept_max: int) -> None:
        self._connect = connect
        self._kept_max = kept_max
        self._idle: list[Reader] = []

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a read transaction. A reader that failed is not used again; refusals do no harm."""
        reader = self._next()
        try:
            reader.begin()
            yield reader.connection
        except (PimsError, GeneratorExit):
            self._rest(reader)
            raise
        except BaseException:
            reader.throw_away()
            raise
        self._rest(reader)

    def close(self) -> None:
        """Close those that are idle."""
        while self._idle:
            self._idle.pop().throw_away()

    def _next(self) -> Reader:
        while True:
            try:
                reader = self._idle.pop()
            except IndexError:
                return self._connect()
            if reader.answers():
                return reader
            reader.throw_away()

    def _rest(self, reader: Reader) -> None:
        try:
            reader.end()
        except Exception:
            reader.throw_away()
            raise
        reader.rested_since = time.monotonic()
        if len(self._idle) < self._kept_max:
            self._idle.append(reader)
        else:
            reader.give_back()
