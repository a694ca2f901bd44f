"""Everything that is stored, to prove that a refusal left no trace."""

from typing import Any

from sqlalchemy import Connection, inspect, literal_column, select, table

from pims_api.storage.database import Database

Rows = dict[str, list[str]]


def stored_rows(database: Database) -> Rows:
    """Return every row of every table, those of the full-text index included, by table."""
    with database.reading() as connection:
        names = inspect(connection).get_table_names()
        return {name: _rows(connection, name) for name in sorted(names)}


def _rows(connection: Connection, name: str) -> list[str]:
    everything: Any = select(literal_column("*")).select_from(table(name))
    return sorted(repr(tuple(row)) for row in connection.execute(everything))
