"""Copies of a SQLite database by SQLite's online backup."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pims_api.storage.engine.dialect import sqlite_module

Tell = Callable[[int, int], None]
"""Is given how much is done, and how much there is to do."""

_PAGES = 1_000  # of one step, which takes some milliseconds


def copy_pages(source: Any, target: Any, tell: Tell = lambda _done, _all: None) -> None:
    """Copy all pages of one driver connection to another.

    With a read transaction in the source, the copy is the state that it sees, and others may write
    meanwhile. Without one, the copy begins anew whenever somebody does.
    """

    def on_step(_status: int, remaining: int, total: int) -> None:
        tell(total - remaining, total)

    source.backup(target, pages=_PAGES, progress=on_step)


def copy_to_file(connection: Connection, path: Path, tell: Tell = lambda _done, _all: None) -> None:
    """Copy what a read transaction sees to a file, which is of no use when this is cut off."""
    connection.exec_driver_sql(
        "SELECT 1 FROM sqlite_master LIMIT 1"
    )  # from here on it sees a state
    with closing(sqlite_module().connect(path)) as target:
        target.execute("PRAGMA journal_mode=OFF")
        target.execute("PRAGMA synchronous=OFF")
        copy_pages(connection.connection.driver_connection, target, tell)


def make_whole(path: Path) -> None:
    """Have a file hold all of its database: move its log into it, and have it need none."""
    with closing(sqlite_module().connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
