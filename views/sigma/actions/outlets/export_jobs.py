"""Export jobs: listed, made, changed, paused, run."""

from dataclasses import replace
from typing import Any

from pims_api.connectors.addresses import OutgoingRules
from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.services.outlets import export_jobs
from pims_api.services.outlets.outlets import (
    add_outlet,
    change_outlet,
    delete_outlet,
    outlets_of,
)
from pims_api.storage.outlets.runs import runs_of
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.outlets.export_jobs import (
    export_job_object,
    export_job_of,
    refuse_addresses,
    refuse_without_status,
    run_object,
    run_of,
)
from views.running import Body
from views.sigma.actions.outlets.naming import outlet_named, outlets
from views.sigma.caller import Caller
from views.transport import current_database

RUNS_LISTED_MAX = 500
_KIND = OutletKind.EXPORT_JOB


def check_addresses(asked: Body) -> None:
    """Raise BadInput for a destination that the server does not connect to.

    No transaction is open meanwhile.
    """
    rules = OutgoingRules.from_text(current_database().settings.outgoing_allow)
    refuse_addresses(asked["body"], rules)


def list_export_jobs(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the export jobs, oldest first."""
    return [_shown(seen, one) for one in outlets_of(seen, outlets(), _KIND)]


def show_export_job(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one export job."""
    return _shown(seen, _named(seen, asked))


def add_export_job(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Make an export job and answer with it."""
    wanted = export_job_of(work.definition, asked["body"])
    return _shown(work, add_outlet(work, outlets(), replace(wanted, user=_user(caller))))


def put_export_job(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace an export job and answer with it."""
    before = _named(work, asked)
    wanted = export_job_of(work.definition, asked["body"], before)
    wanted = replace(wanted, user=_user(caller))
    return _shown(work, export_jobs.change_export_job(work, outlets(), before, wanted))


def delete_export_job(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete an export job; files that were sent stay where they are."""
    delete_outlet(work, _named(work, asked))


def pause_export_job(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Stop the clock of an export job."""
    return _switched(work, asked, active=False)


def resume_export_job(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Let the clock of an export job go on."""
    return _switched(work, asked, active=True)


def list_runs(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the runs of an export job, newest first."""
    one = _named(seen, asked)
    return [run_object(one, run) for run in runs_of(seen.connection, one, RUNS_LISTED_MAX)]


def add_run(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Run an export job now; with a status in the body, record a run that was made elsewhere."""
    one, body = _named(work, asked), asked["body"]
    if body["status"] is None:
        refuse_without_status(body)
        return run_object(one, export_jobs.ask_run(work, one))
    return run_object(one, export_jobs.record_run(work, one, run_of(one, body, work.at)))


def _switched(work: UnitOfWork, asked: Body, *, active: bool) -> Any:
    one = _named(work, asked)
    if one.active is active:
        return _shown(work, one)
    changed = export_jobs.rescheduled(one, active=active)
    return _shown(work, change_outlet(work, outlets(), one, changed))


def _named(seen: Snapshot, asked: Body) -> Outlet:
    return outlet_named(seen, _KIND, asked["path"]["export_job_id"])


def _shown(seen: Snapshot, one: Outlet) -> Any:
    last = runs_of(seen.connection, one, 1)
    return export_job_object(seen.definition, one, last[0] if last else None)


def _user(caller: Caller) -> str | None:
    return caller.actor.name if caller.key is None else None
