"""The job `revert`: very many products are taken back, step by step.

Each step commits its products and how far it came together. Products that today's rules refuse
wait until the others are done: these may have what they need.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

from pims_api.domain.job import stored_faults
from pims_api.errors import Busy, Conflict
from pims_api.jobs.job_run import JobRun, Progress
from pims_api.jobs.revert_state import RevertState
from pims_api.jobs.transactions import transactions
from pims_api.services.reverts.revert import (
    ConflictsFound,
    OnConflict,
    check,
    conflict_faults,
    revert_some,
)
from pims_api.services.reverts.rights import require_all_rows
from pims_api.services.reverts.target import FoundTarget, Target, find_target
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import take_snapshot
from pims_api.storage.unit_of_work import UnitOfWork

REVERT_KIND = "revert"


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


@dataclass(frozen=True, slots=True)
class RevertTask:
    """Where the transactions of a revert are opened, by whom. See `jobs.transactions`."""

    database: Database
    tenant_id: int
    actor: Actor
    dry_run: bool = False
    pause_facets: bool = False


def run_revert(run: JobRun) -> dict[str, Any]:
    """Take back what a job names; return what that came to.

    Raises Forbidden, Conflict when values were changed since and none may be overwritten, and what
    editing the products would raise; what was taken back before stays so.
    """
    terms = RevertTerms.from_payload(run.job.payload)
    task = RevertTask(run.database, run.job.tenant_id, run.actor, dry_run=terms.dry_run)
    target = _looked_at(run, terms)
    state = RevertState.at({} if terms.dry_run else run.job.progress.get("position", {}))
    with transactions(task) as transaction:
        while some := state.next_of(target.ids):
            with transaction() as work:
                _step(run, work, terms, target, state, some)
            if terms.dry_run:
                _tell_trial(run, state, target)
            run.check_stop()
    trial = {"dry_run": True} if terms.dry_run else {}
    return trial | state.counts | {"conflicts": state.done.conflicts}


def _looked_at(run: JobRun, terms: RevertTerms) -> FoundTarget:
    """Return what is to be taken back; looks at all of it before the first step."""
    with run.database.reading(deadline=False) as connection:
        seen = take_snapshot(run.database, connection, run.job.tenant_id)
        access = run.access(connection, seen.definition)
        require_all_rows(access)
        target = find_target(seen, terms.target)
        if not run.stored:
            with _conflicts_as_faults():
                check(seen, access, target, terms.on_conflict)
    return target


def _step(
    run: JobRun,
    work: UnitOfWork,
    terms: RevertTerms,
    target: FoundTarget,
    state: RevertState,
    some: Sequence[int],
) -> None:
    """Take back some products and save how far the job is."""
    access = run.access(work.connection, work.definition)
    with _conflicts_as_faults():
        done, left = revert_some(
            work, access, target, some, terms.on_conflict, is_last=state.is_last
        )
    state.pass_on(target.ids, some, done, left)
    if not terms.dry_run:
        run.save_step(work, _progress(state, target) | {"position": state.position()})


def _progress(state: RevertState, target: FoundTarget) -> Progress:
    told = {"done": state.decided, "total": len(target.ids), "totals": state.counts}
    warnings = stored_faults(state.done.warnings)
    return told | ({"warnings": warnings} if warnings else {})


def _tell_trial(run: JobRun, state: RevertState, target: FoundTarget) -> None:
    """Save the progress of a dry run, if it can be; another attempt would begin anew."""
    with suppress(Busy):
        run.save(_progress(state, target))
    run.has_moved = False


@contextmanager
def _conflicts_as_faults() -> Iterator[None]:
    """Have a refusal tell conflicts as faults: a job has no other place for them."""
    try:
        yield
    except ConflictsFound as found:
        raise Conflict(faults=[*found.faults, *conflict_faults(found.conflicts)]) from None
