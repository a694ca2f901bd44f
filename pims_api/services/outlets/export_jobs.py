"""Export jobs: files of products that are sent somewhere by the clock, or when somebody asks.

Source: docs/export-jobs.md.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pims_api.clock import now_us
from pims_api.domain.job import USER
from pims_api.domain.outlets.outlet import Outlet, Run, RunState
from pims_api.errors import Conflict, Fault
from pims_api.services.jobs import add_job
from pims_api.services.outlets.outlets import change_outlet
from pims_api.services.outlets.schedule import next_time
from pims_api.storage.history.changes import Actor, EntityChange
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.outlets.runs import add_run, last_run_id, open_runs
from pims_api.storage.unit_of_work import UnitOfWork

RUN_KIND = "export_run"
RUN_ENTITY = "outlet_run"
_OPEN_MAX = 2  # one that goes on, and one that waits


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What an export job sends, and where to. config: without its secrets.

    type_id, catalog_id: of the records; None: whatever they have. scope: its canonical text, with
    which each attribute is one plain value; None: all values with their scopes. schedule: five
    fields of cron in UTC, or "".
    """

    destination: str
    format: str
    config: Mapping[str, Any] = field(default_factory=dict)
    description: str | None = None
    type_id: int | None = None
    catalog_id: int | None = None
    scope: str | None = None
    schedule: str = ""
    gzip: bool = False

    def to_settings(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        return asdict(self)


def plan_of(one: Outlet) -> ExportPlan:
    """Return the plan of an export job."""
    return ExportPlan(**one.settings)


def due_after(plan: ExportPlan, *, active: bool, now: int) -> int | None:
    """Return when an export job is due next; None: never by the clock."""
    return next_time(plan.schedule, now) if active and plan.schedule else None


def change_export_job(work: UnitOfWork, outlets: Outlets, before: Outlet, wanted: Outlet) -> Outlet:
    """Store an export job that was changed. wanted: with the user who changes it.

    Whoever gives it another destination is its maker from then on, by whose rights files are made:
    else somebody who sees less could send to himself what the first maker sees.
    """
    if _destination(wanted) == _destination(before):
        wanted = replace(wanted, key_id=before.key_id, user=before.user)
    else:
        wanted = replace(wanted, key_id=work.actor.key_id)
    return change_outlet(work, outlets, before, wanted)


def _destination(one: Outlet) -> tuple[Any, ...]:
    plan = plan_of(one)
    return plan.destination, dict(plan.config), one.secrets


def ask_run(work: UnitOfWork, one: Outlet) -> Run:
    """Have an export job run; while a run goes on, the next one waits for it.

    Raises Conflict when one waits already.
    """
    there = open_runs(work.connection, one)
    if len(there) >= _OPEN_MAX:
        message = "A run goes on and another one waits already: they are done first!"
        raise Conflict(faults=[Fault("exists", message)])
    number = last_run_id(work.connection, one) + 1
    state = RunState.WAITING if there else RunState.RUNNING
    run = Run(work.tenant_id, one.id, number, RUN_KIND, state, work.at)
    if state is RunState.RUNNING:
        run = begun(work, one, run)
    add_run(work.connection, run)
    note_runs(work, one, run)
    return run


def note_runs(work: UnitOfWork, one: Outlet, *runs: Run) -> None:
    """Have history tell how the runs of an export job stand; once in a transaction."""
    work.record(EntityChange(RUN_ENTITY, one.id, {}, {str(run.id): run.state for run in runs}))


def begun(work: UnitOfWork, one: Outlet, run: Run) -> Run:
    """Return a run with the job that does it, by the rights of who made the export job.

    Whoever asks for a run may see more, or less, than the other side is to get.
    """
    payload: dict[str, Any] = {"outlet": one.id, "run": run.id}
    if one.user is not None:
        payload[USER] = one.user
    job = add_job(work, RUN_KIND, payload, Actor(work.actor.name, one.key_id))
    return replace(run, state=RunState.RUNNING, job_id=job.id)


def record_run(work: UnitOfWork, one: Outlet, run: Run) -> Run:
    """Store a run that somebody else made."""
    made = replace(run, id=last_run_id(work.connection, one) + 1)
    add_run(work.connection, made)
    note_runs(work, one, made)
    return made


def rescheduled(one: Outlet, *, active: bool) -> Outlet:
    """Return an export job that is paused, or goes on, with the time when it is due next."""
    due = due_after(plan_of(one), active=active, now=now_us())
    return replace(one, active=active, due_at=due)
