"""The jobs of bulk changes: entries that were sent together, applied step by step.

Each step commits its changes together with how far it came, so the next attempt after a crash
neither repeats nor skips an entry.
"""

from typing import Any

from pims_api.clock import now_us
from pims_api.domain.job import INPUT
from pims_api.domain.values.json_text import read_value
from pims_api.errors import Fault, PimsError
from pims_api.jobs.job_run import JobRun, Progress
from pims_api.services.flat_products.bulk import BulkKind, EntryError, apply_entries
from pims_api.storage.unit_of_work import unit_of_work

BULK_KINDS = {f"bulk_{one}": one for one in BulkKind}
"""The kinds of jobs, each with what its entries do."""

ENTRIES_AT_ONCE = 200
ERRORS_MAX = 100  # that a job keeps
NOTHING_DONE = "No entry could be applied; the errors of the entries say why."
_ELEMENTS_MAX = 10 * 1024 * 1024  # no body is longer


def run_bulk(run: JobRun) -> dict[str, Any]:
    """Apply the entries of a job from where the last attempt came to. Raises PimsError.

    It fails when not a single entry could be applied.
    """
    with run.open_file(INPUT) as stream:
        entries = read_value(stream.read(), elements_max=_ELEMENTS_MAX)
    progress = run.job.progress or _begun(len(entries))
    if not run.job.progress:
        run.save(progress)
    while progress["position"] < len(entries):
        run.check_stop()
        progress = _step(run, entries, progress)
    failed = progress["totals"]["failed"]
    if failed == len(entries):
        raise PimsError(faults=[Fault("invalid", NOTHING_DONE)])
    return {"applied": len(entries) - failed}


def _begun(total: int) -> Progress:
    totals = {"failed": 0}
    return {"done": 0, "total": total, "position": 0, "totals": totals, "rows": []} | _stamp()


def _step(run: JobRun, entries: list[Any], before: Progress) -> Progress:
    start = before["position"]
    some = entries[start : start + ENTRIES_AT_ONCE]
    with unit_of_work(run.database, run.job.tenant_id, run.actor) as work:
        see = run.seeing(work.connection)
        errors = apply_entries(work, see, BULK_KINDS[run.job.kind], some, start)
        progress = _after(before, len(some), errors)
        run.save_step(work, progress)
    return progress


def _after(before: Progress, count: int, errors: list[EntryError]) -> Progress:
    done = before["position"] + count
    told = [{"row": one.row, "error": one.message} for one in errors]
    return {
        "done": done,
        "total": before["total"],
        "position": done,
        "totals": {"failed": before["totals"]["failed"] + len(errors)},
        "rows": [*before["rows"], *told][:ERRORS_MAX],
    } | _stamp()


def _stamp() -> Progress:
    return {"at": now_us()}
