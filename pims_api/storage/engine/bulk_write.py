"""Writing many rows of a table: one statement on PostgreSQL, however many there are.

SQLite is at hand, and runs a statement once per row about as fast as once for all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Executable, Table, bindparam, insert, update

from pims_api.storage.engine.dialect import insert_of_arrays, is_sqlite, update_of_arrays
from pims_api.storage.engine.statement import PreparedStatement

Cells = Mapping[str, Any]
"""The cells of a row by the names of its columns."""


class _ManyRows:
    def __init__(self, one: Executable, together: Executable, names: Sequence[str]) -> None:
        self._one = PreparedStatement(one)
        self._together = PreparedStatement(together)
        self._names = names

    def run(self, connection: Connection, rows: Sequence[Cells]) -> None:
        """Write rows. What goes wrong is raised by the commit at the latest."""
        if len(rows) <= 1 or is_sqlite(connection):
            self._one.run_many(connection, rows)
        else:
            lists = {name: [row[name] for row in rows] for name in self._names}
            self._together.run(connection, lists)


class Inserts(_ManyRows):
    """New rows of a table, every column given."""

    def __init__(self, table: Table) -> None:
        super().__init__(insert(table), insert_of_arrays(table), table.c.keys())


class Updates(_ManyRows):
    """Rows found by their primary key, whose cells are called `of_…`, with other cells changed."""

    def __init__(self, table: Table, changed: Sequence[Column[Any]]) -> None:
        keys = {f"of_{one.name}": one for one in table.primary_key}
        cells = {one.name: one for one in changed}
        one = update(table).where(*(key == bindparam(name) for name, key in keys.items()))
        one = one.values({c: bindparam(name, type_=c.type) for name, c in cells.items()})
        super().__init__(one, update_of_arrays(table, keys, cells), [*keys, *cells])
