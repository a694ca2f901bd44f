"""Bulk INSERT, upsert and UPDATE: one statement for any number of rows on PostgreSQL.

SQLite runs in the same process and takes one statement per row about as fast as one for all. Rows
are given as columns: making an object of each would take longer than writing it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Executable, Table, bindparam, insert, update

from pims_api.storage.engine.dialect import (
    insert_of_arrays,
    is_sqlite,
    update_of_arrays,
    upsert,
    upsert_of_arrays,
)
from pims_api.storage.engine.statement import PreparedStatement

Cells = Mapping[str, list[Any]]
"""The cells of rows by the names of their columns, each column in the same order."""

_NOTHING: Mapping[str, Any] = {}


class _ManyRows:
    """One statement for a row, and what makes one for many, which PostgreSQL alone runs."""

    def __init__(self, one: PreparedStatement, together: Callable[[], Executable]) -> None:
        self._one = one
        self._together = PreparedStatement(lambda _: together())

    def run(self, connection: Connection, cells: Cells, same: Mapping[str, Any] = _NOTHING) -> None:
        """Write rows. same: the cells that all rows share.

        An error may be raised later, by the commit at the latest.
        """
        size = len(next(iter(cells.values())))
        if size == 1 or is_sqlite(connection):
            self._one.run_rows(connection, cells, same)
        elif size:
            self._together.run(connection, {**same, **cells})


class Inserts(_ManyRows):
    """A bulk INSERT of whole rows. same: columns of which all rows have one value."""

    def __init__(self, table: Table, same: Sequence[str] = ()) -> None:
        super().__init__(PreparedStatement(insert(table)), lambda: insert_of_arrays(table, same))


class Upserts(_ManyRows):
    """A bulk INSERT of whole rows that updates some columns of rows that exist."""

    def __init__(self, table: Table, same: Sequence[str], updated: Sequence[str]) -> None:
        one = PreparedStatement(lambda connection: upsert(connection, table, *updated))
        super().__init__(one, lambda: upsert_of_arrays(table, same, *updated))


class Updates(_ManyRows):
    """A bulk UPDATE of some columns of a table.

    Each row names its primary key by parameters called `of_…`, and the new cells by their columns.
    """

    def __init__(self, table: Table, changed: Sequence[Column[Any]]) -> None:
        keys = {f"of_{one.name}": one for one in table.primary_key}
        cells = {one.name: one for one in changed}
        one = update(table).where(*(key == bindparam(name) for name, key in keys.items()))
        one = one.values({c: bindparam(name, type_=c.type) for name, c in cells.items()})
        super().__init__(PreparedStatement(one), lambda: update_of_arrays(table, keys, cells))
