"""Prepared statements: compiled once per engine, then executed by the driver without SQLAlchemy.

What SQLAlchemy does around every execution costs more than SQLite's work for most statements. Its
statements, types, transactions and errors are used all the same.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Executable
from sqlalchemy.engine import Dialect

from pims_api.deadline import check_deadline
from pims_api.storage.engine.connection_pool import POOLED, PooledConnection
from pims_api.storage.engine.driver_errors import as_sqlalchemy_error
from pims_api.storage.engine.query_trace import note_rows

if TYPE_CHECKING:  # its driver is not there for whoever works with SQLite
    from pims_api.storage.engine.pipeline import Pipeline

Statement = Any
"""A SELECT, INSERT, UPDATE or DELETE. Lists as parameters of IN cannot be prepared."""

_ROWS_AT_ONCE = 5_000
_LIBPQ = "libpq"

Parameters = Mapping[str, Any]
Processor = Callable[[Any], Any]


class PreparedStatement:
    """A statement that is compiled once per engine and executed often.

    statement: the same for both engines, or a function that makes it for a connection.
    """

    def __init__(self, statement: Executable | Callable[[Connection], Statement]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def all(self, connection: Connection, parameters: Parameters) -> list[Any]:
        """Return the rows, as named tuples."""
        compiled = self.compiled(connection, parameters)
        return compiled.read(_rows(connection, compiled, parameters))

    def column(self, connection: Connection, parameters: Parameters) -> list[Any]:
        """Return the first cell of each row, unconverted; for very many rows."""
        return [
            row[0] for row in _rows(connection, self.compiled(connection, parameters), parameters)
        ]

    def first(self, connection: Connection, parameters: Parameters) -> Any:
        """Return the first row, or None."""
        rows = self.all(connection, parameters)
        return rows[0] if rows else None

    def each(self, connection: Connection, parameters: Parameters) -> Iterator[Any]:
        """Yield the rows, unconverted, fetched some thousand at a time; for very many rows."""
        compiled = self.compiled(connection, parameters)
        if _pipeline_of(connection) is not None:
            found = _rows(connection, compiled, parameters)
            note_rows(len(found))
            for start in range(0, len(found), _ROWS_AT_ONCE):
                check_deadline()
                yield from found[start : start + _ROWS_AT_ONCE]
            return
        cursor = _cursor(connection, compiled.sql, compiled.bound(parameters))
        try:
            while rows := _fetched(connection, cursor):
                check_deadline()
                note_rows(len(rows))
                yield from rows
        finally:
            cursor.close()

    def run(self, connection: Connection, parameters: Parameters) -> None:
        """Execute a statement whose rows nobody needs. See `run_many`."""
        compiled = self.compiled(connection, parameters)
        _run(connection, compiled, [compiled.bound(parameters)])

    def run_many(self, connection: Connection, rows: Sequence[Parameters]) -> None:
        """Execute a statement, whose rows nobody needs, once per row. All rows have the same names.

        On PostgreSQL a writer does not wait for the result: an error is raised by the next
        statement that returns rows, by `wait_for_writes` or by the commit.
        """
        if rows:
            compiled = self.compiled(connection, rows[0])
            _run(connection, compiled, [compiled.bound(row) for row in rows])

    def run_rows(
        self,
        connection: Connection,
        cells: Mapping[str, Sequence[Any]],
        same: Parameters,
    ) -> None:
        """Do what `run_many` does, for rows given as columns. same: cells that all rows share."""
        size = len(next(iter(cells.values())))
        if size == 1:
            row = {name: column[0] for name, column in cells.items()}
            row.update(same)
            self.run(connection, row)
        elif size:
            compiled = self.compiled(connection, {**same, **cells})
            _run(connection, compiled, compiled.bound_rows(cells, same, size))

    def compiled(self, connection: Connection, parameters: Parameters) -> "_Compiled":
        """Return the statement compiled for the driver of a connection."""
        kind = connection.dialect.name if _pipeline_of(connection) is None else _LIBPQ
        compiled = self._compiled.get(kind)
        if compiled is None:
            statement: Any = self._statement
            if not isinstance(statement, Executable):
                statement = statement(connection)
            dialect = _libpq_dialect() if kind == _LIBPQ else connection.dialect
            compiled = self._compiled[kind] = _compile(statement, dialect, parameters)
        return compiled


@cache
def _libpq_dialect() -> Dialect:
    """Return PostgreSQL's dialect with parameters as libpq takes them, `$1`."""
    postgres: Any = URL.create("postgresql+psycopg").get_dialect()
    made: Dialect = postgres(paramstyle="numeric_dollar")
    return made


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement compiled for a driver.

    places: makes a list of named parameters where they are positional. constants: parameters with
    a fixed value. writers, readers: convert parameters and cells of some types.
    """

    sql: str
    places: Callable[[Parameters], Sequence[Any]] | None
    constants: dict[str, Any]
    writers: Sequence[tuple[str, Processor]]
    make_row: Callable[[Iterable[Any]], Any]
    readers: Sequence[tuple[int, Processor]]

    def bound(self, parameters: Parameters) -> Any:
        """Return parameters converted for the driver."""
        values = parameters
        if self.constants or self.writers:
            values = {**self.constants, **parameters}
            for name, write in self.writers:
                values[name] = write(values[name])
        return values if self.places is None else self.places(values)

    def bound_rows(
        self, cells: Mapping[str, Sequence[Any]], same: Parameters, size: int
    ) -> list[Any]:
        """Return the parameters of each row, converted for the driver. cells: by column."""
        shared = {**self.constants, **same}
        given: dict[str, Iterable[Any]] = dict(cells)
        for name, write in self.writers:
            if name in shared:
                shared[name] = write(shared[name])
            else:
                given[name] = map(write, given[name])
        given |= {name: repeat(value, size) for name, value in shared.items()}
        if self.places is None:
            return [dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True)]
        return list(zip(*self.places(given), strict=True))

    def read(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Return rows of the driver as named tuples of converted cells."""
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


def _pipeline_of(connection: Connection) -> "Pipeline | None":
    """Return the pipeline of a pooled PostgreSQL connection, else None."""
    if connection.dialect.name == "sqlite":
        return None
    pooled: PooledConnection | None = connection.info.get(POOLED)
    return None if pooled is None else pooled.pipeline


def _run(connection: Connection, compiled: _Compiled, bound: Sequence[Any]) -> None:
    """Execute a statement, whose rows nobody needs, once per set of parameters."""
    many, pipeline = len(bound) > 1, _pipeline_of(connection)
    values = bound if many else bound[0]
    if pipeline is None:
        _cursor(connection, compiled.sql, values, many=many).close()
        return
    _announce(connection, pipeline, compiled.sql, values, many=many)
    with as_sqlalchemy_error(connection, compiled.sql):
        for one in bound:
            pipeline.run(compiled.sql, one)


def _rows(
    connection: Connection, compiled: _Compiled, parameters: Parameters
) -> Sequence[Sequence[Any]]:
    """Return all rows of a statement, unconverted."""
    pipeline, sql, values = _pipeline_of(connection), compiled.sql, compiled.bound(parameters)
    if pipeline is not None:
        _announce(connection, pipeline, sql, values)
        with as_sqlalchemy_error(connection, sql):
            return pipeline.rows(sql, values)
    cursor = _opened(connection, sql, values)
    with as_sqlalchemy_error(connection, sql):
        cursor.execute(sql, values)
        found: list[Any] = cursor.fetchall()
    cursor.close()
    return found


def _fetched(connection: Connection, cursor: Any) -> Sequence[Any]:
    """Return the next rows of a cursor. Raises errors as SQLAlchemy's."""
    with as_sqlalchemy_error(connection):
        rows: Sequence[Any] = cursor.fetchmany(_ROWS_AT_ONCE)
    return rows


def _announce(
    connection: Connection, pipeline: "Pipeline", sql: str, parameters: Any, *, many: bool = False
) -> None:
    """Announce a statement of the pipeline to SQLAlchemy."""
    if pipeline.writes:
        _begin(connection)
    _note_statement(connection, sql, parameters, many=many)


def _cursor(connection: Connection, sql: str, parameters: Any, *, many: bool = False) -> Any:
    """Return a cursor that has executed the statement. Raises errors as SQLAlchemy's."""
    cursor = _opened(connection, sql, parameters, many=many)
    with as_sqlalchemy_error(connection, sql):
        if many:
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
    return cursor


def _opened(connection: Connection, sql: str, parameters: Any, *, many: bool = False) -> Any:
    """Return a cursor for a statement that is announced."""
    if POOLED not in connection.info:
        _begin(connection)
    driver: Any = connection.connection.dbapi_connection
    cursor = driver.cursor()
    _note_statement(connection, sql, parameters, cursor, many=many)
    return cursor


def _begin(connection: Connection) -> None:
    """Open SQLAlchemy's transaction, so that it commits it or rolls it back."""
    if not connection.in_transaction():
        connection.begin()


def _note_statement(
    connection: Connection, sql: str, parameters: Any, cursor: Any = None, *, many: bool = False
) -> None:
    """Fire SQLAlchemy's event of a statement that is about to be executed, if there is time."""
    check_deadline()
    for note in connection.engine.dispatch.before_cursor_execute:
        note(connection, cursor, sql, parameters, None, many)


Asked = tuple[PreparedStatement, Parameters]
"""A statement and its parameters."""


def wait_for_writes(connection: Connection) -> None:
    """Wait for the statements that `run` and `run_many` have buffered. Raises their errors."""
    pipeline = _pipeline_of(connection)
    if pipeline is not None and pipeline.writes:
        with as_sqlalchemy_error(connection):
            pipeline.begin()


def prefetch(connection: Connection, asked: Sequence[Asked]) -> None:
    """Prefetch the rows of several statements in one round trip, for their next execution.

    Does nothing on SQLite, where a statement has no round trip.
    """
    pipeline = _pipeline_of(connection)
    if pipeline is None:
        return
    if pipeline.writes:
        _begin(connection)
    statements = []
    for prepared, parameters in asked:
        compiled = prepared.compiled(connection, parameters)
        statements.append((compiled.sql, compiled.bound(parameters)))
    with as_sqlalchemy_error(connection):
        pipeline.prefetch(statements)
