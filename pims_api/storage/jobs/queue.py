"""The job queue: jobs are added, found, and leased to workers.

Every write for a running job names its lease, so a worker that lost the job to another one can no
longer change it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, delete, func, insert, or_, select, update

from pims_api.domain.job import ATTEMPTS_MAX, GAVE_UP, Job, JobState, stored_faults
from pims_api.domain.page import Page
from pims_api.errors import Fault
from pims_api.storage.database import Database
from pims_api.storage.tables import job as table
from pims_api.storage.tables import job_file, tenant

_UNFINISHED = (JobState.RECEIVING, JobState.QUEUED, JobState.RUNNING)
_IS_ONE = (table.c.tenant_id == bindparam("of_tenant")) & (table.c.id == bindparam("of_job"))
_IS_HELD = _IS_ONE & (table.c.lease == bindparam("of_lease")) & (table.c.state == JobState.RUNNING)
_OF_TENANT = table.c.tenant_id == bindparam("of_tenant")
_FIND = select(table).where(_IS_ONE)
_LAST = select(func.max(table.c.id)).where(_OF_TENANT)
_LOCK = (
    select(tenant.c.id).where(tenant.c.id == bindparam("of_tenant")).with_for_update(key_share=True)
)
_INSERT = insert(table)
_WAITS = or_(
    (table.c.state == JobState.QUEUED) & (func.coalesce(table.c.run_after, 0) <= bindparam("now")),
    (table.c.state == JobState.RUNNING) & (table.c.lease_until <= bindparam("now")),
)
_IS_MINE = table.c.kind.not_in(bindparam("others", expanding=True))
_NEXT = (
    select(table)
    .where(_WAITS, _IS_MINE)
    .order_by(table.c.created_at, table.c.tenant_id, table.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)  # left out on SQLite, which has one writer at a time
)
_IS_THERE = select(table.c.id).where(_WAITS, _IS_MINE).limit(1)


class LeaseLost(Exception):
    """The job is no longer leased to this worker: another one has it, or it was cancelled."""


def lock_ids(connection: Connection, tenant_id: int) -> None:
    """Lock the job ids of the tenant until the end of the transaction."""
    connection.execute(_LOCK, {"of_tenant": tenant_id})


def last_job_id(connection: Connection, tenant_id: int) -> int:
    """Return the highest id of a job of the tenant; 0 when there is none."""
    return int(connection.scalar(_LAST, {"of_tenant": tenant_id}) or 0)


def insert_job(connection: Connection, job: Job) -> None:
    """Store a new job."""
    connection.execute(_INSERT, asdict(job))


def find_job(connection: Connection, tenant_id: int, job_id: int) -> Job | None:
    """Return the job of that id, if the tenant has it."""
    row = connection.execute(_FIND, {"of_tenant": tenant_id, "of_job": job_id}).first()
    return None if row is None else _job(row)


def jobs_page(
    connection: Connection, tenant_id: int, page: Page, key_id: int | None = None
) -> tuple[list[Job], int]:
    """Return a page of the jobs whose file is received, newest first, and how many there are.

    key_id: only those of that key; None: all of the tenant.
    """
    wanted = (table.c.tenant_id == tenant_id) & (table.c.state != JobState.RECEIVING)
    if key_id is not None:
        wanted &= table.c.key_id == key_id
    total = connection.scalar(select(func.count()).select_from(table).where(wanted)) or 0
    newest_first = select(table).where(wanted).order_by(table.c.id.desc())
    rows = connection.execute(newest_first.limit(page.size).offset(page.offset))
    return [_job(row) for row in rows], total


def jobs_of_kind(
    connection: Connection, tenant_id: int, kind: str, most: int, **owner: Any
) -> list[Job]:
    """Return the jobs of a kind, newest first. owner: what columns hold of those wanted."""
    wanted = (table.c.tenant_id == tenant_id) & (table.c.kind == kind)
    for name, value in owner.items():
        wanted &= table.c[name] == value
    newest_first = select(table).where(wanted).order_by(table.c.id.desc()).limit(most)
    return [_job(row) for row in connection.execute(newest_first)]


def unfinished_jobs(connection: Connection, tenant_id: int) -> int:
    """Return how many jobs of the tenant are unfinished."""
    wanted = (table.c.tenant_id == tenant_id) & table.c.state.in_(_UNFINISHED)
    return connection.scalar(select(func.count()).select_from(table).where(wanted)) or 0


def change_job(connection: Connection, job: Job, *states: JobState, **values: Any) -> bool:
    """Change columns of a job that is in one of the states. Return whether it was."""
    statement = update(table).where(_IS_ONE, table.c.state.in_(states)).values(**values)
    return _changes(connection, statement, {"of_tenant": job.tenant_id, "of_job": job.id})


def claim_next(
    database: Database, lease: str, now: int, lease_s: float, others: Collection[str] = ()
) -> Job | None:
    """Lease the oldest waiting job, if there is one, and return it.

    lease: the worker's token. now: microseconds since 1970. others: kinds of job that are left to
    the workers of other queues. A job that was begun too often is returned as failed instead.
    """
    wanted = {"now": now, "others": list(others)}
    with database.reading() as connection:  # a read, which waits for no writer
        if connection.execute(_IS_THERE, wanted).first() is None:
            return None
    with database.writing() as connection:
        row = connection.execute(_NEXT, wanted).first()
        if row is None:
            return None
        job = _claimed(_job(row), lease, now, lease_s)
        change_job(connection, job, JobState.QUEUED, JobState.RUNNING, **_lease_columns(job))
        connection.commit()
    return job


def hold_job(connection: Connection, job: Job, until: int, **values: Any) -> None:
    """Extend the lease of a job and store columns of it. Raises LeaseLost."""
    _write_held(connection, job, {"lease_until": until} | values)


def let_go(connection: Connection, job: Job, state: JobState, **values: Any) -> None:
    """End the lease of a job, with a new state. Raises LeaseLost."""
    free = {"state": state, "lease": None, "lease_until": None}
    _write_held(connection, job, free | values)


def jobs_with_files(connection: Connection, before: int) -> Iterator[Job]:
    """Yield the jobs that were added before a time and still have files."""
    has_files = select(job_file.c.part).where(
        job_file.c.tenant_id == table.c.tenant_id, job_file.c.job_id == table.c.id
    )
    wanted = select(table).where(table.c.created_at < before, has_files.exists())
    for row in connection.execute(wanted):
        yield _job(row)


def jobs_received_before(connection: Connection, before: int) -> Iterator[Job]:
    """Yield the jobs added before a time whose file was never received whole."""
    wanted = (table.c.state == JobState.RECEIVING) & (table.c.created_at < before)
    for row in connection.execute(select(table).where(wanted)):
        yield _job(row)


def remove_job(connection: Connection, job: Job) -> None:
    """Delete a job, whose files are deleted already."""
    statement = delete(table).where(_IS_ONE)
    connection.execute(statement, {"of_tenant": job.tenant_id, "of_job": job.id})


def _claimed(job: Job, lease: str, now: int, lease_s: float) -> Job:
    if job.attempts >= ATTEMPTS_MAX:
        errors = stored_faults([Fault("internal", GAVE_UP)])
        over = replace(job, state=JobState.FAILED, errors=errors, finished_at=now)
        return replace(over, lease=None, lease_until=None)
    return replace(
        job,
        state=JobState.RUNNING,
        lease=lease,
        lease_until=now + int(lease_s * 1_000_000),
        started_at=job.started_at or now,
        attempts=job.attempts + 1,
    )


def _lease_columns(job: Job) -> dict[str, Any]:
    names = ("state", "lease", "lease_until", "started_at", "finished_at", "attempts", "errors")
    return {name: getattr(job, name) for name in names}


def _write_held(connection: Connection, job: Job, values: Mapping[str, Any]) -> None:
    statement = update(table).where(_IS_HELD).values(**values)
    places = {"of_tenant": job.tenant_id, "of_job": job.id, "of_lease": job.lease}
    if not _changes(connection, statement, places):
        raise LeaseLost


def _changes(connection: Connection, statement: Update, places: Mapping[str, Any]) -> bool:
    return connection.execute(statement, places).rowcount == 1


def _job(row: Row[Any]) -> Job:
    found = dict(row._mapping)
    return Job(**found | {"state": JobState(found["state"])})
