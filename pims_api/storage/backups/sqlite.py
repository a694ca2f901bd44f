"""Backups of SQLite databases: files that are SQLite databases themselves."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from pims_api.errors import Busy, PimsError
from pims_api.storage.backups.file_kind import DAMAGED, NO_BACKUP
from pims_api.storage.database import Database
from pims_api.storage.engine.dialect import sqlite_module
from pims_api.storage.engine.driver_errors import as_sqlalchemy_error
from pims_api.storage.engine.sqlite.copying import Tell, copy_pages, copy_to_file
from pims_api.storage.engine.write_lock import WriteLock

_NO_SUCH_TABLE = "no such table"


def copy_database(connection: Connection, path: Path, tell: Tell) -> None:
    """Copy what a read transaction sees to a file. Nobody who writes has to wait."""
    with as_sqlalchemy_error(connection):
        copy_to_file(connection, path, tell)


def revision_in(path: Path) -> str:
    """Return the revision of the tables in a backup. Raises PimsError when it has none."""
    with _opened(path) as source:
        if source.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise PimsError(DAMAGED)
        return str(source.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def fill_database(database: Database, path: Path, tell: Tell) -> None:
    """Copy a backup into a database, in one transaction. Raises Busy when somebody writes."""
    database.make_file()
    target_path = Path(database.url.database or "")
    wait_s = database.settings.lock_wait_s
    with (
        closing(WriteLock(target_path, wait_s)) as lock,
        lock.held(),
        _opened(path) as source,
        closing(sqlite_module().connect(target_path, timeout=wait_s)) as target,
    ):
        copy_pages(source, target, tell)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a backup to read. Raises PimsError when it cannot be read, Busy when it is in use."""
    module = sqlite_module()
    try:
        with closing(module.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
            yield source
    except module.DatabaseError as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise Busy from error
        is_other = _NO_SUCH_TABLE in str(error)
        raise PimsError(NO_BACKUP if is_other else DAMAGED) from error
