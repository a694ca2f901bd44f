"""Runs of channels: one job each, closed whatever becomes of it.

A run that was interrupted is not gone on with: it is closed as failed, and the next one finds
every product again by its mapping or by the id of its record.

Source: docs/channels.md, Runs.
"""

import logging
import math
from collections.abc import Callable
from typing import Any

from pims_api.clock import now_us
from pims_api.connectors.base import Outside, OutsideFailed, OutsideInvalid
from pims_api.connectors.kinds import CONNECTORS
from pims_api.domain.outlets.outlet import Outlet, Run, RunState
from pims_api.errors import Fault, Forbidden, PimsError
from pims_api.jobs.channels.context import Context
from pims_api.jobs.channels.ledger import Ledger, message_of
from pims_api.jobs.channels.pull import pull
from pims_api.jobs.channels.push import push
from pims_api.jobs.job_run import Interrupted, JobRun
from pims_api.services.channels.channel import config_of, plan_of
from pims_api.services.channels.runs import BOTH, CANCELLED, DIED, PULL, PUSH, closed
from pims_api.settings import Settings
from pims_api.storage.jobs.queue import LeaseLost, find_job
from pims_api.storage.outlets.outlets import Outlets, keep_state
from pims_api.storage.outlets.runs import change_run, find_run

STOPPED = "The server was stopped before the run was done: start the run again."
FAILED = "The server failed at this run. The log of the server has the details."

_LOG = logging.getLogger("pims")


def run_channel(job: JobRun) -> dict[str, Any]:
    """Do one run of a channel, and return its counts. Raises LeaseLost."""
    outlet, run = _found(job)
    if run.is_over:
        return run.result
    ledger = Ledger(job, run)
    if job.job.attempts > 1:
        return _stopped(ledger, DIED)
    try:
        return _run(outlet, ledger)
    except LeaseLost:
        _close_cancelled(job, run)
        raise


def dry_run(job: JobRun, outlet: Outlet, direction: str) -> Ledger:
    """Return what a run would do; nothing is written on either side. Raises PimsError."""
    run = Run(outlet.tenant_id, outlet.id, 0, direction, RunState.RUNNING, now_us())
    ledger = Ledger(job, run, dry=True)
    _go(outlet, ledger)
    return ledger


def outside_of(
    outlet: Outlet, settings: Settings, wait: Callable[[float], None], until: float = math.inf
) -> Outside:
    """Return the other side of a channel whose type has a connector."""
    plan = plan_of(outlet)
    connector = CONNECTORS[plan.type]
    return connector.open(config_of(outlet), plan.field_mappings, settings, wait, until)


def _run(outlet: Outlet, ledger: Ledger) -> dict[str, Any]:
    try:
        kept = _go(outlet, ledger)
    except LeaseLost:
        raise
    except Interrupted:
        return _stopped(ledger, STOPPED)
    except (OutsideInvalid, OutsideFailed) as error:
        return _stopped(ledger, str(error))
    except PimsError as error:
        return _stopped(ledger, error)
    except Exception as error:  # noqa: BLE001 - a run is closed whatever ended it
        _LOG.exception("A run of channel %s failed", outlet.id, exc_info=error)
        return _stopped(ledger, FAILED)
    if kept:
        _keep(ledger, outlet, kept)
    return ledger.close(ledger.state).result


def _go(outlet: Outlet, ledger: Ledger) -> dict[str, Any]:
    """Do what the run is for; return what the channel keeps of it."""
    job, direction = ledger.job, ledger.run.kind

    def wait(seconds: float) -> None:
        job.stop.wait(seconds)
        job.check_stop()

    outside = outside_of(outlet, job.database.settings, wait)
    context = Context(outlet, plan_of(outlet), outside, ledger, both=direction == BOTH)
    try:
        ledger.tell()  # before anything is sent: whoever asked may not do so any more
        kept = push(context) if direction in (PUSH, BOTH) else {}
        if direction in (PULL, BOTH):
            pull(context)
        return kept
    finally:
        outside.close()


def _found(job: JobRun) -> tuple[Outlet, Run]:
    """Return the channel and the run of a job. Raises PimsError when they are gone."""
    payload, outlets = job.job.payload, Outlets(job.database)
    with job.database.reading() as connection:
        outlet = outlets.find(connection, job.job.tenant_id, payload["outlet"])
        run = None if outlet is None else find_run(connection, outlet, payload["run"])
    if outlet is None or run is None:
        raise PimsError(faults=[Fault("not_found", "The channel of this run is gone.")])
    return outlet, run


def _stopped(ledger: Ledger, error: Exception | str) -> dict[str, Any]:
    """Close a run that something ended."""
    ledger.errors.append({"message": message_of(error)})
    try:
        return ledger.close(RunState.FAILED).result
    except Forbidden:  # who asked may not do so any more, but the run has to end
        return ledger.abandon().result


def _close_cancelled(job: JobRun, run: Run) -> None:
    """Close a run whose job was cancelled; one that another worker has is left to that."""
    with job.database.writing() as connection:
        now = find_job(connection, job.job.tenant_id, job.job.id)
        if now is not None and now.is_over:
            change_run(connection, closed(run, CANCELLED, now_us()))
            connection.commit()


def _keep(ledger: Ledger, outlet: Outlet, kept: dict[str, Any]) -> None:
    with ledger.job.database.writing() as connection:
        ledger.job.hold(connection, {})
        keep_state(connection, outlet, dict(outlet.state) | kept, outlet.due_at)
        connection.commit()
