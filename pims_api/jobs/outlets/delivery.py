"""A file that is made from one state of the database, and then sent somewhere.

Nothing is sent while a transaction is open. An attempt that was interrupted begins again.

Source: docs/export-jobs.md, Runs.
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from pims_api.clock import now_us
from pims_api.connectors.addresses import OutgoingRules
from pims_api.connectors.destinations.destination import DeliveryFailed, Parcel
from pims_api.connectors.destinations.kinds import DESTINATIONS, filled_path
from pims_api.domain.outlets.outlet import Outlet, OutletKind, Run, RunState
from pims_api.errors import PimsError
from pims_api.jobs.job_run import JobRun
from pims_api.jobs.outlets.compression import gzipped
from pims_api.services.outlets.export_jobs import ExportPlan, begun, note_runs, plan_of
from pims_api.services.outlets.outlets import find_outlet
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.outlets.runs import change_run, find_run, open_runs
from pims_api.storage.snapshot import take_snapshot
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "xml": "application/xml",
}
_GZIP = "application/gzip"

Writer = Callable[[JobRun, ExportPlan, BinaryIO], int]
"""`write(run, plan, file)`: writes the records of a plan to a file; returns how many they are."""


def run_delivery(run: JobRun, write: Writer) -> dict[str, Any]:
    """Make the file of an export job, send it, and note what came of it."""
    one, its = _opened(run)
    try:
        told = _delivered(run, one, its, write)
        its = replace(its, state=RunState.SUCCESS, result=told)
    except DeliveryFailed as failed:
        its = replace(its, state=RunState.FAILED, result={"error": str(failed)})
    except PimsError as refused:
        its = replace(its, state=RunState.FAILED, result={"error": refused.faults[0].message})
    _close(run, one, replace(its, completed_at=now_us()))
    return its.result


def _opened(run: JobRun) -> tuple[Outlet, Run]:
    with run.database.reading() as connection:
        seen = take_snapshot(run.database, connection, run.job.tenant_id)
        number = run.job.payload["outlet"]
        one = find_outlet(seen, Outlets(run.database), OutletKind.EXPORT_JOB, number)
        its = find_run(connection, one, run.job.payload["run"])
    if its is None:
        raise PimsError("The run of this job is gone.")
    return one, its


def _delivered(run: JobRun, one: Outlet, its: Run, write: Writer) -> dict[str, Any]:
    plan = plan_of(one)
    rules = OutgoingRules.from_text(run.database.settings.outgoing_allow)
    config = dict(plan.config) | one.secrets
    with TemporaryFile() as file:
        with gzipped(file) if plan.gzip else nullcontext(file) as stream:
            count = write(run, plan, stream)
        size = file.tell()
        run.save({"done": count, "total": count})  # still this worker's
        file.seek(0)
        path = _path(one, its, plan)
        kind = _GZIP if plan.gzip else MEDIA_TYPES[plan.format]
        destination = DESTINATIONS[plan.destination].open(config, rules)
        destination.put(Parcel(path, file, size, kind, f"run-{one.id}-{its.id}"))
    told = path if plan.destination != "webhook" else plan.config["url"]
    return {"records": count, "bytes": size, "place": told, "error": None}


def _path(one: Outlet, its: Run, plan: ExportPlan) -> str:
    """Return where the file goes; an attempt that begins again goes to the same place."""
    begun_at = datetime.fromtimestamp(its.started_at / 1_000_000, UTC)
    ending = f"{plan.format}.gz" if plan.gzip else plan.format
    path = plan.config.get("path") or f"{one.name}.{ending}"
    return filled_path(
        path,
        {
            "date": begun_at.strftime("%Y-%m-%d"),
            "time": begun_at.strftime("%H%M%S"),
            "job": one.client_id or str(one.id),
            "run": str(its.id),
        },
    )


def _close(run: JobRun, one: Outlet, its: Run) -> None:
    """Note the end of a run, and begin the one that waits, in the transaction of the last step."""
    with unit_of_work(run.database, run.job.tenant_id, run.actor) as work:
        close_run(work, one, its)
        run.save_step(work, run.job.progress)


def close_run(work: UnitOfWork, one: Outlet, over: Run) -> None:
    """Store the end of a run, and begin the one that waits for it, if one does."""
    change_run(work.connection, over)
    changed = [over]
    for waiting in open_runs(work.connection, one)[:1]:
        if waiting.state is RunState.WAITING:
            changed.append(begun(work, one, waiting))
            change_run(work.connection, changed[-1])
    note_runs(work, one, *changed)
