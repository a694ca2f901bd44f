"""pims export-job list and runs."""

from typing import Any

import click

from pims_api.cli.outlets.known_export_jobs import (
    export_job_of,
    export_jobs,
    named,
    run_line,
    shown_run,
)
from pims_api.cli.output import as_json_option, echo_json, moment
from pims_api.cli.session import reading
from pims_api.domain.outlets.outlet import Outlet
from pims_api.domain.page import PAGE_SIZE_MAX
from pims_api.services.outlets.export_jobs import plan_of
from pims_api.storage.outlets.runs import runs_of


@click.command("list")
@as_json_option
@click.pass_context
def list_export_jobs(ctx: click.Context, as_json: bool) -> None:
    r"""List the export jobs of a catalogue, and when each is due.

    \b
    Example:
      pims export-job list
    """
    with reading(ctx) as seen:
        found = [_told(*one) for one in export_jobs(ctx, seen).items()]
    if as_json:
        echo_json(found)
        return
    for one in found:
        due = f"due {one['due']}" if one["due"] else "by hand"
        state = due if one["active"] else "paused"
        click.echo(f"{one['id']}  {one['name']}  {one['format']} to {one['destination']}  {state}")


@click.command("runs")
@named
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
        found = runs_of(seen.connection, export_job_of(ctx, seen, export_job), limit)
    if as_json:
        echo_json([shown_run(one) for one in found])
        return
    for one in found:
        click.echo(f"{moment(one.started_at)}  {run_line(one)}")


def _told(name: str, one: Outlet) -> dict[str, Any]:
    plan = plan_of(one)
    return {
        "id": name,
        "name": one.name,
        "destination": plan.destination,
        "format": plan.format,
        "schedule": plan.schedule or None,
        "active": one.active,
        "due": moment(one.due_at),
    }
