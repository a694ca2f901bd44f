"""The export jobs of a catalogue, the one that a command names, and how they and runs are shown."""

from typing import Any

import click

from pims_api.cli.options import session_of
from pims_api.cli.output import moment
from pims_api.domain.outlets.outlet import Outlet, OutletKind, Run
from pims_api.services.outlets.outlets import outlets_of
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.snapshot import Snapshot

named = click.argument("export_job", metavar="ID")


def export_jobs(ctx: click.Context, seen: Snapshot) -> dict[str, Outlet]:
    """Return every export job by its id."""
    found = outlets_of(seen, Outlets(session_of(ctx).database), OutletKind.EXPORT_JOB)
    return {one.client_id or f"exp-{one.id}": one for one in found}


def export_job_of(ctx: click.Context, seen: Snapshot, text: str) -> Outlet:
    """Return the export job of that id. Ends the command when there is none."""
    known = export_jobs(ctx, seen)
    if text not in known:
        names = ", ".join(known) or "none"
        raise click.ClickException(f"There is no export job {text!r}. Known ones: {names}.")
    return known[text]


def shown_run(one: Run) -> dict[str, Any]:
    """Return a run as scripts read it."""
    told = one.result
    return {
        "run": f"run-{one.id}",
        "status": str(one.state),
        "started": moment(one.started_at),
        "completed": moment(one.completed_at),
        **{name: told.get(name) for name in ("records", "bytes", "place", "error")},
    }


def run_line(one: Run) -> str:
    """Return a run as people read it."""
    told = shown_run(one)
    line = f"{told['run']}  {told['status']}"
    if told["error"]:
        return f"{line}  {told['error']}"
    if told["place"]:
        return f"{line}  {told['records']} records, {told['bytes']} bytes, at {told['place']}"
    return line
