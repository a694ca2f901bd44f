"""Errors of drivers that are called past SQLAlchemy, raised as SQLAlchemy's."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


class as_sqlalchemy_error:  # noqa: N801 - used like a function, and faster than one that yields
    """Raise what SQLAlchemy would raise for an error of the driver in a block.

    commits: the block commits, so nobody knows what is stored if the connection is lost meanwhile;
    the error says so (`connection_invalidated`).
    """

    __slots__ = ("_commits", "_connection", "_sql")

    def __init__(
        self, connection: Connection, sql: str | None = None, *, commits: bool = False
    ) -> None:
        self._connection = connection
        self._sql = sql
        self._commits = commits

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(self, _kind: Any, error: BaseException | None, _where: Any) -> None:
        if error is None:
            return
        driver: Any = self._connection.dialect.loaded_dbapi
        if not isinstance(error, driver.Error):
            return
        linked: Any = self._connection.connection.driver_connection
        raise DBAPIError.instance(
            self._sql,
            None,
            error,
            driver.Error,
            hide_parameters=True,
            connection_invalidated=self._commits and linked.closed,
            dialect=self._connection.dialect,
        ) from error
