"""Texts that are not UTF-8: SQLite stores any bytes, and a check tells of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection

# Bytes that are no UTF-8 become lone surrogates, which no text of ours holds.
_AS_IT_IS = partial(str, encoding="utf-8", errors="surrogateescape")


@contextmanager
def reading_any_text(connection: Connection) -> Iterator[None]:
    """Read texts that are not UTF-8 without failing. PostgreSQL has none."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    before, driver.text_factory = driver.text_factory, _AS_IT_IS
    try:
        yield
    finally:
        driver.text_factory = before
