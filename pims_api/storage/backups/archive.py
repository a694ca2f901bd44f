"""What an archive of pg_dump holds: read back, and compared with what it was made of."""

import hashlib
import re
import subprocess
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg import Connection, sql

from pims_api.storage.engine.sqlite.copying import Tell

_COPY = re.compile(rb'COPY (?:"(?:[^"]|"")+"|[^".]+)\.(?:"([^"]+)"|(\S+)) .*FROM stdin;\n')
_END = b"\\.\n"
_LINES_TOLD = 5
_TOLD_EVERY = 10_000  # rows


class UnreadableArchive(Exception):
    """An archive that cannot be read to its end. Its text says why."""


@dataclass(slots=True)
class Rows:
    """The rows of one table: how many, and a digest of them in their order."""

    count: int = 0
    digest: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=16))

    def add(self, row: bytes | bytearray | memoryview) -> None:
        """Count a row, as COPY writes it."""
        self.count += 1
        self.digest.update(row)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and self._told() == other._told()

    def _told(self) -> tuple[int, bytes]:
        return self.count, self.digest.digest()


class RowCount:
    """The rows that were read so far, told from time to time. total: of all that is read."""

    def __init__(self, tell: Tell, total: int, done: int = 0) -> None:
        self._tell = tell
        self._total = total
        self.done = done

    def add(self) -> None:
        """Count a row."""
        self.done += 1
        if self.done % _TOLD_EVERY == 0:
            self._tell(min(self.done, self._total), self._total)


def rows_stored(
    connection: Connection[Any], schema: str, tables: Sequence[str], count: RowCount
) -> dict[str, Rows]:
    """Return the rows that a transaction sees, by table."""
    connection.execute("SET LOCAL synchronize_seqscans = off")  # so they come in the same order
    found = {}
    for name in tables:
        rows = found[name] = Rows()
        copying = sql.SQL("COPY {} TO STDOUT (ENCODING 'UTF8')").format(
            sql.Identifier(schema, name)
        )
        with connection.cursor() as cursor, cursor.copy(copying) as copied:
            for row in copied:
                rows.add(row)
                count.add()
    return found


def rows_archived(pg_restore: str, path: Path, count: RowCount) -> dict[str, Rows]:
    """Return the rows that an archive holds, by table. Raises UnreadableArchive."""
    found: dict[str, Rows] = {}
    with _read(pg_restore, path) as lines:
        for line in lines:
            head = _COPY.fullmatch(line)
            if head is not None:
                rows = found[(head[1] or head[2]).decode()] = Rows()
                for row in iter(lines.__next__, _END):
                    rows.add(row)
                    count.add()
    return found


def differing(stored: Mapping[str, Rows], archived: Mapping[str, Rows]) -> list[str]:
    """Return what to say of each table whose rows are not those that were stored."""
    pairs = [(name, rows, archived.get(name)) for name, rows in stored.items()]
    return [_said(*one) for one in pairs if one[1] != one[2]]


def _said(name: str, stored: Rows, archived: Rows | None) -> str:
    if archived is None:
        return f"{name} is missing"
    if archived.count != stored.count:
        return f"{name} has {archived.count} rows instead of {stored.count}"
    return f"{name} has other rows"


@contextmanager
def _read(pg_restore: str, path: Path) -> Iterator[Iterator[bytes]]:
    """Yield the lines of the SQL that fills the tables. Raises UnreadableArchive at the end."""
    words = [pg_restore, "--data-only", "--file=-", str(path)]
    with subprocess.Popen(  # noqa: S603
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        yield iter(process.stdout or ())
        said = _last(process.stderr or ())
    if process.returncode:
        raise UnreadableArchive(said or f"pg_restore ended with status {process.returncode}.")


def _last(lines: Iterable[bytes]) -> str:
    kept = deque((line.decode(errors="replace").strip() for line in lines), _LINES_TOLD)
    return " ".join(kept)
