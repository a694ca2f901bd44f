"""Jobs: queue, find, list and cancel them.

Source: docs/core.md, Jobs.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission import Permission
from pims_api.domain.job import Job, JobState, stored_faults
from pims_api.domain.page import Page
from pims_api.errors import Busy, Fault, Subject, absent
from pims_api.storage.history.changes import Actor, EntityChange
from pims_api.storage.jobs import queue as jobs
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

JOBS_WAITING_MAX = 100  # of one tenant
JOB_ID_MAX = 2**31 - 1
ENTITY = "job"


def add_job(
    work: UnitOfWork, kind: str, payload: dict[str, Any], actor: Actor | None = None
) -> Job:
    """Queue a job; workers see it after the commit.

    actor: by whose rights it is done; None: of the transaction. Raises Busy when very many wait
    already.
    """
    job = _new_job(work.connection, work.tenant_id, actor or work.actor, kind)
    job = replace(job, state=JobState.QUEUED, payload=payload)
    jobs.insert_job(work.connection, job)
    _record(work, job)
    return job


def begin_job(connection: Connection, tenant_id: int, actor: Actor, kind: str) -> Job:
    """Store a job before its file is uploaded; no worker takes it before `queue_job`.

    Raises Busy when very many wait already.
    """
    job = _new_job(connection, tenant_id, actor, kind)
    jobs.insert_job(connection, job)
    return job


def queue_job(work: UnitOfWork, job: Job, payload: dict[str, Any]) -> Job:
    """Queue a job whose file was uploaded."""
    queued = replace(job, state=JobState.QUEUED, payload=payload)
    change = {"state": queued.state, "payload": payload}
    jobs.change_job(work.connection, job, JobState.RECEIVING, **change)
    _record(work, job)
    return queued


def find_job(seen: Snapshot, key: ApiKey | None, job_id: int, user: str | None = None) -> Job:
    """Return a job that the holder of a key may see, or a user; neither: the command line.

    Raises NotFound. Source: docs/core.md, Jobs.
    """
    is_id = 0 < job_id <= JOB_ID_MAX
    job = jobs.find_job(seen.connection, seen.tenant_id, job_id) if is_id else None
    hidden = job is None or job.state is JobState.RECEIVING
    others = job and any(getattr(job, name) != one for name, one in _owner(key, user).items())
    if job is None or hidden or others:
        raise absent(Subject.JOB, place="job")
    return job


def jobs_of_kind(
    seen: Snapshot, key: ApiKey | None, user: str | None, kind: str, most: int
) -> list[Job]:
    """Return the jobs of a kind that the holder of a key may see, or a user, newest first."""
    owner = _owner(key, user)
    return jobs.jobs_of_kind(seen.connection, seen.tenant_id, kind, most, **owner)


def list_jobs(seen: Snapshot, key: ApiKey | None, page: Page) -> tuple[list[Job], int]:
    """Return a page of the jobs that the holder of a key may see, newest first, and how many."""
    return jobs.jobs_page(seen.connection, seen.tenant_id, page, _only_of(key))


def cancel_job(work: UnitOfWork, key: ApiKey | None, job_id: int) -> Job:
    """Cancel a job and return it; what it has stored stays. A finished job stays as it is.

    Raises NotFound.
    """
    job = find_job(work, key, job_id)
    if job.is_over:
        return job
    fault = Fault("cancelled", f"The job was cancelled by {work.actor.name}.")
    over = {
        "state": JobState.FAILED,
        "errors": stored_faults([fault]),
        "finished_at": work.at,
    }
    free = {"lease": None, "lease_until": None}
    jobs.change_job(work.connection, job, JobState.QUEUED, JobState.RUNNING, **over, **free)
    work.record(EntityChange(ENTITY, job.id, {"cancelled": False}, {"cancelled": True}))
    return find_job(work, key, job_id)


def _new_job(connection: Connection, tenant_id: int, actor: Actor, kind: str) -> Job:
    jobs.lock_ids(connection, tenant_id)
    if jobs.unfinished_jobs(connection, tenant_id) >= JOBS_WAITING_MAX:
        raise Busy(f"{JOBS_WAITING_MAX} jobs are waiting already. Try again when some are done!")
    number = jobs.last_job_id(connection, tenant_id) + 1
    return Job(tenant_id, number, kind, now_us(), actor.name, actor.key_id, JobState.RECEIVING)


def _record(work: UnitOfWork, job: Job) -> None:
    work.record(EntityChange(ENTITY, job.id, {"kind": None}, {"kind": job.kind}))


def _owner(key: ApiKey | None, user: str | None) -> dict[str, Any]:
    """Return what the jobs that a caller sees have in common. A user sees those of its own."""
    if user is not None:
        return {"key_id": None, "created_by": user}
    only = _only_of(key)
    return {} if only is None else {"key_id": only}


def _only_of(key: ApiKey | None) -> int | None:
    """Return the key id whose jobs alone a key sees, None for all jobs.

    A key that is bound to Views sees its own jobs only: others may reveal what its Views hide.
    """
    if key is None or (key.may(Permission.MANAGE_JOBS) and not key.views):
        return None
    return key.id
