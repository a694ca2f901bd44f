"""Backups of PostgreSQL databases: archives of pg_dump, in its custom format."""

import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, func, inspect, select, text

from pims_api.errors import PimsError
from pims_api.storage.backups.archive import (
    RowCount,
    UnreadableArchive,
    differing,
    rows_archived,
    rows_stored,
)
from pims_api.storage.backups.file_kind import DAMAGED, NO_BACKUP
from pims_api.storage.backups.seal import is_sealed
from pims_api.storage.database import Database
from pims_api.storage.engine.sqlite.copying import Tell
from pims_api.storage.tables import metadata

_FOR_ANYBODY = ("--no-owner", "--no-privileges", "--verbose")
_DUMPED = "dumping contents of table"
_RESTORED = "processing data for table"
_ABSENT = (
    "{} was not found. It comes with PostgreSQL's client programs: apt-get install "
    "postgresql-client, or put its folder on PATH."
)
_LISTED_TABLE = re.compile(r"^\d+; \d+ \d+ TABLE \S+ (\S+) ", re.MULTILINE)
_ROWS_ESTIMATED = text(
    "SELECT sum(greatest(reltuples, 0)) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
)
_UNREADABLE = "The backup could not be read back, so it is not kept: {}"
_OTHER_ROWS = "The backup does not hold what the database has, so it is not kept: {}."
_REVISION = "alembic_version"
_LINES_TOLD = 5  # of a program that failed


def dump_database(database: Database, connection: Connection, path: Path, tell: Tell) -> None:
    """Write what a read transaction sees to an archive. Raises PimsError with pg_dump's reason."""
    seen = connection.scalar(select(func.pg_export_snapshot()))
    schema = connection.scalar(select(func.current_schema()))
    tables = inspect(connection).get_table_names()
    words = [
        "--format=custom",
        "--encoding=UTF8",
        *_FOR_ANYBODY,
        f"--snapshot={seen}",
        f"--file={path}",
    ]
    words += [f'--table="{schema}"."{name}"' for name in tables]
    with _running(database, "pg_dump", words) as lines:
        _count(lines, _DUMPED, len(tables), tell)


def prove_archive(database: Database, connection: Connection, path: Path, tell: Tell) -> None:
    """Read an archive back and compare it, row by row, with what a read transaction sees.

    Raises PimsError when it holds anything else, or cannot be read.
    """
    seen = connection.scalar(select(func.pg_export_snapshot()))
    schema = connection.scalar(select(func.current_schema()))
    tables = inspect(connection).get_table_names()
    rows = connection.scalar(_ROWS_ESTIMATED)
    with _opened(database, str(seen)) as driver:
        counted = RowCount(tell, 2 * int(rows or 0))
        stored = rows_stored(driver, str(schema), tables, counted)
    counted = RowCount(tell, 2 * counted.done, counted.done)
    try:
        archived = rows_archived(_program("pg_restore"), path, counted)
    except UnreadableArchive as error:
        raise PimsError(_UNREADABLE.format(error)) from error
    if differences := differing(stored, archived):
        raise PimsError(_OTHER_ROWS.format("; ".join(differences)))
    tell(1, 1)


@contextmanager
def _opened(database: Database, snapshot: str) -> Iterator[psycopg.Connection[Any]]:
    """Open a connection of psycopg's own, for COPY, that sees an exported snapshot."""
    target, environment = _connection_of(database)
    with psycopg.connect(target, password=environment.get("PGPASSWORD")) as driver:
        driver.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        driver.read_only = True
        driver.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(snapshot))
        yield driver


def revision_in(path: Path) -> str:
    """Return the revision of the tables in an archive.

    Raises PimsError when it is none of ours, or was changed or cut off since it was made.
    """
    _require_whole(path)
    words = ["--data-only", f"--table={_REVISION}", "--file=-", str(path)]
    done = subprocess.run(  # noqa: S603
        [_program("pg_restore"), *words], capture_output=True, text=True, check=False
    )
    lines = iter(done.stdout.splitlines())
    if done.returncode or not any(line.startswith("COPY ") for line in lines):
        raise PimsError(NO_BACKUP)
    return next(lines)


def _require_whole(path: Path) -> None:
    """Raise PimsError when an archive is not as it was made; one without a seal is read through."""
    sealed = is_sealed(path)
    if sealed is None:
        try:
            rows_archived(_program("pg_restore"), path, RowCount(lambda _done, _all: None, 0))
        except UnreadableArchive as error:
            raise PimsError(DAMAGED) from error
    elif not sealed:
        raise PimsError(DAMAGED)


def fill_database(database: Database, path: Path, tell: Tell) -> None:
    """Restore an archive, in one transaction. Raises PimsError with pg_restore's reason.

    Empty tables of ours that are there are replaced; those that are newer than the archive go, so
    that the upgrade can make them.
    """
    words = ["--clean", "--if-exists", "--single-transaction", "--exit-on-error", *_FOR_ANYBODY]
    with _running(database, "pg_restore", [*words, str(path)]) as lines:
        _count(lines, _RESTORED, len(metadata.tables) + 1, tell)
    archived = _tables_in(path)
    with database.writing() as connection:
        present = set(inspect(connection).get_table_names())
        newer = [one for name, one in metadata.tables.items() if name in present - archived]
        metadata.drop_all(connection, newer)
        connection.execute(text("ANALYZE"))
        connection.commit()


def _tables_in(path: Path) -> set[str]:
    """Return the names of the tables in an archive."""
    done = subprocess.run(  # noqa: S603
        [_program("pg_restore"), "--list", str(path)], capture_output=True, text=True, check=True
    )
    return set(_LISTED_TABLE.findall(done.stdout))


@contextmanager
def _running(database: Database, name: str, words: Sequence[str]) -> Iterator[Iterator[str]]:
    """Run a program on a database; yields the lines that it prints about its progress."""
    target, environment = _connection_of(database)
    with subprocess.Popen(  # noqa: S603
        [_program(name), f"--dbname={target}", *words],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        last = deque[str](maxlen=_LINES_TOLD)
        yield _kept(process.stderr or (), last)
    if process.returncode:
        reason = " ".join(line for line in last if "error" in line) or " ".join(last)
        raise PimsError(f"{name} failed. {reason}")


def _kept(lines: Iterable[str], last: deque[str]) -> Iterator[str]:
    for line in lines:
        last.append(line.strip())
        yield line


def _count(lines: Iterator[str], about: str, total: int, tell: Tell) -> None:
    done = 0
    for line in lines:
        done += about in line
        tell(min(done, total), total)
    tell(total, total)


def _connection_of(database: Database) -> tuple[str, dict[str, str]]:
    """Return libpq's words for a database, and the environment, which alone has the password."""
    named = database.url.translate_connect_args(username="user", database="dbname")
    options: dict[str, Any] = {**database.url.query, **named}
    password = options.pop("password", None)
    secret = {} if password is None else {"PGPASSWORD": str(password)}
    return make_conninfo(**options), os.environ | {"LC_ALL": "C"} | secret


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise PimsError(_ABSENT.format(name))
    return found
