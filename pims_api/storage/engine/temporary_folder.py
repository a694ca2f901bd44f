"""Temporary folders that are removed even if their process was killed.

Making one removes those that killed processes left. A folder in use holds a locked file; the system
releases the lock when its process ends, however that happens.
"""

import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

# Where there is no fcntl (Windows), folders that were left stay.
_locks: Any = importlib.import_module("fcntl") if os.name == "posix" else None

_IN_USE = "in-use"


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """Make a temporary folder whose name begins with the prefix; it is removed after the block."""
    if _locks is not None:
        _remove_left(prefix)
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / f"{_IN_USE}-soon").open("wb") as file:
            # Renamed only when it is locked, so nobody ever takes a new folder for one left behind.
            with suppress(OSError):
                if _locks is not None:
                    _locks.flock(file, _locks.LOCK_EX | _locks.LOCK_NB)
                    Path(file.name).rename(folder / _IN_USE)
            yield folder


def _remove_left(prefix: str) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and not folder.is_symlink():
                _remove_unless_in_use(folder)


def _remove_unless_in_use(folder: Path) -> None:
    with (folder / _IN_USE).open("rb") as file:
        _locks.flock(file, _locks.LOCK_EX | _locks.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
