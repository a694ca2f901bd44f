"""Everything that is stored, to prove that a refusal left no trace."""

from sqlalchemy import Connection, inspect

from pims_api.storage.database import Database

Rows = dict[str, list[str]]
KEPT_BESIDE = {"api_key_use"}  # written some seconds after any request, whatever became of it


def stored_rows(database: Database) -> Rows:
    """Return every row of every table, those of the full-text index included, by table."""
    with database.reading() as connection:
        names = inspect(connection).get_table_names()
        wanted = sorted(set(names) - KEPT_BESIDE)
        return {name: _rows(connection, name) for name in wanted}


def _rows(connection: Connection, name: str) -> list[str]:
    everything = connection.exec_driver_sql(f'SELECT * FROM "{name}"')  # noqa: S608
    return sorted(repr(tuple(row)) for row in everything)
