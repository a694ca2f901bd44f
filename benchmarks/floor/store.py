"""What the floor stores, and the two engines that it stores it in.

It does the raw SQL of our work and nothing else: no checks, no permissions, no index, no full
text. Not a product, but the limit of what one could be on this server and this database.
"""

import importlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import orjson
import psycopg

from benchmarks.floor import statements as sql
from pims_api.storage.database import Database, sqlite_pragmas
from pims_api.storage.engine.dialect import sqlite_module

ACTOR = "floor"
_BUSY_S = 30

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A product as a write leaves it. old, new: what history says of it, as JSON."""

    id: int
    sku: str
    version: int
    body: bytes
    old: bytes
    new: bytes


class WriteTransaction(Protocol):
    """A write transaction. sequence: its number; products: how many there are after it."""

    sequence: int
    products: int

    def rows(self, statement: str, *values: Any) -> list[Row]:
        """Return what a query finds."""

    def of_skus(self, skus: Sequence[str]) -> list[Row]:
        """Return sku, version, body, id of those that exist."""

    def create(self, written: Sequence[Written]) -> None:
        """Store new products with their history."""

    def edit(self, written: Sequence[Written]) -> None:
        """Store changed products with their history."""


class Store(Protocol):
    """A database that the floor works in. walks: whether it is quick at meeting members."""

    walks: bool

    def rows(self, statement: str, *values: Any) -> list[Row]:
        """Return what a query finds."""

    def of_skus(self, skus: Sequence[str]) -> list[Row]:
        """Return sku, version, body, id of those that exist."""

    def transaction(self, added: int) -> Any:
        """Open a write transaction that adds so many products; the block's end commits."""


def open_store(database: Database) -> Store:
    """Return the floor's store in that database."""
    if database.is_sqlite:
        path = Path(database.url.database or "")
        return SqliteStore(path, sqlite_pragmas(database.settings))
    url = database.url.set(drivername="postgresql")
    return PostgresStore(url.render_as_string(hide_password=False))


class SqliteStore:
    """One connection per thread; writers queue at a file lock, then BEGIN IMMEDIATE."""

    walks = True

    def __init__(self, path: Path, pragmas: Sequence[str]) -> None:
        self._path = path
        self._pragmas = pragmas
        self._lock_path = path.with_name(path.name + "-bench")
        self._mine = threading.local()

    def rows(self, statement: str, *values: Any) -> list[Row]:
        found: list[Row] = self._connection().execute(_marked(statement), values).fetchall()
        return found

    def of_skus(self, skus: Sequence[str]) -> list[Row]:
        return self.rows(sql.READ_MANY_SQLITE, orjson.dumps(list(skus)).decode())

    @contextmanager
    def transaction(self, added: int) -> Iterator["_SqliteTransaction"]:
        connection, locks = self._connection(), _locks()
        locks.flock(self._mine.lock, locks.LOCK_EX)
        try:
            connection.execute("begin immediate")
            try:
                yield _SqliteTransaction(self, added)
                connection.execute("commit")
            except BaseException:
                connection.execute("rollback")
                raise
        finally:
            locks.flock(self._mine.lock, locks.LOCK_UN)

    def many(self, statement: str, rows: list[Row]) -> None:
        self._connection().executemany(_marked(statement), rows)

    def _connection(self) -> Any:
        known = getattr(self._mine, "connection", None)
        if known is None:
            known = sqlite_module().connect(self._path, timeout=_BUSY_S, isolation_level=None)
            for pragma in self._pragmas:
                known.execute(f"pragma {pragma}")
            self._mine.connection = known
            self._mine.lock = self._lock_path.open("ab")
        return known


class _SqliteTransaction:
    def __init__(self, store: SqliteStore, added: int) -> None:
        self._store = store
        self.rows = store.rows
        self.of_skus = store.of_skus
        self.sequence, self.products = store.rows(sql.NEXT_SEQUENCE, added)[0]

    def create(self, written: Sequence[Written]) -> None:
        at = time.time_ns() // 1000
        products = [(one.id, one.sku, "active", 1, at, ACTOR) for one in written]
        self._store.many(sql.INSERT_PRODUCT, products)
        documents = [(one.id, one.body.decode()) for one in written]
        self._store.many(sql.INSERT_DOCUMENT, documents)
        self._store.many(sql.INSERT_CHANGE, _changes(written, self.sequence, at))

    def edit(self, written: Sequence[Written]) -> None:
        at = time.time_ns() // 1000
        self._store.many(sql.UPDATE_PRODUCT, [(one.version, at, ACTOR, one.id) for one in written])
        self._store.many(sql.UPDATE_DOCUMENT, [(one.body.decode(), one.id) for one in written])
        self._store.many(sql.INSERT_CHANGE, _changes(written, self.sequence, at))


class PostgresStore:
    """One connection per thread; writers queue at the counter's row. Statements are prepared."""

    walks = False  # its plan for that form asks for each product again and again

    def __init__(self, url: str) -> None:
        self._url = url
        self._mine = threading.local()

    def rows(self, statement: str, *values: Any) -> list[Row]:
        return self.connection().execute(statement.encode(), values).fetchall()

    def of_skus(self, skus: Sequence[str]) -> list[Row]:
        return self.rows(sql.READ_MANY_POSTGRES, list(skus))

    @contextmanager
    def transaction(self, added: int) -> Iterator["_PostgresTransaction"]:
        with self.connection().transaction():
            yield _PostgresTransaction(self, added)

    def connection(self) -> psycopg.Connection[Row]:
        """Return this thread's connection."""
        known: psycopg.Connection[Row] | None = getattr(self._mine, "connection", None)
        if known is None:
            known = psycopg.connect(
                self._url, autocommit=True, prepare_threshold=0, options="-c jit=off"
            )
            self._mine.connection = known
        return known


class _PostgresTransaction:
    def __init__(self, store: PostgresStore, added: int) -> None:
        self._connection = store.connection()
        self.rows = store.rows
        self.of_skus = store.of_skus
        self.sequence, self.products = store.rows(sql.NEXT_SEQUENCE, added)[0]

    def create(self, written: Sequence[Written]) -> None:
        at = time.time_ns() // 1000
        self._write(sql.CREATE_AT_ONCE, [self._named(one, at) for one in written])

    def edit(self, written: Sequence[Written]) -> None:
        at = time.time_ns() // 1000
        self._write(sql.EDIT_AT_ONCE, [self._named(one, at) for one in written])

    def _write(self, statement: str, rows: list[dict[str, Any]]) -> None:
        if len(rows) == 1:
            self._connection.execute(statement.encode(), rows[0])
        else:
            with self._connection.cursor() as cursor:
                cursor.executemany(statement.encode(), rows)

    def _named(self, one: Written, at: int) -> dict[str, Any]:
        texts = {"body": one.body.decode(), "old": one.old.decode(), "new": one.new.decode()}
        place = {"id": one.id, "sku": one.sku, "status": "active", "version": one.version}
        return texts | place | {"at": at, "actor": ACTOR, "sequence": self.sequence}


def _changes(written: Sequence[Written], sequence: int, at: int) -> list[Row]:
    return [(one.id, sequence, at, ACTOR, one.old.decode(), one.new.decode()) for one in written]


@cache
def _marked(statement: str) -> str:
    return sql.for_sqlite(statement)


def _locks() -> Any:
    if os.name != "posix":
        raise OSError("The floor needs file locks as POSIX systems have them.")
    return importlib.import_module("fcntl")
