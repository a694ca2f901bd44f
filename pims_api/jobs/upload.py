"""Uploads: a file is stored for a job in parts, each in a short transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from typing import Any

from pims_api.domain.job import INPUT, Job
from pims_api.jobs.cleaning import drop_job
from pims_api.services.jobs import begin_job, queue_job
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.jobs.files import PART_BYTES, StoredFile, add_part, file_of, in_parts
from pims_api.storage.unit_of_work import unit_of_work


@dataclass(slots=True)
class Intake:
    """A job whose file is coming in. size: bytes that have come."""

    database: Database
    job: Job
    size: int = 0

    def store(self, chunks: Iterable[bytes]) -> None:
        """Store a file as it comes."""
        place = file_of(self.job, INPUT)
        for part in in_parts(chunks):
            with self.database.writing() as connection:
                add_part(connection, place, part)
                connection.commit()
            self.size += len(part)

    def open_file(self) -> BufferedReader:
        """Open what has come, to read and seek in."""
        stored = StoredFile(self.database.reading, file_of(self.job, INPUT))
        return BufferedReader(stored, PART_BYTES)

    def queue(self, actor: Actor, payload: dict[str, Any]) -> tuple[Job, int]:
        """Hand the job to the workers; return it and the number of the transaction."""
        tenant_id = self.job.tenant_id
        with unit_of_work(self.database, tenant_id, actor, pause_facets=True) as work:
            return queue_job(work, self.job, payload), work.sequence


@contextmanager
def receiving(database: Database, tenant_id: int, actor: Actor, kind: str) -> Iterator[Intake]:
    """Add a job that waits for its file; leaving the block by an exception takes it back."""
    with database.writing() as connection:
        job = begin_job(connection, tenant_id, actor, kind)
        connection.commit()
    try:
        yield Intake(database, job)
    except BaseException:
        drop_job(database, job)
        raise
