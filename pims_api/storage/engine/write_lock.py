"""Writers of one SQLite file stand in line.

SQLite's own waiting polls and is unfair: under load a writer may starve. A lock file beside the
database makes writers of all processes take turns. It dies with its holder, so a killed process
never blocks the others.
"""

import importlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pims_api.errors import Busy

# Where there is no fcntl (Windows), threads queue here and processes rely on SQLite's own waiting.
_locks: Any = importlib.import_module("fcntl") if os.name == "posix" else None

# A file lock cannot be waited for with a deadline, so it is asked for again and again: soon at
# first, because turns are short, then seldom.
_POLL_SOON_S = 0.0001
_POLL_SELDOM_S = 0.002
_SOON_TRIES = 500


class WriteLock:
    """The line before one SQLite file."""

    def __init__(self, database_path: Path, wait_s: float) -> None:
        self._path = database_path.with_name(database_path.name + "-queue")
        self._wait_s = wait_s
        self._threads = threading.Lock()
        self._file: IO[bytes] | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the only place before the file. Raises Busy when it is not free in time."""
        self.take()
        try:
            yield
        finally:
            self.give_back()

    def take(self, deadline: float | None = None) -> None:
        """Take the only place, until `give_back`. Raises Busy when it is not free in time.

        deadline: by the monotonic clock; None: the whole wait from now.
        """
        if deadline is None:
            deadline = time.monotonic() + self._wait_s
        if not self._threads.acquire(timeout=max(deadline - time.monotonic(), 0)):
            raise Busy
        try:
            self._lock_processes(deadline)
        except BaseException:
            self._threads.release()
            raise

    def give_back(self) -> None:
        """Leave the place to others; any thread may do so."""
        self._unlock_processes()
        self._threads.release()

    def close(self) -> None:
        """Let go of the lock file; the next turn opens it again."""
        with self._threads:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _lock_processes(self, deadline: float) -> None:
        if _locks is None:
            return
        if self._file is None:
            self._file = self._path.open("ab")
        tries = 0
        while not _try_lock(self._file):
            if time.monotonic() > deadline:
                raise Busy
            tries += 1
            time.sleep(_POLL_SOON_S if tries < _SOON_TRIES else _POLL_SELDOM_S)

    def _unlock_processes(self) -> None:
        if _locks is not None and self._file is not None:
            _locks.flock(self._file, _locks.LOCK_UN)


def _try_lock(file: IO[bytes]) -> bool:
    try:
        _locks.flock(file, _locks.LOCK_EX | _locks.LOCK_NB)
    except BlockingIOError:
        return False
    return True
