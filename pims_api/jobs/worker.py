"""Workers: each takes the jobs of its queue one by one, holds their lease, and tells how they end.

Source: docs/core.md, Jobs.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from pims_api.clock import now_us
from pims_api.domain.job import ATTEMPTS_MAX, Job, JobState, stored_faults
from pims_api.errors import Busy, Fault, PimsError
from pims_api.jobs.cleaning import remove_old_files, remove_old_replies
from pims_api.jobs.job_run import Interrupted, JobRun
from pims_api.jobs.kinds import JOB_KINDS, JobKind, workers_of
from pims_api.jobs.outlets.schedule import close_abandoned, do_what_is_due, keep_time
from pims_api.jobs.shutdown import Stop
from pims_api.storage.database import Database
from pims_api.storage.jobs.queue import LeaseLost, claim_next, find_job, hold_job, let_go

FAILED = "The server failed at this job. The log of the server has the details."
_RETRY_S = 5.0
_CLEAN_EVERY_S = 3600.0

_LOG = logging.getLogger("pims")


class Worker:
    """Does jobs of all tenants of a database, one after the other.

    tell: is given each job that it leaves. queue: it leaves kinds of other queues alone; None: it
    does all.
    """

    def __init__(
        self,
        database: Database,
        stop: Stop,
        tell: Callable[[Job], None] = lambda _: None,
        kinds: Mapping[str, JobKind] = JOB_KINDS,
        queue: str | None = None,
    ) -> None:
        self._database = database
        self._stop = stop
        self._tell = tell
        self._kinds = kinds
        self._others = [
            name for name, kind in kinds.items() if queue is not None and kind.queue != queue
        ]
        self._cleaned_at = 0

    def work(self, *, until_idle: bool = False) -> None:
        """Do jobs until it is time to stop, or until none waits."""
        while not self._stop.asked:
            if self._do_next() or self._stop.asked:
                continue
            if until_idle:
                return
            self._clean()
            self._stop.wait(self._database.settings.job_poll_s)

    def _do_next(self) -> bool:
        """Do a job, if one waits. Return whether one did."""
        lease, lease_s = uuid.uuid4().hex, self._database.settings.job_lease_s
        try:
            job = claim_next(self._database, lease, now_us(), lease_s, self._others)
            if job is None:
                return False
            if job.state is JobState.RUNNING:
                self._attempt(job)
            self._tell_end(job)
        except Busy:
            return False
        return True

    def _attempt(self, job: Job) -> None:
        try:
            with _heartbeat(self._database, job):
                end = self._end_of(job)
            with self._database.writing() as connection:
                let_go(connection, job, **end)
                connection.commit()
        except LeaseLost:
            _LOG.warning("Job %s of tenant %s went to another worker", job.id, job.tenant_id)
        except Busy:  # the lease will run out
            _LOG.warning("Job %s of tenant %s could not be let go", job.id, job.tenant_id)

    def _end_of(self, job: Job) -> dict[str, Any]:
        """Run the job and return the columns that tell how it ended. Raises LeaseLost."""
        run = JobRun(self._database, job, stop=self._stop)
        try:
            result = self._run(run)
        except LeaseLost:
            raise
        except Interrupted:
            return {"state": JobState.QUEUED, "attempts": job.attempts - 1}
        except PimsError as error:
            return _later(run, error) if isinstance(error, Busy) else _failed(error)
        except Exception as error:  # noqa: BLE001 - no job may end the worker
            _LOG.exception("Job %s of tenant %s failed", job.id, job.tenant_id, exc_info=error)
            return _later(run, PimsError(faults=[Fault("internal", FAILED)]))
        result |= run.stored
        return {"state": JobState.DONE, "result": result, "finished_at": now_us()}

    def _run(self, run: JobRun) -> dict[str, Any]:
        kind = self._kinds.get(run.job.kind)
        if kind is None:
            message = f"This version of the server knows no jobs of the kind {run.job.kind!r}."
            raise PimsError(faults=[Fault("internal", message)])
        run.permission = kind.permission
        return kind.run(run)

    def _tell_end(self, job: Job) -> None:
        with self._database.reading() as connection:
            after = find_job(connection, job.tenant_id, job.id)
        self._tell(after or job)

    def _clean(self) -> None:
        now = now_us()
        if now - self._cleaned_at > _CLEAN_EVERY_S * 1_000_000:
            self._cleaned_at = now
            with suppress(Busy):  # there will be a quieter hour
                remove_old_files(self._database, now)
                remove_old_replies(self._database, now)


def run_queues(
    database: Database,
    stop: Stop,
    tell: Callable[[Job], None] = lambda _: None,
    kinds: Mapping[str, JobKind] = JOB_KINDS,
    beside: Sequence[Callable[[], None]] = (),
) -> None:
    """Do the jobs of every queue in threads of its own, so that none waits for another.

    beside: what else is done until it is time to stop, each in a thread of its own. Returns when it
    is time to stop. Raises what ended a worker, when all have ended.
    """
    queues = sorted({kind.queue for kind in kinds.values()})

    def keep(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException:
            stop.ask()  # the process is begun anew as a whole
            raise

    every: list[Callable[[], None]] = [
        Worker(database, stop, tell, kinds, queue).work
        for queue in queues
        for _ in range(workers_of(queue, database.settings))
    ]
    every += [partial(keep_time, database, stop), *beside]
    with ThreadPoolExecutor(len(every), "jobs") as pool:
        for ended in [pool.submit(keep, work) for work in every]:
            ended.result()


def run_pending_jobs(
    database: Database,
    stop: Stop | None = None,
    tell: Callable[[Job], None] = lambda _: None,
    kinds: Mapping[str, JobKind] = JOB_KINDS,
) -> None:
    """Do the jobs that wait in the order in which they were asked for, until none is left.

    Export jobs that are due are begun first.
    """
    worker = Worker(database, stop or Stop(), tell, kinds)
    do_what_is_due(database, now_us())
    worker.work(until_idle=True)
    while close_abandoned(database):  # another run may have waited for one of them
        worker.work(until_idle=True)


@contextmanager
def _heartbeat(database: Database, job: Job) -> Iterator[None]:
    """Prolong the lease of a job again and again while the block lasts."""
    lease_s, over = database.settings.job_lease_s, threading.Event()

    def beat() -> None:
        while not over.wait(lease_s / 3):
            try:
                with database.writing() as connection:
                    hold_job(connection, job, now_us() + int(lease_s * 1_000_000))
                    connection.commit()
            except Busy:
                continue
            except LeaseLost:
                return

    thread = threading.Thread(target=beat, name=f"heartbeat of job {job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _later(run: JobRun, error: PimsError) -> dict[str, Any]:
    """Return the end of an attempt that may go better another time.

    One that the database was too busy for counts only when it came no further.
    """
    attempts = run.job.attempts - (isinstance(error, Busy) and run.has_moved)
    if attempts >= ATTEMPTS_MAX:
        return _failed(error)
    again_at = now_us() + int(_RETRY_S * 1_000_000)
    return {"state": JobState.QUEUED, "run_after": again_at, "attempts": attempts}


def _failed(error: PimsError) -> dict[str, Any]:
    errors = stored_faults(error.faults)
    ended = {"state": JobState.FAILED, "errors": errors, "finished_at": now_us()}
    return ended | ({"result": dict(error.beside)} if error.beside else {})
