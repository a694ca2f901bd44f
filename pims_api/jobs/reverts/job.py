"""The job `revert`: very many products are taken back, step by step.

Each step commits its products and how far it came together, so the next attempt after a crash
neither repeats nor skips a product.
"""

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.job import stored_faults
from pims_api.errors import Busy
from pims_api.jobs.job_run import JobRun, Progress
from pims_api.jobs.reverts.state import RevertState
from pims_api.jobs.reverts.steps import RevertTask, found_target, look_at_all, revert_steps
from pims_api.services.reverts.revert import OnConflict
from pims_api.services.reverts.target import FoundTarget, Target
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

REVERT_KIND = "revert"
STEP_PRODUCTS = 500


@dataclass(frozen=True, slots=True)
class RevertTerms:
    """The parameters of a revert. view, locale: of the access that it writes with."""

    transaction: int | None = None
    job_id: int | None = None
    on_conflict: OnConflict = OnConflict.REFUSE
    dry_run: bool = False
    view: str | None = None
    locale: str | None = None
    reason: str | None = None
    source_ref: str | None = None

    def to_payload(self) -> dict[str, Any]:
        """Return the parameters as a JSON object."""
        return asdict(self)

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> "RevertTerms":
        """Return the parameters of such an object."""
        return cls(**payload | {"on_conflict": OnConflict(payload["on_conflict"])})

    @property
    def target(self) -> Target:
        """What is to be taken back."""
        return Target(self.transaction, self.job_id)


def run_revert(run: JobRun) -> dict[str, Any]:
    """Take back what a job names; return what that came to.

    Raises Forbidden, ConflictsFound when values were changed since and none may be overwritten, and
    what editing the products would raise; what was taken back before stays so.
    """
    terms = RevertTerms.from_payload(run.job.payload)
    task = _task(run, terms)
    target = found_target(task, terms.target)
    if not run.stored and terms.on_conflict is OnConflict.REFUSE:
        look_at_all(task, target)
    position = {} if terms.dry_run else run.job.progress.get("position", {})
    state = RevertState.at(position, STEP_PRODUCTS)

    def record(work: UnitOfWork) -> None:
        run.save_step(work, _progress(state, target) | {"position": state.position()})

    for _ in revert_steps(task, target, state, record):
        if terms.dry_run:
            _tell_trial(run, state, target)
        run.check_stop()
    trial = {"dry_run": True} if terms.dry_run else {}
    return trial | state.counts | {"conflicts": state.done.conflicts}


def _task(run: JobRun, terms: RevertTerms) -> RevertTask:
    def access_of(seen: Snapshot) -> Access:
        return run.access(seen.connection, seen.definition)

    return RevertTask(
        run.database,
        run.job.tenant_id,
        run.actor,
        access_of,
        terms.on_conflict,
        dry_run=terms.dry_run,
    )


def _progress(state: RevertState, target: FoundTarget) -> Progress:
    told = {"done": state.decided, "total": len(target.ids), "totals": state.counts}
    warnings = stored_faults(state.done.warnings)
    return told | ({"warnings": warnings} if warnings else {})


def _tell_trial(run: JobRun, state: RevertState, target: FoundTarget) -> None:
    """Save the progress of a dry run, if it can be; another attempt would begin anew."""
    with suppress(Busy):
        run.save(_progress(state, target))
    run.has_moved = False
