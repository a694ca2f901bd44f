"""A writer of a new SQLite file with plain tables, by sqlite-utils."""

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sqlite_utils import Database
from sqlite_utils.db import quote_identifier
from sqlite_utils.utils import OperationalError

TEXT = "TEXT"
INTEGER = "INTEGER"
NUMBER = "ANY"  # integers and fractions keep their types

COLUMNS_MAX = 1_900  # of a table; SQLite itself ends at 2,000

# Nobody sees the file before it is whole, so there is nothing to roll back to.
_PRAGMAS = ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-65536")

# What a column cannot be called in every letter case: it is the row itself, or FTS5 keeps it.
_RESERVED = frozenset({"rowid", "_rowid_", "oid", "rank"})


_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True, slots=True)
class SqliteTable:
    """columns: name → TEXT, INTEGER or NUMBER. links: column → (table, column) that it leads to."""

    name: str
    columns: Mapping[str, str]
    key: str | tuple[str, ...]
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class SqliteFile:
    """An unfinished file. Foreign keys are not checked, so tables may be filled in any order."""

    def __init__(self, path: Path) -> None:
        self._made = Database(path)
        for pragma in _PRAGMAS:
            self._made.execute(f"PRAGMA {pragma}")
        self._inserts: dict[str, str] = {}

    def create(self, table: SqliteTable) -> None:
        """Make a table; those that it links to are there already."""
        links = [(column, *target) for column, target in table.links.items()]
        self._made.table(table.name).create(dict(table.columns), pk=table.key, foreign_keys=links)
        names = ", ".join(map(quote_identifier, table.columns))
        marks = ", ".join("?" * len(table.columns))
        self._inserts[table.name] = (
            f"INSERT INTO {quote_identifier(table.name)} ({names}) VALUES ({marks})"  # noqa: S608
        )

    def insert(self, table: str, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows, their cells in the order of the columns."""
        # sqlite-utils itself takes no rows of more than 999 cells.
        self._made.conn.executemany(self._inserts[table], rows)

    def index(self, table: str, *columns: str) -> None:
        """Make an index on these columns together."""
        self._made.table(table).create_index(columns, find_unique_name=True)

    def search_in(self, table: str, columns: Sequence[str]) -> None:
        """Make a full-text index of these columns that follows later edits."""
        # Within a transaction sqlite-utils takes a minute for the triggers of a wide table.
        self._made.conn.commit()
        self._made.table(table).enable_fts(columns, create_triggers=True)
        self._made.table(table).optimize()

    def finish(self) -> None:
        """Write the rest, and the statistics for SQLite's query planner."""
        self._made.analyze()
        self._made.conn.commit()

    def close(self) -> None:
        """Close the file."""
        self._made.close()


@contextmanager
def new_sqlite_file(path: Path) -> Iterator[SqliteFile]:
    """Create a SQLite file where there is none, or only an empty file.

    Raises OSError when it cannot be written.
    """
    try:
        with closing(SqliteFile(path)) as made:
            yield made
            made.finish()
    except OperationalError as error:  # no such folder, a full disk
        raise OSError(errno.EIO, "SQLite could not write it") from error


def column_names(names: Iterable[str], table: str) -> dict[str, str]:
    """Return name → column name, unique without case as SQLite compares names.

    >>> column_names(["Price", "price", "rank"], "products")
    {'Price': 'Price', 'price': 'price_2', 'rank': 'rank_2'}
    """
    taken = {*_RESERVED, f"{table}_fts"}
    chosen = {}
    for name in names:
        column, count = name, 1
        while _folded(column) in taken:
            count += 1
            column = f"{name}_{count}"
        taken.add(_folded(column))
        chosen[name] = column
    return chosen


def _folded(name: str) -> str:
    """Return the name as SQLite compares it: letters of ASCII alone lose their case."""
    return name.translate(_LOWER)
