"""SQLite's write-ahead log: commits that are in the file `…-wal` and not in the database's own.

SQLite moves them into it in the commit that finds 64 MB of them, and when the last connection is
closed; many are moved before, beside the writers (`log_mover.py`). Until then a copy of the
database's file alone lacks them, so they are also moved when nobody writes.
"""

import time
from contextlib import closing, suppress
from pathlib import Path

from pims_api.errors import Busy
from pims_api.storage.engine.dialect import sqlite_module
from pims_api.storage.engine.write_lock import WriteLock

IDLE_S = 3.0  # without a write, until the log is moved


def log_path(database_path: Path) -> Path:
    """Return the path of the log of a SQLite database."""
    real_path = database_path.resolve()  # SQLite names the log so, whatever links to the database
    return real_path.with_name(real_path.name + "-wal")


def checkpoint(database_path: Path, mode: str) -> tuple[int, int, int]:
    """Move the log, as a mode of SQLite's `wal_checkpoint` does, without waiting for anybody.

    Return whether another one moved it, how many pages it holds and how many of them are moved:
    not those behind what a reader needs. Raises the driver's errors.
    """
    url = f"{database_path.absolute().as_uri()}?mode=rw"
    with closing(sqlite_module().connect(url, timeout=0, uri=True)) as connection:
        is_busy, pages, moved = connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        return is_busy, pages, moved


class LogFile:
    """The write-ahead log of a SQLite database."""

    def __init__(self, database_path: Path) -> None:
        self._database_path = database_path
        self._path = log_path(database_path)
        self._lock = WriteLock(database_path, wait_s=0)

    def is_idle(self) -> bool:
        """Return whether it holds something, and nobody has written for some seconds."""
        try:
            found = self._path.stat()
        except OSError:
            return False
        return found.st_size > 0 and time.time() - found.st_mtime > IDLE_S

    def move(self) -> None:
        """Move what it holds into the database's file, except what a reader still needs.

        Does nothing when somebody writes. A write that begins meanwhile waits.
        """
        with suppress(Busy, sqlite_module().Error), self._lock.held():
            checkpoint(self._database_path, "TRUNCATE")
        self._lock.close()
