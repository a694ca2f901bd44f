"""PostgreSQL databases that tests hand on: emptying one is far quicker than making one."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

from psycopg import sql

from tests.databases.cluster import Cluster
from tests.databases.kept import close_kept, kept_backends

_ENDING_SECONDS_MAX = 10
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s)
"""
# The tables, columns and indexes, with their object ids: a test that changed one changed this.
_SHAPE = """
    SELECT c.oid, a.attname, a.atttypid, a.attnotnull
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.oid, a.attnum
"""
# TRUNCATE makes new files, at up to 5 ms a table on a slow disk; a few rows are deleted in 0.2 ms.
_USED = """
    SELECT relname, pg_total_relation_size(oid) > 1024 * 1024 AS is_large FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
"""
_RESTART_SEQUENCES = sql.SQL("SELECT setval(seqrelid, seqstart, false) FROM pg_sequence")


class LentDatabase:
    """One database. The rows that it was made with survive every emptying."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.name = name
        self.url = cluster.url(name)
        self._connection = cluster.connect(name)
        self._shape = self._rows(_SHAPE)
        self._first_rows = self._read_first_rows()

    def empty(self) -> bool:
        """Take every row out. Returns False where that is not enough to make it as new."""
        if not self._end_others() or self._rows(_SHAPE) != self._shape:
            return False
        used = self._rows(_USED)
        small = [name for name, is_large in used if not is_large]
        self._together(
            *(_about("TRUNCATE {} CASCADE", name) for name, is_large in used if is_large),
            *(_about("DELETE FROM {}", name) for name in small),
        )
        if small:  # pages, too, so that a test may measure a table
            self._connection.execute(_about("VACUUM {}", *small))
        self._together(_RESTART_SEQUENCES, *self._first_rows)
        return True

    def _together(self, *commands: sql.Composable) -> None:
        """Send commands that return nothing in one round trip."""
        self._connection.execute(sql.SQL("; ").join(commands))

    def close(self) -> None:
        close_kept(self.url)
        self._connection.close()

    def _rows(self, query: str | sql.Composed, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, values or None).fetchall()

    def _end_others(self) -> bool:
        """End connections that a test left, but those kept. Returns False when they do not go."""
        deadline = time.monotonic() + _ENDING_SECONDS_MAX
        while self._rows(_END_OTHERS, kept_backends(self.url)):
            if time.monotonic() > deadline:
                return False
        return True

    def _read_first_rows(self) -> list[sql.Composed]:
        """Return the commands that insert what the database holds."""
        tables = [name for (name,) in self._rows(_TABLES)]
        rows = {name: self._rows(_about("SELECT * FROM {}", name)) for name in tables}
        return [_insertion(name, found) for name, found in rows.items() if found]


def _insertion(table: str, rows: list[tuple[Any, ...]]) -> sql.Composed:
    comma = sql.SQL(", ")
    values = (sql.SQL("({})").format(comma.join(map(sql.Literal, row))) for row in rows)
    return sql.SQL("INSERT INTO {} VALUES {}").format(sql.Identifier(table), comma.join(values))


def _about(command: LiteralString, *tables: str) -> sql.Composed:
    return sql.SQL(command).format(sql.SQL(", ").join(map(sql.Identifier, tables)))


class PostgresPool:
    """Lends databases that are as they were prepared. Makes one only when all are lent.

    prepare: what brings the first one, whose URL it is given, to what all are copies of.
    """

    def __init__(self, cluster: Cluster, prepare: Callable[[str], None], name: str) -> None:
        self._cluster = cluster
        self._name = name
        self._idle: list[LentDatabase] = []
        self._made = 0
        cluster.administer("CREATE DATABASE {} TEMPLATE template0", name)
        prepare(cluster.url(name))

    @contextmanager
    def lend(self, *, unused: bool = False) -> Iterator[str]:
        """Return the URL of a database that is the borrower's while the block lasts.

        unused: nobody had it before. Of an emptied table PostgreSQL remembers that it had no rows,
        and plans statements accordingly, which thousands of new rows make slow.
        """
        database = (None if unused else self._next_idle()) or self._make()
        try:
            yield database.url
        finally:
            self._idle.append(database)

    def close(self) -> None:
        """End the pool's own connections; the databases go with their cluster."""
        for database in self._idle:
            database.close()

    def _next_idle(self) -> LentDatabase | None:
        while self._idle:
            database = self._idle.pop()
            if database.empty():
                return database
            database.close()
            self._cluster.administer("DROP DATABASE {} WITH (FORCE)", database.name)
        return None

    def _make(self) -> LentDatabase:
        self._made += 1
        name = f"{self._name}_{self._made}"
        self._cluster.administer("CREATE DATABASE {} TEMPLATE {}", name, self._name)
        return LentDatabase(self._cluster, name)
