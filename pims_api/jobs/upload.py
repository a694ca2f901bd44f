"""Uploads: a file is stored for a job in parts, each in a short transaction."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from typing import Any, TypeVar

from pims_api.domain.job import INPUT, Job
from pims_api.jobs.cleaning import drop_job
from pims_api.services.jobs import begin_job, queue_job
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.jobs.files import PART_BYTES, StoredFile, add_part, file_of, in_parts
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work

Told = TypeVar("Told")


@dataclass(slots=True)
class Intake:
    """A job whose file is coming in. size: bytes that have come. queued: whether it was queued."""

    database: Database
    job: Job
    size: int = 0
    queued: bool = False

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

    def queue(
        self,
        actor: Actor,
        payload: dict[str, Any],
        tell: Callable[[UnitOfWork, Callable[[], Job]], Told],
    ) -> Told:
        """Return what is told in the transaction that hands the job to the workers.

        tell: calls what queues the job and returns it, unless it was queued before under its name.
        """
        tenant_id, was_queued = self.job.tenant_id, False

        def queue() -> Job:
            nonlocal was_queued
            was_queued = True
            return queue_job(work, self.job, payload)

        with unit_of_work(self.database, tenant_id, actor, pause_facets=True) as work:
            told = tell(work, queue)
        self.queued = was_queued
        return told


@contextmanager
def receiving(database: Database, tenant_id: int, actor: Actor, kind: str) -> Iterator[Intake]:
    """Add a job that waits for its file; it is taken back where the block does not queue it."""
    with database.writing() as connection:
        job = begin_job(connection, tenant_id, actor, kind)
        connection.commit()
    intake = Intake(database, job)
    try:
        yield intake
    finally:
        if not intake.queued:
            drop_job(database, job)
