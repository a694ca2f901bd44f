"""What is due by the clock: export jobs are begun, and runs closed whose workers died.

Source: docs/export-jobs.md, Schedules.
"""

import logging
from dataclasses import replace

from pims_api.clock import now_us
from pims_api.domain.job import Job
from pims_api.domain.outlets.outlet import Outlet, OutletKind, Run, RunState
from pims_api.errors import Busy, Conflict, PimsError
from pims_api.jobs.outlets.delivery import close_run
from pims_api.jobs.shutdown import Stop
from pims_api.services.channels.runs import closed
from pims_api.services.outlets.export_jobs import ask_run, due_after, plan_of
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.jobs.queue import find_job
from pims_api.storage.outlets.outlets import Outlets, claim_due
from pims_api.storage.outlets.runs import abandoned_runs
from pims_api.storage.unit_of_work import unit_of_work

_LOG = logging.getLogger("pims")
DIED = "The run was given up: its worker ended before it was done, again and again."


def keep_time(database: Database, stop: Stop) -> None:
    """Do what is due, once a second or so, until it is time to stop."""
    while not stop.asked:
        try:
            do_what_is_due(database, now_us())
        except Busy:
            pass  # there will be a quieter second
        except Exception as error:  # noqa: BLE001 - one bad row must not stop all others
            _LOG.exception("What is due could not be done", exc_info=error)
        stop.wait(database.settings.job_poll_s)


def do_what_is_due(database: Database, now: int) -> None:
    """Begin the export jobs that are due, each once however late, and close abandoned runs."""
    with database.reading() as connection:
        due = Outlets(database).due(connection, now)
    for one in due:
        if one.kind is OutletKind.EXPORT_JOB:
            _begin(database, one, now)
    close_abandoned(database)


def close_abandoned(database: Database) -> int:
    """Close the runs whose jobs are over without them; return how many they are."""
    with database.reading() as connection:
        abandoned = list(abandoned_runs(connection))
    return sum(_close(database, run) for run in abandoned)


def _begin(database: Database, one: Outlet, now: int) -> None:
    actor = Actor(one.user or "schedule", one.key_id)
    next_due = due_after(plan_of(one), active=one.active, now=now)
    try:
        with unit_of_work(database, one.tenant_id, actor) as work:
            if claim_due(work.connection, one, next_due):
                ask_run(work, one)
    except Conflict:  # one waits already, and waits once: what is due now is not due any more
        with database.writing() as connection:
            claim_due(connection, one, next_due)
            connection.commit()
    except Busy as busy:  # of one tenant; the others need not wait for it
        _LOG.warning("Export job %s of tenant %s is late: %s", one.id, one.tenant_id, busy)


def _close(database: Database, run: Run) -> bool:
    """Close a run; return whether it is closed now."""
    try:
        with database.reading() as connection:
            job = find_job(connection, run.tenant_id, run.job_id or 0)
            one = Outlets(database).find(connection, run.tenant_id, run.outlet_id)
        if job is None or one is None or not job.is_over:
            return False
        with unit_of_work(database, run.tenant_id, Actor(job.created_by, job.key_id)) as work:
            close_run(work, one, _over(one, run, job))
    except PimsError as error:
        _LOG.warning("Run %s of outlet %s stays open: %s", run.id, run.outlet_id, error)
        return False
    return True


def _over(one: Outlet, run: Run, job: Job) -> Run:
    told = job.errors[0]["message"] if job.errors else DIED
    at = job.finished_at or now_us()
    if one.kind is OutletKind.CHANNEL:
        return closed(run, told, at)
    return replace(run, state=RunState.FAILED, completed_at=at, result={"error": told})
