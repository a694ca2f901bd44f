"""Atomic output files: a file has its name only when it is complete.

What is written goes to FILE.part, which takes FILE's place at the end. A command that is killed
leaves FILE as it was, and a FILE.part that the next one writes anew.
"""

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from pims_api.storage.database import Database

Command = TypeVar("Command", bound=Callable[..., Any])

PART = ".part"
_MODE = 0o666  # as far as the umask allows
_BESIDE_SQLITE = ("", "-wal", "-shm", "-journal", "-queue")

_locks: Any = importlib.import_module("fcntl") if os.name == "posix" else None


def part_of(path: Path) -> Path:
    """Return the name of a file while it is written; a symbolic link is resolved."""
    real = path.resolve()
    return real.with_name(real.name + PART)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open FILE.part to write; leaving the block makes it FILE, an exception removes it.

    Ends the command when it cannot be written, or another command is writing it.
    """
    part = part_of(path)
    try:
        with _opened(part) as stream:
            try:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
                part.replace(path.resolve())
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror or 'the disk refused it'}."
        raise click.ClickException(message) from error


def with_force(command: Command) -> Command:
    """Give a command the option by which it may replace a file."""
    return click.option("--force", is_flag=True, help="Replace FILE when it is there.")(command)


def check_target(database: Database, path: Path, *, force: bool | None) -> None:
    """End the command when its output is no regular file, or is the database itself.

    force: whether a file that is there may be replaced; None: it never is.
    """
    if path.exists() and not path.is_file():
        raise click.UsageError(f"{path} is no plain file: choose another.")
    _refuse_own_files(database, path)
    if path.exists() and not force:
        replaced = "" if force is None else ", or replace it with --force"
        raise click.UsageError(f"{path} is there already: choose another{replaced}.")


def _refuse_own_files(database: Database, path: Path) -> None:
    if not database.is_sqlite or not database.url.database:
        return
    own = Path(database.url.database).resolve()
    taken = {own.with_name(own.name + end) for end in _BESIDE_SQLITE}
    if taken & {path.resolve(), part_of(path)}:
        raise click.UsageError(f"{path} belongs to the catalogue itself: choose another file.")


def _opened(part: Path) -> BinaryIO:
    """Open the file and lock it as long as it is open, so that no two commands write the same."""
    # Neither emptied before it is locked, nor appended to: archives go back to what they wrote.
    stream = os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, _MODE), "r+b")
    try:
        if _locks is not None:
            _locks.flock(stream, _locks.LOCK_EX | _locks.LOCK_NB)
            if not _is_still(part, stream):
                raise BlockingIOError  # it was given its name between opening and locking
        stream.truncate(0)
    except BlockingIOError as error:
        stream.close()
        raise click.ClickException(f"{part.name} is being written by another command.") from error
    return stream


def _is_still(part: Path, stream: BinaryIO) -> bool:
    return part.exists() and os.path.samestat(part.stat(), os.fstat(stream.fileno()))
