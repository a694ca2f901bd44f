"""Databases that fail in the middle of a request, each time at another statement.

`with failing(fault, 3) as shot:` the third statement that the thread sends while the block lasts
fails, as the engine would make it fail. Every statement of a database that is `breakable` counts,
whoever sends it: BEGIN, savepoints, what opens a connection, COMMIT; only ROLLBACK never fails.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event

from pims_api.deadline import must_end
from pims_api.storage.database import Database
from pims_api.storage.engine import pipeline
from pims_api.storage.engine.dialect import sqlite_module

SECRET = "of no concern to the caller"
_SQLITE: Any = sqlite_module()
_STEPS_PER_LOOK = 20_000
_DML = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_END = "SELECT pg_terminate_backend(pg_backend_pid())"
_RAISE = f"DO $$ BEGIN RAISE EXCEPTION '{SECRET}' USING ERRCODE = '%s'; END $$"


@dataclass(frozen=True)
class Fault:
    """One way in which a statement fails.

    sql: what a PostgreSQL server executes instead of it; None: the connection is lost, without a
    word. error: the name of an error of SQLite. undoes: whether that undoes the whole transaction.
    """

    name: str
    sql: str | None = None
    error: str = ""
    undoes: bool = False

    def __str__(self) -> str:
        return self.name


POSTGRES = [
    Fault("lost"),
    Fault("ended by the server", sql=_END),
    Fault("cancelled", sql=_RAISE % "57014"),
    Fault("deadlock", sql=_RAISE % "40P01"),
    Fault("serialization failure", sql=_RAISE % "40001"),
    Fault("lock timeout", sql=_RAISE % "55P03"),
    Fault("disk full", sql=_RAISE % "53100"),
    Fault("I/O error", sql=_RAISE % "58030"),
    Fault("shut down", sql=_RAISE % "57P01"),
    Fault("read only", sql=_RAISE % "25006"),
    Fault("idle for too long", sql=_RAISE % "25P03"),
]
SQLITE = [
    Fault("interrupted", error="SQLITE_INTERRUPT"),
    Fault("disk full, all undone", error="SQLITE_FULL", undoes=True),
    Fault("locked", error="SQLITE_BUSY"),
    Fault("disk full", error="SQLITE_FULL"),
    Fault("I/O error, all undone", error="SQLITE_IOERR_WRITE", undoes=True),
    Fault("I/O error", error="SQLITE_IOERR_READ"),
    Fault("locked by a reader", error="SQLITE_BUSY_SNAPSHOT"),
    Fault("locking protocol", error="SQLITE_PROTOCOL"),
    Fault("out of memory", error="SQLITE_NOMEM", undoes=True),
]


@dataclass
class Shot:
    """What was sent while a block lasted. hit: the statement that failed, if it came so far."""

    fault: Fault
    number: int
    thread: int = field(default_factory=threading.get_ident)
    sent: list[str] = field(default_factory=list)
    hit: str | None = None

    def fails(self, sql: str) -> bool:
        """Note a statement; return whether it is the one that fails."""
        if not sql or (sql.startswith("ROLLBACK") and "TO" not in sql):
            return False
        self.sent.append(sql)
        if len(self.sent) == self.number:
            self.hit = sql
        return len(self.sent) == self.number


_shots: list[Shot] = []


@contextmanager
def failing(fault: Fault, number: int) -> Iterator[Shot]:
    """Make the statement of that number fail, counted from 1."""
    shot = Shot(fault, number)
    _shots.append(shot)
    try:
        yield shot
    finally:
        _shots.remove(shot)


def _fault_of(sql: str) -> Fault | None:
    """Return how a statement that is about to be sent fails; None: it does not."""
    here = threading.get_ident()
    shot = next((one for one in _shots if one.thread == here), None)
    return shot.fault if shot is not None and shot.fails(sql) else None


@contextmanager
def breakable(database: Database) -> Iterator[Database]:
    """Let statements of a database fail that has no connection yet."""
    if database.is_sqlite:
        event.listen(database.engine, "do_connect", _make_breakable)
        yield database
        return
    event.listen(database.engine, "before_cursor_execute", _before_statement, retval=True)
    with pytest.MonkeyPatch.context() as patch:
        open_pipeline, execute = pipeline.Pipeline.__init__, psycopg.Connection.execute

        def opened(self: Any, driver: Any) -> None:
            open_pipeline(self, driver)
            self._libpq = _Libpq(self._libpq)

        def executed(self: Any, sql: Any, *more: Any, **how: Any) -> Any:
            return execute(self, _aimed(self.pgconn, sql), *more, **how)

        patch.setattr(pipeline.Pipeline, "__init__", opened)
        patch.setattr(psycopg.Connection, "execute", executed)
        yield database


# PostgreSQL: the server itself fails, inside the transaction.


def _aimed(libpq: Any, sql: str) -> str:
    """Return what is sent for a statement: itself, unless it fails."""
    fault = _fault_of(sql)
    if fault is None:
        return sql
    if fault.sql is None:
        with socket.socket(fileno=os.dup(libpq.socket)) as same:
            same.shutdown(socket.SHUT_RDWR)
    return fault.sql or sql


def _before_statement(
    connection: Connection, cursor: Any, sql: str, parameters: Any, _: Any, many: bool
) -> tuple[str, Any]:
    if cursor is None:  # it is one of the pipeline
        return sql, parameters
    sent = _aimed(connection.connection.driver_connection.pgconn, sql)  # type: ignore[union-attr]
    return sent, parameters if sent == sql else [{}] if many else {}


class _Libpq:
    """A connection of libpq whose statements may fail."""

    def __init__(self, libpq: Any) -> None:
        self._libpq = libpq

    def __getattr__(self, name: str) -> Any:
        return getattr(self._libpq, name)

    def send_query_params(self, command: bytes, values: Any) -> None:
        self._libpq.send_query_params(self._aimed(command), values)

    def send_query_prepared(self, name: bytes, *bound: Any) -> None:
        sent = self._aimed(name)
        if sent == name:
            self._libpq.send_query_prepared(name, *bound)
        else:
            self._libpq.send_query_params(sent, None)

    def exec_prepared(self, name: bytes, *bound: Any) -> Any:
        sent = self._aimed(name)
        return self._libpq.exec_prepared(name, *bound) if sent == name else self._libpq.exec_(sent)

    def prepare(self, name: bytes, sql: bytes) -> Any:
        sent = self._aimed(sql)
        return self._libpq.prepare(name, sql) if sent == sql else self._libpq.exec_(sent)

    def _aimed(self, sql: bytes) -> bytes:
        return _aimed(self._libpq, sql.decode()).encode()


# SQLite: a real interruption; the other errors with what they do to the transaction.


def _make_breakable(_dialect: Any, _record: Any, _given: Any, named: dict[str, Any]) -> None:
    named["factory"] = _Connection


class _Cursor(_SQLITE.Cursor):  # type: ignore[misc]
    def execute(self, sql: str, *values: Any) -> Any:
        return self.connection.done(sql, lambda: super(_Cursor, self).execute(sql, *values))

    def executemany(self, sql: str, *values: Any) -> Any:
        return self.connection.done(sql, lambda: super(_Cursor, self).executemany(sql, *values))

    def fetchone(self) -> Any:
        return self.connection.done("FETCH", super().fetchone)

    def fetchmany(self, *count: Any) -> Any:
        return self.connection.done("FETCH", lambda: super(_Cursor, self).fetchmany(*count))

    def fetchall(self) -> Any:
        return self.connection.done("FETCH", super().fetchall)


class _Connection(_SQLITE.Connection):  # type: ignore[misc]
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, *values: Any) -> Any:
        return self.cursor().execute(sql, *values)

    def commit(self) -> None:
        if self.in_transaction:
            self.done("COMMIT", super().commit)

    def done(self, sql: str, do: Callable[[], Any]) -> Any:
        """Do a part of a statement, or fail."""
        fault = _fault_of(sql)
        if fault is None:
            return do()
        if fault.error == "SQLITE_INTERRUPT" and sql.startswith(_DML):
            return self._interrupted(do)
        if fault.undoes and not sql.startswith(("SELECT", "FETCH")):
            with suppress(_SQLITE.Error):
                super().rollback()
        error = _SQLITE.OperationalError(SECRET)
        error.sqlite_errorname = fault.error
        raise error

    def _interrupted(self, do: Callable[[], Any]) -> Any:
        self.set_progress_handler(lambda: 1, 1)
        try:
            do()
        finally:
            self.set_progress_handler(must_end, _STEPS_PER_LOOK)
        pytest.fail("The statement ended before it was interrupted.")
