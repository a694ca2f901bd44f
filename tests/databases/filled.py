"""What many tests begin with is made once, and its rows are put into the database of each.

`fill_once(url, fill)` calls `fill` for the first database of an engine only. It comes before
anything else that a test stores: what stood there would be replaced, so that is refused.
"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from pims_api.storage.engine.dialect import sqlite_module
from tests.databases.kept import plain_connection

Fill = Callable[[], Any]
FillOnce = Callable[[str, Fill], Any]
_SEQUENCES = "SELECT id, sequence FROM tenant ORDER BY id"
_TOO_LATE = "A test that is filled by `fill_once` has stored something before."
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


@pytest.fixture(scope="session")
def fill_once(tmp_path_factory: pytest.TempPathFactory) -> FillOnce:
    """`fill_once(url, fill)`: the database holds what `fill` makes; returns what it returned."""
    made: dict[tuple[str, str, str], tuple[Any, Callable[[str], None]]] = {}
    folder = tmp_path_factory.mktemp("filled")

    def filled(url: str, fill: Fill) -> Any:
        engine = make_url(url).get_backend_name()
        key = (engine, fill.__module__, fill.__qualname__)
        if key not in made and engine == "sqlite":
            sequences = _sequences(url)
            made[key] = fill(), _kept_file(url, folder / f"{len(made)}.db", sequences)
        elif key not in made:
            before = _rows(url)
            sequences = plain_connection(url).execute(_SEQUENCES).fetchall()
            made[key] = fill(), _kept_rows(url, before, sequences)
        else:
            made[key][1](url)
        return made[key][0]

    return filled


def _kept_file(url: str, kept: Path, before: list[Any]) -> Callable[[str], None]:
    """Copy a SQLite file; return what puts it into another one, which may be open."""
    _copy(_path(url), kept)

    def put(other: str) -> None:
        assert _sequences(other) == before, _TOO_LATE
        _copy(kept, _path(other))

    return put


def _sequences(url: str) -> list[Any]:
    """Return the last transaction of each tenant in a SQLite file."""
    connect: Any = sqlite_module().connect
    with closing(connect(_path(url))) as connection:
        found: list[Any] = connection.execute(_SEQUENCES).fetchall()
        return found


def _path(url: str) -> Path:
    return Path(make_url(url).database or "")


def _copy(source: Path, target: Path) -> None:
    connect: Any = sqlite_module().connect
    with closing(connect(source)) as read, closing(connect(target)) as written:
        written.execute("PRAGMA synchronous=OFF")
        read.backup(written)


def _kept_rows(url: str, before: dict[str, bytes], sequences: list[Any]) -> Callable[[str], None]:
    """Return what puts the rows that were added to a PostgreSQL database into another one."""
    after = _rows(url)
    changed = {name: rows for name, rows in after.items() if rows != before[name]}
    replaced = [name for name in changed if before[name]]

    def put(other: str) -> None:
        connection = plain_connection(other)
        with connection.transaction():
            assert connection.execute(_SEQUENCES).fetchall() == sequences, _TOO_LATE
            for name in replaced:
                connection.execute(_about("DELETE FROM {}", name))
            for name, rows in changed.items():
                with connection.cursor().copy(_about("COPY {} FROM STDIN", name)) as copy:
                    copy.write(rows)

    return put


def _rows(url: str) -> dict[str, bytes]:
    """Return the rows of each table, as COPY writes them."""
    connection = plain_connection(url)
    names = [name for (name,) in connection.execute(_TABLES).fetchall()]
    return {name: _copied(connection, name) for name in names}


def _copied(connection: psycopg.Connection[Any], table: str) -> bytes:
    with connection.cursor().copy(_about("COPY {} TO STDOUT", table)) as copy:
        return b"".join(bytes(block) for block in copy)


def _about(command: Any, table: str) -> sql.Composed:
    return sql.SQL(command).format(sql.Identifier(table))
