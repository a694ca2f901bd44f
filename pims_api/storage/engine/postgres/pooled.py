"""The pooled connections to PostgreSQL, which the pipeline and SQLAlchemy share."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

from pims_api.storage.engine import connection_pool
from pims_api.storage.engine.connection_pool import POOLED, PooledConnection
from pims_api.storage.engine.driver_errors import as_sqlalchemy_error
from pims_api.storage.engine.pipeline import Pipeline


class PooledPostgres(PooledConnection):
    """A connection to a PostgreSQL server, whose transaction begins with the first statement.

    Events of SQLAlchemy reach it, so that the pipeline and SQLAlchemy share one transaction.
    """

    pipeline: Pipeline

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._prepare_threshold = self.driver.prepare_threshold
        try:
            self._let_driver_prepare_none()
        except BaseException:
            self.discard()  # else the engine would count it as used
            raise
        self.pipeline = Pipeline(self.driver)

    def _let_driver_prepare_none(self) -> None:
        """Turn off psycopg's prepared statements: a rollback that drops its own drops ours too."""
        self.driver.prepare_threshold = None
        with as_sqlalchemy_error(self.connection):
            self.driver.execute("BEGIN")
            self.driver.rollback()  # psycopg drops those that it has prepared so far

    def begin(self, *, writes: bool) -> None:
        self.pipeline.writes = writes

    def before_statement(self) -> None:
        """Open the transaction and send buffered statements before SQLAlchemy sends one."""
        with as_sqlalchemy_error(self.connection):
            self.pipeline.begin()

    def on_commit(self) -> None:
        """Commit, so that SQLAlchemy has nothing left to commit."""
        with as_sqlalchemy_error(self.connection, commits=True):
            self.pipeline.commit()

    def on_rollback(self) -> None:
        """Roll back, so that SQLAlchemy has nothing left to roll back."""
        with as_sqlalchemy_error(self.connection):
            self.pipeline.end()
            self.pipeline.drain()

    def on_savepoint_rollback(self, *_: Any) -> None:
        """Drop buffered statements: all of them came after the savepoint."""
        with as_sqlalchemy_error(self.connection):
            self.pipeline.forget()

    def end(self) -> None:
        with as_sqlalchemy_error(self.connection):
            self.pipeline.end()
        super().end()

    def release(self) -> None:
        try:
            self.pipeline.drain()
            # Whoever gets the connection next prepares statements under the same names.
            self.driver.execute("DEALLOCATE ALL")
        except psycopg.Error:
            self.discard()
            return
        self.driver.prepare_threshold = self._prepare_threshold
        super().release()

    def is_alive(self) -> bool:
        if time.monotonic() - self.idle_since <= connection_pool.PING_AFTER_S:
            return True
        try:
            self.pipeline.ping()
        except psycopg.Error:
            return False
        return True


def listen_to_sqlalchemy(engine: Engine) -> None:
    """Forward events of a PostgreSQL engine to the pooled connection that they are about."""
    for event_name, handler in (
        ("commit", PooledPostgres.on_commit),
        ("rollback", PooledPostgres.on_rollback),
        ("rollback_savepoint", PooledPostgres.on_savepoint_rollback),
    ):
        event.listen(engine, event_name, partial(_forward, handler))
    event.listen(engine, "before_cursor_execute", _before_statement)


def _before_statement(connection: Connection, cursor: Any, *_: Any) -> None:
    if cursor is not None:  # else the event is about a statement of the pipeline itself
        _forward(PooledPostgres.before_statement, connection)


def _forward(handler: Callable[..., None], connection: Connection, *more: Any) -> None:
    pooled = None if connection.invalidated else connection.info.get(POOLED)
    if pooled is not None:
        handler(pooled, *more)


def ping(driver: Any) -> None:
    """Raise DisconnectionError, which makes the pool reconnect, when the server does not answer."""
    try:
        driver.execute("")
        driver.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error
