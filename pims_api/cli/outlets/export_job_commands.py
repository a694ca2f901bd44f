"""pims export-job: files of records that are sent somewhere, by the clock or when asked."""

from typing import Any

import click

from pims_api.cli.options import session_of
from pims_api.cli.outlets.watched_run import watched_run
from pims_api.cli.output import as_json_option, echo_json, moment
from pims_api.cli.session import reading, writing
from pims_api.domain.outlets.outlet import Outlet, OutletKind, Run, RunState
from pims_api.domain.page import PAGE_SIZE_MAX
from pims_api.jobs.kinds import load_kinds
from pims_api.services.outlets.export_jobs import RUN_KIND, ask_run, plan_of
from pims_api.services.outlets.outlets import outlets_of
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.outlets.runs import runs_of
from pims_api.storage.snapshot import Snapshot

_named = click.argument("export_job", metavar="ID")


@click.group("export-job")
def export_job_group() -> None:
    """Export jobs: files of records that are sent somewhere."""


@export_job_group.command("list")
@as_json_option
@click.pass_context
def show_all(ctx: click.Context, as_json: bool) -> None:
    r"""List the export jobs of a catalogue, and when each is due.

    \b
    Example:
      pims export-job list
    """
    with reading(ctx) as seen:
        found = [_told(one) for one in _export_jobs(ctx, seen)]
    if as_json:
        echo_json(found)
        return
    for one in found:
        due = f"due {one['due']}" if one["due"] else "by hand"
        state = due if one["active"] else "paused"
        click.echo(f"{one['id']}  {one['name']}  {one['format']} to {one['destination']}  {state}")


@export_job_group.command("run")
@_named
@as_json_option
@click.pass_context
def run(ctx: click.Context, export_job: str, as_json: bool) -> None:
    r"""Run an export job now, and wait until its file has arrived.

    ID is that of `pims export-job list`. The file holds what whoever made the export job may see.
    While another run of it goes on, this one waits. The exit status is 0 if the file arrived.

    \b
    Example:
      pims export-job run nightly
    """
    with writing(ctx) as work:
        one = _found(ctx, work, export_job)
        asked = ask_run(work, one)
    kinds = load_kinds()
    over = watched_run(session_of(ctx).database, one, asked, kinds, kinds[RUN_KIND].queue)
    if as_json:
        echo_json(_told_run(over))
    elif over.state is RunState.SUCCESS:
        click.echo(_line(over))
    else:
        raise click.ClickException(_line(over))
    if over.state is not RunState.SUCCESS:
        raise click.exceptions.Exit(1)


@export_job_group.command("runs")
@_named
@click.option("--limit", type=click.IntRange(1, PAGE_SIZE_MAX), default=24, show_default=True)
@as_json_option
@click.pass_context
def runs(ctx: click.Context, export_job: str, limit: int, as_json: bool) -> None:
    r"""List the runs of an export job, newest first.

    \b
    Example:
      pims export-job runs nightly --limit 5
    """
    with reading(ctx) as seen:
        found = runs_of(seen.connection, _found(ctx, seen, export_job), limit)
    if as_json:
        echo_json([_told_run(one) for one in found])
        return
    for one in found:
        click.echo(f"{moment(one.started_at)}  {_line(one)}")


def _export_jobs(ctx: click.Context, seen: Snapshot) -> list[Outlet]:
    return outlets_of(seen, Outlets(session_of(ctx).database), OutletKind.EXPORT_JOB)


def _found(ctx: click.Context, seen: Snapshot, text: str) -> Outlet:
    known = {_id(one): one for one in _export_jobs(ctx, seen)}
    if text not in known:
        names = ", ".join(known) or "none"
        raise click.ClickException(f"There is no export job {text!r}. Known ones: {names}.")
    return known[text]


def _id(one: Outlet) -> str:
    return one.client_id or f"exp-{one.id}"


def _told(one: Outlet) -> dict[str, Any]:
    plan = plan_of(one)
    return {
        "id": _id(one),
        "name": one.name,
        "destination": plan.destination,
        "format": plan.format,
        "schedule": plan.schedule or None,
        "active": one.active,
        "due": moment(one.due_at),
    }


def _told_run(one: Run) -> dict[str, Any]:
    told = one.result
    return {
        "run": _run_id(one),
        "status": str(one.state),
        "started": moment(one.started_at),
        "completed": moment(one.completed_at),
        "records": told.get("recordCount"),
        "bytes": told.get("fileSize"),
        "place": told.get("destinationPath"),
        "error": told.get("error"),
    }


def _line(one: Run) -> str:
    told = _told_run(one)
    line = f"{told['run']}  {told['status']}"
    if told["error"]:
        return f"{line}  {told['error']}"
    if told["place"]:
        return f"{line}  {told['records']} records, {told['bytes']} bytes, at {told['place']}"
    return line


def _run_id(one: Run) -> str:
    return f"run-{one.id}"
