"""Background checkpoints: commits are moved from SQLite's log into the database's file by a thread.

SQLite moves them in the commit that finds the log full, so this one waits for the disk until all
64 MB are moved, half a second and more. When a quarter of them is moved at a time beside the
writers, which go on meanwhile, little is left for that commit.
"""

import struct
import threading
import time
from bisect import bisect_left
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

from pims_api.storage.engine.dialect import sqlite_module
from pims_api.storage.engine.sqlite.log_file import log_path

MOVE_PAGES = 4_000  # 16 MB, a quarter of what SQLite lets the log grow to
_LOOK_EVERY_S = 0.1
_HEADER, _FRAME_HEADER, _SALT = 32, 24, 8  # bytes


class LogMover:
    """The background checkpoints of a process for one database.

    pages: how many there must be in the log beyond those that were moved before. look_every_s: not
    after each write.
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
        self._busy = threading.Lock()  # held while one looks or moves
        self._next_look = 0.0
        self._salt, self._moved = b"", 0

    def after_write(self) -> None:
        """Look at the log if it is time to, and begin to move what it holds if that is enough."""
        if time.monotonic() < self._next_look or not self._busy.acquire(blocking=False):
            return
        self._next_look = time.monotonic() + self._look_every_s
        is_begun = False
        try:
            is_begun = self._is_due() and self._begin()
        finally:
            if not is_begun:
                self._busy.release()

    def wait(self) -> None:
        """Wait until nothing is being moved."""
        with self._busy:
            pass

    def _is_due(self) -> bool:
        salt, pages = pages_in(log_path(self._database_path))
        if salt != self._salt:  # the log was begun anew
            self._salt, self._moved = salt, 0
        return pages - self._moved >= self._pages

    def _begin(self) -> bool:
        with suppress(RuntimeError):  # the system gives no more threads
            threading.Thread(target=self._move, name="log mover", daemon=True).start()
            return True
        return False

    def _move(self) -> None:
        """Move what no reader needs. What fails is left to the commit that finds the log full."""
        try:
            with suppress(sqlite_module().Error):
                url = f"{self._database_path.absolute().as_uri()}?mode=rw"
                with closing(sqlite_module().connect(url, timeout=0, uri=True)) as connection:
                    moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                is_busy, _, pages = moved
                if not is_busy:  # else another process moves it
                    self._moved = pages
        finally:
            self._busy.release()


def pages_in(log: Path) -> tuple[bytes, int]:
    """Return the salt of a log, which is another one when the log was begun anew, and its pages.

    SQLite begins a log anew by writing over its first pages, so its size does not tell. (Format:
    section 4 of SQLite's "Database File Format".)
    """
    with suppress(OSError), log.open("rb", buffering=0) as file:
        header = file.read(_HEADER)
        if len(header) == _HEADER:
            salt = header[16:24]
            frame = _FRAME_HEADER + struct.unpack(">I", header[8:12])[0]
            frames = range(_HEADER, file.seek(0, 2) - frame + 1, frame)
            return salt, bisect_left(frames, True, key=lambda at: _salt_at(file, at) != salt)
    return b"", 0


def _salt_at(file: BinaryIO, frame: int) -> bytes:
    file.seek(frame + 8)
    return file.read(_SALT)
