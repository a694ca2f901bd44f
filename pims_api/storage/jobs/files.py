"""The files of jobs, stored in parts, so that a large one takes little memory and short writes."""

import io
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from pims_api.domain.job import Job
from pims_api.storage.tables import job_file as table

PART_BYTES = 256 * 1024
REMOVED_AT_ONCE = 40  # parts, 10 MiB: so that no writer waits long for a removal

_IS_FILE = (
    (table.c.tenant_id == bindparam("of_tenant"))
    & (table.c.job_id == bindparam("of_job"))
    & (table.c.name == bindparam("of_name"))
)
_INSERT = insert(table)
_SIZES = select(table.c.part, func.length(table.c.content)).where(_IS_FILE).order_by(table.c.part)
_CONTENT = select(table.c.content).where(_IS_FILE, table.c.part == bindparam("of_part"))
_LAST = select(func.max(table.c.part)).where(_IS_FILE)
_NAMES = select(table.c.job_id, table.c.name).distinct()
_SOME_PARTS = select(table.c.part).where(_IS_FILE).order_by(table.c.part).limit(REMOVED_AT_ONCE)
_REMOVE = delete(table).where(_IS_FILE, table.c.part.in_(_SOME_PARTS))

Reading = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class FilePlace:
    """The key of a file: tenant, job, and one of domain.job.FILES."""

    tenant_id: int
    job_id: int
    name: str

    @property
    def columns(self) -> dict[str, Any]:
        return {"of_tenant": self.tenant_id, "of_job": self.job_id, "of_name": self.name}


def file_of(job: Job, name: str) -> FilePlace:
    """Return the key of a file of a job."""
    return FilePlace(job.tenant_id, job.id, name)


def add_part(connection: Connection, place: FilePlace, content: bytes) -> None:
    """Store the next part of a file; an empty one is left out."""
    if not content:
        return
    last = connection.scalar(_LAST, place.columns)
    row = {"tenant_id": place.tenant_id, "job_id": place.job_id, "name": place.name}
    number = 0 if last is None else last + 1
    connection.execute(_INSERT, row | {"part": number, "content": content})


def part_sizes(connection: Connection, place: FilePlace) -> list[tuple[int, int]]:
    """Return number and size in bytes of each part of a file; none when there is no such file."""
    return [(number, size) for number, size in connection.execute(_SIZES, place.columns)]


def read_part(connection: Connection, place: FilePlace, part: int) -> bytes:
    """Return a part of a file; empty when it was removed meanwhile."""
    return bytes(connection.scalar(_CONTENT, place.columns | {"of_part": part}) or b"")


def remove_some(connection: Connection, place: FilePlace) -> bool:
    """Remove some parts of a file. Return whether there were any."""
    return connection.execute(_REMOVE, place.columns).rowcount > 0


def files_of(connection: Connection, jobs: Sequence[Job]) -> dict[int, set[str]]:
    """Return the names of the files that jobs of one tenant have, by id of the job."""
    found: dict[int, set[str]] = {one.id: set() for one in jobs}
    for tenant_id in {one.tenant_id for one in jobs}:
        wanted = (table.c.tenant_id == tenant_id) & table.c.job_id.in_(found)
        for job_id, name in connection.execute(_NAMES.where(wanted)):
            found[job_id].add(name)
    return found


def in_parts(chunks: Iterable[bytes], part_bytes: int = PART_BYTES) -> Iterator[bytes]:
    """Yield the same bytes in parts of that size, the last one shorter.

    >>> list(in_parts([b"ab", b"cdefg"], 3))
    [b'abc', b'def', b'g']
    """
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= part_bytes:
            yield bytes(buffer[:part_bytes])
            del buffer[:part_bytes]
    if buffer:
        yield bytes(buffer)


class StoredFile(io.RawIOBase):
    """A file of a job as a readable, seekable binary file; one part is in memory at a time.

    reading: opens a read transaction, one for each part, so that none stays open.
    """

    def __init__(self, reading: Reading, place: FilePlace) -> None:
        self._reading = reading
        self._place = place
        with reading() as connection:
            sizes = part_sizes(connection, place)
        self._numbers = [number for number, _ in sizes]
        self._starts = [0, *accumulate(size for _, size in sizes)]
        self._at = 0
        self._loaded: int | None = None
        self._content = b""

    @property
    def size(self) -> int:
        return self._starts[-1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self.size:
            return 0
        place = bisect_right(self._starts, self._at) - 1
        content = self._part(place)
        start = self._at - self._starts[place]
        piece = content[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def parts(self) -> Iterator[bytes]:
        """Yield the whole file part by part."""
        for place in range(len(self._numbers)):
            yield self._part(place)

    def _part(self, place: int) -> bytes:
        if self._loaded != place:
            with self._reading() as connection:
                self._content = read_part(connection, self._place, self._numbers[place])
            self._loaded = place
        return self._content
