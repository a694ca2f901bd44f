"""pims worker: run queued jobs, such as imports and exports."""

import os

import click

from pims_api.cli.options import session_of
from pims_api.cli.server.worker_process import PARENT_VARIABLE
from pims_api.cli.session import ending_on_refusal, require_tables
from pims_api.domain.job import Job, JobState
from pims_api.jobs.kinds import load_kinds
from pims_api.jobs.shutdown import Stop, stopped_by_signals
from pims_api.jobs.webhooks.sender import WebhookSender
from pims_api.jobs.webhooks.serving import Sending
from pims_api.jobs.webhooks.telling import NamedTelling
from pims_api.jobs.worker import run_pending_jobs, run_queues

_ENDS = {
    JobState.DONE: "is done",
    JobState.QUEUED: "was given back and goes on later",
    JobState.RUNNING: "went to another worker",
}


@click.command()
@click.option(
    "--until-idle",
    is_flag=True,
    help="Do what is due: jobs in the order in which they were asked for, then webhooks; and end.",
)
@click.pass_context
def worker(ctx: click.Context, until_idle: bool) -> None:
    r"""Do imports, exports and other jobs until Ctrl-C or SIGTERM.

    `pims serve` runs one worker; this one shares its work, on this machine or another one. It does
    imports one after the other and beside them exports, so that neither waits for the other, begins
    export jobs that are due, and tells webhooks. A worker that is asked to stop saves the step that
    it is at and gives its job back.

    \b
    Example:
      pims worker
      pims worker --until-idle
    """
    database = session_of(ctx).database
    require_tables(database)
    parent = os.environ.get(PARENT_VARIABLE)
    stop = Stop(int(parent) if parent else None)
    kinds, webhooks = load_kinds(), WebhookSender(Sending(database, NamedTelling(), stop))
    with ending_on_refusal(), stopped_by_signals(stop):
        if until_idle:
            run_pending_jobs(database, stop, _tell, kinds)
            webhooks.run_until_idle()
        else:
            run_queues(database, stop, _tell, kinds, [webhooks.run])


def _tell(job: Job) -> None:
    end = _ENDS.get(job.state, "failed: ")
    reason = job.errors[0]["message"] if job.state is JobState.FAILED and job.errors else ""
    click.echo(f"Job {job.id} ({job.kind}) {end}{reason}", err=True)
