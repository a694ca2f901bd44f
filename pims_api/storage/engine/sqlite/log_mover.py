"""Background checkpoints: commits are moved from SQLite's log into the database's file by a thread.

SQLite moves them in the commit that finds the log full, so that commit waits for the disk until all
64 MB are moved, half a second and more. When a quarter of them is moved at a time beside the
writers, which go on meanwhile, little is left for that commit.
"""

import struct
import threading
import time
from contextlib import suppress
from io import FileIO
from pathlib import Path

from pims_api.storage.engine.dialect import sqlite_is_safe, sqlite_module
from pims_api.storage.engine.sqlite.log_file import checkpoint, log_path

MOVE_PAGES = 4_000  # 16 MB, a quarter of what SQLite lets the log grow to
_LOOK_EVERY_S = 0.1
# Bytes of SQLite's "Database File Format", section 4. Frames hold a page each; those that were
# written since the log was begun anew have the salt of its header.
_HEADER, _FRAME_HEADER = 32, 24
_HEADER_PAGE_SIZE, _HEADER_SALT, _FRAME_SALT = slice(8, 12), slice(16, 24), slice(8, 16)


class LogMover:
    """The background checkpoints of a process for one database. None with a SQLite that is unsafe.

    pages: how many there must be in the log beyond those that were moved before. look_every_s: the
    least time between two looks at the log.
    """

    def __init__(
        self,
        database_path: Path,
        pages: int = MOVE_PAGES,
        look_every_s: float = _LOOK_EVERY_S,
    ) -> None:
        self._database_path = database_path
        self._pages = pages
        self._look_every_s = look_every_s
        self._next_look = 0.0 if sqlite_is_safe() else float("inf")  # never
        self._thread: threading.Thread | None = None
        self._salt, self._moved = b"", 0

    def after_write(self) -> None:
        """Look at the log if it is time to, and begin to move what it holds if that is enough."""
        now = time.monotonic()
        if now < self._next_look or (self._thread is not None and self._thread.is_alive()):
            return
        self._next_look = now + self._look_every_s
        if self._is_due():
            thread = threading.Thread(target=self._move, name="log mover", daemon=True)
            with suppress(RuntimeError):  # the system gives no more threads
                thread.start()
                self._thread = thread

    def wait(self) -> None:
        """Wait until nothing is being moved."""
        if self._thread is not None:
            self._thread.join()

    def _is_due(self) -> bool:
        with suppress(OSError), log_path(self._database_path).open("rb", buffering=0) as log:
            return self._reaches(log)
        return False

    def _reaches(self, log: FileIO) -> bool:
        """Return whether there is a frame so far beyond the last that was moved."""
        header = log.read(_HEADER)
        if len(header) < _HEADER:
            return False
        if header[_HEADER_SALT] != self._salt:  # the log was begun anew
            self._salt, self._moved = header[_HEADER_SALT], 0
        frame = _FRAME_HEADER + struct.unpack(">I", header[_HEADER_PAGE_SIZE])[0]
        log.seek(_HEADER + frame * (self._moved + self._pages - 1))
        return log.read(_FRAME_HEADER)[_FRAME_SALT] == self._salt

    def _move(self) -> None:
        """Move what no reader needs. What fails is left to the commit that finds the log full."""
        with suppress(sqlite_module().Error):
            # PASSIVE: makes no writer wait
            is_busy, _, moved = checkpoint(self._database_path, "PASSIVE")
            if not is_busy:
                self._moved = moved
