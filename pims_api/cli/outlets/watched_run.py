"""A run of an outlet that a command does itself, or sees another worker do."""

import sys
import threading
from collections.abc import Mapping
from typing import Any

import click

from pims_api.domain.outlets.outlet import Outlet, Run
from pims_api.jobs.kinds import JobKind
from pims_api.jobs.outlets.schedule import close_abandoned
from pims_api.jobs.shutdown import Stop, stopped_by_signals
from pims_api.jobs.worker import Worker
from pims_api.storage.database import Database
from pims_api.storage.jobs.queue import find_job
from pims_api.storage.outlets.runs import find_run

LEFT = "The run was left as it is: a worker goes on with it, such as that of `pims serve`."
_LOOK_EVERY_S = 0.2


def watched_run(
    database: Database, one: Outlet, run: Run, kinds: Mapping[str, JobKind], queue: str
) -> Run:
    """Return a run when it is over: done here, or by the worker that has it. A bar shows how far.

    Ends the command when it is told to stop before; the run is given back to other workers.
    """
    stop = Stop()
    worker = threading.Thread(target=Worker(database, stop, kinds=kinds, queue=queue).work)
    with stopped_by_signals(stop), click.progressbar(length=1, label="Run", file=sys.stderr) as bar:
        worker.start()
        try:
            while not run.is_over and worker.is_alive() and not stop.asked:
                stop.wait(_LOOK_EVERY_S)
                run, progress = _look(database, one, run)
                bar.length = max(1, progress.get("total") or 1)
                bar.update(progress.get("done", 0) - bar.pos)
        finally:
            stop.ask()
            worker.join()
    if not run.is_over:
        raise click.ClickException(LEFT)
    return run


def _look(database: Database, one: Outlet, run: Run) -> tuple[Run, dict[str, Any]]:
    with database.reading() as connection:
        run = find_run(connection, one, run.id) or run
        job = find_job(connection, one.tenant_id, run.job_id or 0)
    if job is None:
        return run, {}
    if job.is_over and not run.is_over:  # it was cancelled, or its workers died
        close_abandoned(database)
    return run, job.progress
