"""Errors of drivers that are called past SQLAlchemy, raised as SQLAlchemy's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def as_sqlalchemy_error(
    connection: Connection, sql: str | None = None, *, commits: bool = False
) -> Iterator[None]:
    """Raise what SQLAlchemy would raise for an error of the driver.

    commits: the block commits, so nobody knows what is stored if the connection is lost meanwhile;
    the error says so (`connection_invalidated`).
    """
    driver: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        linked: Any = connection.connection.driver_connection
        lost = commits and linked.closed
        raise DBAPIError.instance(
            sql,
            None,
            error,
            driver.Error,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=connection.dialect,
        ) from error
