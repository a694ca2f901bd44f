"""SQL and errors that differ between SQLite and PostgreSQL."""

import importlib
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Insert,
    Integer,
    LargeBinary,
    Select,
    Table,
    TableValuedAlias,
    Text,
    Update,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    true,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy import column as named_column
from sqlalchemy.types import TypeEngine

from pims_api.storage.tables.columns import Json

# An older one can corrupt the database when one connection moves the log while another writes.
SAFE_SQLITE = (3, 51, 3)
OCTETS_SQLITE = (3, 43, 0)  # the first one that counts bytes without a copy of the text
_SQLITE_OUTAGES = tuple(
    f"SQLITE_{name}" for name in ("FULL", "IOERR", "CANTOPEN", "READONLY", "NOMEM")
)
# Connection lost, resources used up, shut down, I/O error; a server that only reads; a transaction
# that waited for too long, whose connection the server closes.
_POSTGRES_OUTAGES = ("08", "53", "57P", "58", "25006", "25P03", "25P04")


def sqlite_module() -> ModuleType:
    """Return the driver with the newest SQLite: pysqlite3 if installed, else the built-in one."""
    try:
        return importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3


def sqlite_is_safe() -> bool:
    """Return whether several processes may write, and threads move the log. See SAFE_SQLITE."""
    version: tuple[int, ...] = sqlite_module().sqlite_version_info
    return version >= SAFE_SQLITE


def is_sqlite(connection: Connection) -> bool:
    """Return whether the connection leads to SQLite."""
    return connection.dialect.name == "sqlite"


def _engine_module(dialect: str) -> Any:
    """Return what SQLAlchemy has for one engine only, which programs on the other one never load.

    dialect: sqlite or postgresql.
    """
    return importlib.import_module(f"sqlalchemy.dialects.{dialect}")


def upsert(connection: Connection, table: Table, *updated: str) -> Insert:
    """Return an INSERT that updates the named columns where the primary key is taken.

    Without names, rows that are there already stay as they are.
    """
    statement = _engine_module(connection.dialect.name).insert(table)
    keys = [column.name for column in table.primary_key]
    if not updated:
        result: Insert = statement.on_conflict_do_nothing(index_elements=keys)
    else:
        values = {name: statement.excluded[name] for name in updated}
        result = statement.on_conflict_do_update(index_elements=keys, set_=values)
    return result


def insert_of_arrays(table: Table, same: Sequence[str] = ()) -> Any:
    """Return PostgreSQL's INSERT of any number of rows in one statement.

    Each parameter is the list of a column's values; those of the columns in `same` are one value
    for all rows.
    """
    given = _arrays({one.name: one for one in table.columns if one.name not in same})
    cells = (
        bindparam(one.name, type_=one.type) if one.name in same else given.c[one.name]
        for one in table.columns
    )
    return (
        _engine_module("postgresql").insert(table).from_select(table.columns.keys(), select(*cells))
    )


def upsert_of_arrays(table: Table, same: Sequence[str], *updated: str) -> Insert:
    """Return `insert_of_arrays` that updates the named columns where the primary key is taken."""
    statement = insert_of_arrays(table, same)
    keys = [column.name for column in table.primary_key]
    values = {name: statement.excluded[name] for name in updated}
    result: Insert = statement.on_conflict_do_update(index_elements=keys, set_=values)
    return result


def update_of_arrays(
    table: Table, keys: Mapping[str, Column[Any]], changed: Mapping[str, Column[Any]]
) -> Update:
    """Return PostgreSQL's UPDATE of any number of rows in one statement.

    keys, changed: the columns that identify rows, and those that are set, by the name of the
    parameter that is the list of their values.
    """
    given = _arrays({**keys, **changed})
    same = (column == given.c[name] for name, column in keys.items())
    return update(table).where(*same).values({c: given.c[name] for name, c in changed.items()})


def _arrays(columns: Mapping[str, Column[Any]]) -> TableValuedAlias:
    """Return a row source made of one list parameter per column, by the name of the parameter."""
    array = _engine_module("postgresql").ARRAY
    lists = [bindparam(name, type_=array(one.type)) for name, one in columns.items()]
    names = [named_column(name, one.type) for name, one in columns.items()]
    return func.unnest(*lists).table_valued(*names).render_derived("given")


def looked_up(
    dialect: str, statement: Select[Any], keys: Sequence[Column[Any]], parameter: str
) -> Select[Any]:
    """Return a SELECT restricted to the rows whose key columns equal one row of a parameter.

    The parameter is a list of lists without repetitions. However long it is, the statement stays
    the same, and each of its rows is looked up in an index that starts with the keys.
    """
    value = bindparam(parameter, type_=Json)
    if dialect == "sqlite":
        rows = func.json_each(value).table_valued("value")
        places: list[Any] = [literal_column(f"'$[{place}]'") for place in range(len(keys))]
        wanted = select(*(func.json_extract(rows.c.value, place) for place in places))
        return statement.where(tuple_(*keys).in_(wanted))
    # PostgreSQL caches a plan that it made while the table was small, when a sequential scan was
    # best. LATERAL with OFFSET leaves it no other plan than one index look-up per row.
    source = func.json_array_elements(cast(value, JSON))
    rows = source.table_valued(named_column("value", JSON))
    texts = [rows.c.value.op("->>")(literal_column(str(place))) for place in range(len(keys))]
    fits = (
        one == (cast(text, one.type) if isinstance(one.type, Integer) else text)
        for one, text in zip(keys, texts, strict=True)
    )
    found = statement.where(*fits).offset(literal_column("0")).correlate(rows).lateral("found")
    return select(*found.c).select_from(rows.join(found, true()))


def in_turn(
    dialect: str,
    statement: Select[Any],
    ends: tuple[str, str],
    where: Callable[[Any], Sequence[ColumnElement[bool]]],
) -> Select[Any]:
    """Return a SELECT of the rows whose first column is a whole number between two parameters.

    The rows come in the order of these numbers, equal ones in that of the statement, and none is
    read before it is asked for. An index has to begin with what the statement asks for and this
    column. ends: the names of the parameters. where: from the columns to further conditions.
    """
    column = statement.selected_columns[0]
    low, high = (bindparam(name, type_=BigInteger) for name in ends)
    if dialect == "sqlite":
        order = statement._order_by_clauses
        within = statement.where(column.between(low, high), *where(statement.selected_columns))
        return within.order_by(None).order_by(column, *order)
    # Without statistics PostgreSQL would take another index for it, and sort all rows of a tenant.
    each = select(func.generate_series(low, high).label("number"))
    numbers = each.offset(literal_column("0")).subquery("numbers")
    fits = statement.where(column == numbers.c.number).offset(literal_column("0"))
    found = fits.correlate(numbers).lateral("found")
    rows = select(*found.c).select_from(numbers.join(found, true()))
    return rows.where(*where(found.c))


def may_hold(connection: Connection, text: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether a text holds the parameter `folded` in some case; true where it is not ASCII.

    Both engines know the case of ASCII letters alone: the texts are code point texts.
    """
    return holds_folded(connection, text) | is_not_ascii(connection, text)


def holds_folded(connection: Connection, text: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether a text holds the parameter `folded` in some case of ASCII letters."""
    find = func.instr if is_sqlite(connection) else func.strpos
    place: ColumnElement[int] = find(func.lower(text), bindparam("folded"))
    return place > 0


def is_not_ascii(connection: Connection, text: ColumnElement[str]) -> ColumnElement[bool]:
    """Return whether a text has a character that is not ASCII."""
    return byte_length(connection, text) != func.length(text)


def byte_length(connection: Connection, text: ColumnElement[str]) -> ColumnElement[int]:
    """Return how many bytes a text has in UTF-8, which takes less time than to count characters."""
    if is_sqlite(connection) and sqlite_module().sqlite_version_info < OCTETS_SQLITE:
        return func.length(cast(text, LargeBinary))
    return func.octet_length(text)


def all_values(connection: Connection, cell: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the cells of all rows as the text of one JSON array, in the order of the rows."""
    if is_sqlite(connection):
        return type_coerce(func.json_group_array(cell), Text())
    return cast(func.json_agg(cell), Text)


def all_bytes(connection: Connection, cell: ColumnElement[bytes]) -> ColumnElement[bytes]:
    """Return the bytes of all rows, joined, in the order of the rows."""
    if is_sqlite(connection):
        return cast(func.group_concat(cell, literal_column("''")), LargeBinary)
    return func.string_agg(cell, literal_column("''::bytea"), type_=LargeBinary())


def parameter_rows(
    dialect: str, parameter: str, types: Sequence[TypeEngine[Any]]
) -> tuple[FromClause, list[ColumnElement[Any]]]:
    """Return a parameter, a list of lists, as rows to select from, and its columns.

    types: of the columns; whole numbers and texts.
    """
    value = bindparam(parameter, type_=Json)
    if dialect == "sqlite":
        rows: Any = func.json_each(value).table_valued("value")
        found: list[Any] = [
            func.json_extract(rows.c.value, literal_column(f"'$[{place}]'"), type_=one)
            for place, one in enumerate(types)
        ]
        return rows, found
    rows = func.json_array_elements(cast(value, JSON)).table_valued(named_column("value", JSON))
    texts = [rows.c.value.op("->>")(literal_column(str(place))) for place in range(len(types))]
    return rows, [cast(text, one) for text, one in zip(texts, types, strict=True)]


def is_lock_failure(error: BaseException) -> bool:
    """Return whether a driver error is a lock timeout, a deadlock or a serialization failure."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
        return True
    return getattr(error, "sqlstate", None) in {"55P03", "40001", "40P01"}


def is_outage(error: BaseException) -> bool:
    """Return whether a driver error means that disk or server fail."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_SQLITE_OUTAGES):
        return True
    state = getattr(error, "sqlstate", None) or ""
    return bool(state.startswith(_POSTGRES_OUTAGES))


def is_unreachable(error: BaseException) -> bool:
    """Return whether a driver error means that no connection came about (so it has no SQLSTATE)."""
    psycopg = sys.modules.get("psycopg")  # without it nobody asked for its engine
    if psycopg is None or not isinstance(error, psycopg.OperationalError):
        return False
    return getattr(error, "sqlstate", None) is None


def is_deadline(error: BaseException) -> bool:
    """Return whether a driver error means that a statement ran past its deadline."""
    if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
        return True
    return getattr(error, "sqlstate", None) == "57014"
