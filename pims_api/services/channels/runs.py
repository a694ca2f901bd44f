"""Runs of channels: asked for, one at a time, and closed whatever became of who did them.

Source: docs/channels.md, Runs.
"""

from dataclasses import replace
from typing import Any

from pims_api.clock import now_us
from pims_api.domain.job import USER, Job, JobState, stored_faults
from pims_api.domain.outlets.outlet import Outlet, Run, RunState
from pims_api.errors import BadInput, Conflict, Fault
from pims_api.services.channels.channel import plan_of
from pims_api.services.jobs import add_job
from pims_api.storage.jobs.queue import change_job, find_job
from pims_api.storage.outlets.runs import add_run, change_run, last_run_id, open_runs
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

JOB_KIND = "channel_run"
PUSH, PULL, BOTH = "push", "pull", "bidirectional"
DIRECTIONS = (PUSH, PULL, BOTH)
DIED = "The process that did this run ended before it was done: start the run again."
CANCELLED = "The run was cancelled."
GOES_ON = "A run of this channel goes on: wait until it is over!"
NO_CONNECTOR = "There is no connector for channels of the type {}: only shopify can be synced!"
NOT_ACTIVE = "The channel is not active: set active to true first!"

NO_RESULT: dict[str, Any] = {"pushed": 0, "pulled": 0, "skipped": 0, "failed": 0, "errors": []}


def ask_run(work: UnitOfWork, one: Outlet, direction: str, user: str | None = None) -> Run:
    """Have a channel run in a direction, of DIRECTIONS. Raises BadInput, Conflict, Busy.

    user: the e-mail address of who asks; None: a key or the command line.
    """
    refuse_unfit(one)
    refuse_while_running(work, one)
    payload: dict[str, Any] = {"outlet": one.id, "run": last_run_id(work.connection, one) + 1}
    if user is not None:
        payload[USER] = user
    job = add_job(work, JOB_KIND, payload)
    run = Run(one.tenant_id, one.id, payload["run"], direction, RunState.RUNNING, work.at)
    run = replace(run, job_id=job.id, result=NO_RESULT)
    add_run(work.connection, run)
    return run


def refuse_unfit(one: Outlet, *, inactive: bool = False) -> None:
    """Raise BadInput for a channel that cannot be synced. inactive: whether it may be that."""
    kind = plan_of(one).type
    if kind != "shopify":
        raise BadInput(faults=[Fault("range", NO_CONNECTOR.format(kind))])
    if not (one.active or inactive):
        raise BadInput(faults=[Fault("range", NOT_ACTIVE)])


def refuse_while_running(work: UnitOfWork, one: Outlet) -> None:
    """Raise Conflict while a run of a channel goes on; runs that died are closed."""
    for run in open_runs(work.connection, one):
        if not _closed_dead(work, run):
            raise Conflict(faults=[Fault("exists", GOES_ON)])


def closed(run: Run, message: str, at: int) -> Run:
    """Return a run as it is when something ended it."""
    result = NO_RESULT | run.result
    errors = [*result["errors"], {"message": message}]
    state = RunState.FAILED
    return replace(run, state=state, completed_at=at, result=result | {"errors": errors})


def job_of(seen: Snapshot, run: Run) -> Job | None:
    """Return the job that does a run."""
    return None if run.job_id is None else find_job(seen.connection, run.tenant_id, run.job_id)


def _closed_dead(work: UnitOfWork, run: Run) -> bool:
    """Close a run whose job is over, or whose worker is silent; return whether it is."""
    job, now = job_of(work, run), now_us()
    if job is not None and not job.is_over:
        if job.state is not JobState.RUNNING or (job.lease_until or 0) > now:
            return False
        over = {
            "state": JobState.FAILED,
            "errors": stored_faults([Fault("internal", DIED)]),
            "finished_at": now,
        }
        change_job(work.connection, job, JobState.RUNNING, **over, lease=None, lease_until=None)
    change_run(work.connection, closed(run, DIED, now))
    return True
