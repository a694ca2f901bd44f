"""Everything that is stored, to prove that a refusal left no trace."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from pims_api.storage.database import Database

Rows = dict[str, list[str]]
# Written some seconds after any request, whatever became of it, or because of a rate.
KEPT_BESIDE = {"api_key_use", "api_key_refusal", "api_key_rate"}
_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_POSTGRES_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def stored_rows(database: Database) -> Rows:
    """Return every row of every table, those of the full-text index included, by table."""
    found = _in_a_file if database.is_sqlite else _in_one_round_trip
    with database.reading() as connection:
        return {name: sorted(map(repr, rows)) for name, rows in found(connection)}


def _in_a_file(connection: Connection) -> Iterable[tuple[str, list[Any]]]:
    cursor = connection.connection.cursor()  # SQLAlchemy's takes longer than the rows
    for name in _wanted(cursor.execute(_SQLITE_TABLES).fetchall()):
        yield name, cursor.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608


def _in_one_round_trip(connection: Connection) -> Iterable[tuple[str, list[Any]]]:
    names = _wanted(connection.exec_driver_sql(_POSTGRES_TABLES).all())
    each = (f"SELECT '{name}', row::text FROM \"{name}\" AS row" for name in names)  # noqa: S608
    rows: dict[str, list[Any]] = {name: [] for name in names}
    for name, row in connection.exec_driver_sql(" UNION ALL ".join(each)):
        rows[name].append(row)
    return rows.items()


def _wanted(names: Iterable[Any]) -> list[str]:
    return sorted({name for (name,) in names} - KEPT_BESIDE)
