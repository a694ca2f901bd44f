"""pims job: the state and results of jobs."""

from typing import Any

import click

from pims_api.cli.history.conflict_line import conflict_line
from pims_api.cli.output import as_json_option, echo_json, moment
from pims_api.cli.session import reading, writing
from pims_api.domain.job import Job, stored_faults
from pims_api.domain.page import PAGE_SIZE_MAX, Page
from pims_api.errors import Fault
from pims_api.services.jobs import cancel_job, find_job, list_jobs
from pims_api.wording import worded


@click.group("job")
def job_group() -> None:
    """Jobs: imports, exports and conversions that requests asked for."""


@job_group.command("list")
@click.option("--limit", type=click.IntRange(1, PAGE_SIZE_MAX), default=24, show_default=True)
@as_json_option
@click.pass_context
def show_all(ctx: click.Context, limit: int, as_json: bool) -> None:
    r"""List the jobs of a catalogue, newest first.

    \b
    Example:
      pims job list --limit 5
    """
    with reading(ctx) as seen:
        found, _ = list_jobs(seen, None, Page(limit, 1))
    if as_json:
        echo_json([_told(one) for one in found])
        return
    for one in found:
        click.echo(f"{one.id}  {one.kind}  {_state(one)}  {one.created_by}")


@job_group.command("show")
@click.argument("job_id", metavar="ID", type=int)
@as_json_option
@click.pass_context
def show(ctx: click.Context, job_id: int, as_json: bool) -> None:
    r"""Tell how far a job is and what became of it.

    \b
    Example:
      pims job show 3
    """
    with reading(ctx) as seen:
        job = find_job(seen, None, job_id)
    if as_json:
        echo_json(_told(job))
        return
    click.echo(f"{job.id}  {job.kind}  {_state(job)}  by {job.created_by}")
    for name, count in job.progress.get("totals", {}).items():
        click.echo(f"  {name}: {count}")
    for fault in _faults(job):
        click.echo(f"  {fault.message}")
    for conflict in job.result.get("conflicts", ()):
        click.echo(f"  {conflict_line(conflict)}")


@job_group.command("cancel")
@click.argument("job_id", metavar="ID", type=int)
@click.pass_context
def cancel(ctx: click.Context, job_id: int) -> None:
    r"""Call off a job. What it has done stays.

    \b
    Example:
      pims job cancel 3
    """
    with writing(ctx) as work:
        job = cancel_job(work, None, job_id)
    click.echo(f"{job.id}  {job.kind}  {_state(job)}")


def _state(job: Job) -> str:
    done, total = job.progress.get("done"), job.progress.get("total")
    if done is None:
        return job.state
    return f"{job.state}  {done} of {total}" if total is not None else f"{job.state}  {done}"


def _told(job: Job) -> dict[str, Any]:
    progress = {name: job.progress.get(name) for name in ("done", "total", "totals")}
    times = {
        "created": moment(job.created_at),
        "started": moment(job.started_at),
        "finished": moment(job.finished_at),
    }
    told = {"id": job.id, "kind": job.kind, "state": job.state, **progress, **times}
    return told | {
        "user": job.created_by,
        "result": job.result,
        "errors": stored_faults(_faults(job)),
    }


def _faults(job: Job) -> list[Fault]:
    return [worded(Fault(**one)) for one in job.errors]
