"""Backups: everything that a database holds, in one file, and back into an empty database.

Source: docs/operating.md, Backup and restore.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection

from pims_api.errors import Conflict, PimsError
from pims_api.storage.backups import sqlite
from pims_api.storage.backups.contents import holds_data
from pims_api.storage.backups.file_kind import POSTGRES, SQLITE, kind_of
from pims_api.storage.backups.seal import seal
from pims_api.storage.database import Database
from pims_api.storage.engine.sqlite.copying import Tell, make_whole
from pims_api.storage.migrations.revisions import Revision
from pims_api.storage.migrations.upgrade import upgrade_database

_HAS_DATA = (
    "There is data in the database already, and a backup replaces everything: restore it into an "
    "empty one, with another file or name."
)
_OTHER_ENGINE = "The backup is of a {} database: restore it into one of these."
_NEWER = "The backup was made by a newer PIMS (revision {}): install that PIMS, or a newer one."


@contextmanager
def backed_up(
    database: Database, path: Path, tell: Tell, read_back: Tell | None = None
) -> Iterator[tuple[Database, Connection]]:
    """Write all that a database holds now to a file; yields what the file holds, to be checked.

    Others may write meanwhile. The file is whole when the block has ended. On PostgreSQL what is
    yielded is the state of the database that the file was made of; read_back: the file is compared
    with it before, row by row, and this is told how far that is. tell: is given the progress.
    Raises PimsError when the file is not what was written.
    """
    with database.reading(deadline=False) as connection:
        if not database.is_sqlite:
            _postgres().dump_database(database, connection, path, tell)
            if read_back is not None:
                _postgres().prove_archive(database, connection, path, read_back)
            seal(path)
            yield database, connection
            return
        sqlite.copy_database(connection, path, tell)
    url = URL.create("sqlite", database=str(path)).render_as_string()
    copy = Database(replace(database.settings, database_url=url))
    try:
        with copy.reading(deadline=False) as connection:
            yield copy, connection
    finally:
        copy.close()
        make_whole(path)


def restore(database: Database, path: Path, tell: Tell) -> Revision:
    """Fill an empty database from a backup, all of it or nothing, and upgrade its tables.

    Returns the revision of the backup. Raises Conflict when there is data in the database, and
    PimsError for a file that cannot be restored. tell: is given the progress.
    """
    revision = _revision_in(database, path)
    if revision.is_newer:
        raise PimsError(_NEWER.format(revision.name))
    _require_empty(database)
    (sqlite if database.is_sqlite else _postgres()).fill_database(database, path, tell)
    upgrade_database(database)
    return revision


def _postgres() -> Any:
    """Return the module of PostgreSQL's backups, whose driver nobody else waits for."""
    return importlib.import_module("pims_api.storage.backups.postgres")


def _revision_in(database: Database, path: Path) -> Revision:
    kind = kind_of(path)
    if kind != (SQLITE if database.is_sqlite else POSTGRES):
        raise PimsError(_OTHER_ENGINE.format(kind))
    return Revision((sqlite if database.is_sqlite else _postgres()).revision_in(path))


def _require_empty(database: Database) -> None:
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return
    with database.reading() as connection:
        if holds_data(connection):
            raise Conflict(_HAS_DATA)
    database.close()  # no connection knows the tables that are replaced
