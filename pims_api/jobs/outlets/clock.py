"""What is due by the clock: export jobs are begun, and runs closed whose workers died.

Source: docs/export-jobs.md, Schedules.
"""

import logging
from dataclasses import replace

from pims_api.clock import now_us
from pims_api.domain.outlets.outlet import Outlet, OutletKind, Run, RunState
from pims_api.errors import Busy, Conflict, PimsError
from pims_api.jobs.outlets.delivery import close_run
from pims_api.jobs.shutdown import Stop
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
        abandoned = list(abandoned_runs(connection))
    for one in due:
        if one.kind is OutletKind.EXPORT_JOB:
            _begin(database, one, now)
    for run in abandoned:
        _close(database, run)


def _begin(database: Database, one: Outlet, now: int) -> None:
    actor = Actor(one.user or "schedule", one.key_id)
    with unit_of_work(database, one.tenant_id, actor) as work:
        next_due = due_after(plan_of(one), active=one.active, now=now)
        if not claim_due(work.connection, one, next_due):
            return
        try:
            ask_run(work, one)
        except Conflict:
            return  # one waits already, and waits once


def _close(database: Database, run: Run) -> None:
    with database.reading() as connection:
        job = find_job(connection, run.tenant_id, run.job_id or 0)
        one = Outlets(database).find(connection, run.tenant_id, run.outlet_id)
    if job is None or one is None or not job.is_over:
        return
    told = job.errors[0]["message"] if job.errors else DIED
    over = replace(run, state=RunState.FAILED, completed_at=job.finished_at, result={"error": told})
    try:
        with unit_of_work(database, run.tenant_id, Actor(job.created_by, job.key_id)) as work:
            close_run(work, one, over)
    except PimsError as error:
        _LOG.warning("Run %s of outlet %s stays open: %s", run.id, run.outlet_id, error)
