"""Statements of hot paths: compiled once for each engine, then sent by the driver alone.

What SQLAlchemy does around every execution costs more than SQLite does for most statements. Its
statements, types, transactions and errors stay; the way from a statement to the driver is short.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

from pims_api.storage.trace import note_rows

Statement = Any
"""A SELECT, INSERT, UPDATE or DELETE. Lists as parameters of IN cannot be prepared."""

_ROWS_AT_ONCE = 5_000

Parameters = Mapping[str, Any]
Processor = Callable[[Any], Any]


class Prepared:
    """A statement that is run often.

    statement: the same for both engines, or a function that makes it for a connection.
    """

    def __init__(self, statement: Executable | Callable[[Connection], Statement]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def all(self, connection: Connection, parameters: Parameters) -> list[Any]:
        """Return the rows: tuples whose cells also have the names of their columns."""
        compiled = self._for(connection, parameters)
        return compiled.rows(_cursor(connection, compiled.sql, compiled.bound(parameters)))

    def column(self, connection: Connection, parameters: Parameters) -> list[Any]:
        """Return the first cell of each row as the driver has it, for very many rows."""
        compiled = self._for(connection, parameters)
        cursor = _cursor(connection, compiled.sql, compiled.bound(parameters))
        found = [row[0] for row in cursor.fetchall()]
        cursor.close()
        return found

    def first(self, connection: Connection, parameters: Parameters) -> Any:
        """Return the first row, or None."""
        rows = self.all(connection, parameters)
        return rows[0] if rows else None

    def each(self, connection: Connection, parameters: Parameters) -> Iterator[Any]:
        """Yield the rows as the driver has them, some thousand at a time, for very many of them."""
        compiled = self._for(connection, parameters)
        cursor = _cursor(connection, compiled.sql, compiled.bound(parameters))
        try:
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                note_rows(len(rows))
                yield from rows
        finally:
            cursor.close()

    def run(self, connection: Connection, parameters: Parameters) -> None:
        """Run a statement that returns nothing."""
        compiled = self._for(connection, parameters)
        _cursor(connection, compiled.sql, compiled.bound(parameters)).close()

    def run_many(self, connection: Connection, rows: Sequence[Parameters]) -> None:
        """Run a statement that returns nothing once per row. The rows have the same names."""
        if len(rows) == 1:
            self.run(connection, rows[0])
        elif rows:
            compiled = self._for(connection, rows[0])
            bound = [compiled.bound(row) for row in rows]
            _cursor(connection, compiled.sql, bound, many=True).close()

    def _for(self, connection: Connection, parameters: Parameters) -> "_Compiled":
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            statement: Any = self._statement
            if not isinstance(statement, Executable):
                statement = statement(connection)
            compiled = _compile(statement, connection.dialect, parameters)
            self._compiled[connection.dialect.name] = compiled
        return compiled


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as a driver takes it. places: puts parameters in order, if they have one."""

    sql: str
    places: Callable[[Parameters], Sequence[Any]] | None
    constants: dict[str, Any]
    writers: Sequence[tuple[str, Processor]]
    make_row: Callable[[Iterable[Any]], Any]
    readers: Sequence[tuple[int, Processor]]

    def bound(self, parameters: Parameters) -> Any:
        """Return parameters as the driver takes them."""
        values = {**self.constants, **parameters}
        for name, write in self.writers:
            values[name] = write(values[name])
        return values if self.places is None else self.places(values)

    def rows(self, cursor: Any) -> list[Any]:
        """Return what a cursor holds, values read, and close it."""
        found = cursor.fetchall()
        cursor.close()
        note_rows(len(found))
        if not self.readers:
            return [self.make_row(row) for row in found]
        return [self._read(row) for row in found]

    def _read(self, row: Sequence[Any]) -> Any:
        cells = list(row)
        for place, read in self.readers:
            cells[place] = read(cells[place])
        return self.make_row(cells)


def _compile(statement: Statement, dialect: Dialect, parameters: Parameters) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(parameters))
    binds = {compiled.bind_names[bind]: bind.type for bind in compiled.bind_names}
    writers = (
        (name, kind.dialect_impl(dialect).bind_processor(dialect)) for name, kind in binds.items()
    )
    columns = list(getattr(statement, "exported_columns", ()))
    readers = (
        (place, one.type.dialect_impl(dialect).result_processor(dialect, None))
        for place, one in enumerate(columns)
    )
    row: Any = namedtuple("Row", [str(one.key) for one in columns], rename=True)  # type: ignore[misc]
    return _Compiled(
        sql=str(compiled),
        places=_in_order(compiled.positiontup) if dialect.positional else None,
        constants={
            name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required
        },
        writers=[(name, write) for name, write in writers if write is not None],
        make_row=row._make,
        readers=[(place, read) for place, read in readers if read is not None],
    )


def _in_order(names: Sequence[str]) -> Callable[[Parameters], Sequence[Any]]:
    if len(names) <= 1:  # itemgetter would return no tuple
        return lambda values: [values[name] for name in names]
    return itemgetter(*names)


def _cursor(connection: Connection, sql: str, parameters: Any, *, many: bool = False) -> Any:
    """Return a cursor that has run the statement. Raises what SQLAlchemy would raise."""
    if not connection.in_transaction():
        connection.begin()
    cursor: Any = connection.connection.cursor()
    for note in connection.dispatch.before_cursor_execute:
        note(connection, cursor, sql, parameters, None, many)
    with _told_as_ours(connection, sql):
        if many:
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
    return cursor


@contextmanager
def in_one_go(connection: Connection) -> Iterator[None]:
    """Send what the block runs without waiting for each answer, where the engine is far away.

    Rows that the block asks for are waited for, and only prepared statements may ask for some;
    whatever goes wrong is raised by then, or at its end. On SQLite it makes no difference.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    with _told_as_ours(connection, None), driver.pipeline():
        yield


@contextmanager
def _told_as_ours(connection: Connection, sql: str | None) -> Iterator[None]:
    """Raise what SQLAlchemy would raise for an error of the driver."""
    driver: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise DBAPIError.instance(
            sql, None, error, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
