"""A lock file that serialises the writers of one SQLite file.

SQLite's own waiting polls ever more seldom, so under load a writer may starve. This lock serialises
the threads of a process first, then the processes, by a lock on a file beside the database. The
system releases it when its process ends, so a killed process never blocks the others.
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

# Without fcntl (Windows) only threads are serialised; processes rely on SQLite's own waiting.
_locks: Any = importlib.import_module("fcntl") if os.name == "posix" else None

# A file lock cannot be waited for with a deadline, so it is polled: often at first, because writes
# are short, then less often.
_POLL_SOON_S = 0.0001
_POLL_SELDOM_S = 0.002
_SOON_TRIES = 500


def queue_file(database_path: Path) -> Path:
    """Return the path of the lock file of a SQLite database. Nothing is ever written to it."""
    return database_path.with_name(database_path.name + "-queue")


class WriteLock:
    """The write lock of one SQLite file. wait_s: how long to wait for it by default."""

    def __init__(self, database_path: Path, wait_s: float) -> None:
        self._path = queue_file(database_path)
        self._wait_s = wait_s
        self._threads = threading.Lock()
        self._file: IO[bytes] | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock for the block. Raises Busy when it is not free in time."""
        self.acquire()
        try:
            yield
        finally:
            self.release()

    def acquire(self, deadline: float | None = None) -> None:
        """Acquire the lock, until `release`. Raises Busy when it is not free in time.

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

    def release(self) -> None:
        """Release the lock; any thread may do so."""
        self._unlock_processes()
        self._threads.release()

    def close(self) -> None:
        """Close the lock file; the next `acquire` opens it again."""
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
