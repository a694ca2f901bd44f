"""Taking back very many products in steps, each step one transaction.

Products that today's rules refuse wait until the others are done: these may have what they need.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pims_api.domain.access.access import Access
from pims_api.jobs.reverts.state import RevertState
from pims_api.jobs.transactions import transactions
from pims_api.services.reverts.revert import OnConflict, check, revert_some
from pims_api.services.reverts.rights import require_all_rows
from pims_api.services.reverts.target import FoundTarget, Target, find_target
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import Snapshot, snapshot
from pims_api.storage.unit_of_work import UnitOfWork

Record = Callable[[UnitOfWork], None]


def _nothing(_: UnitOfWork) -> None:
    """Record nothing."""


@dataclass(frozen=True, slots=True)
class RevertTask:
    """The parameters of a revert in steps. See `jobs.transactions`.

    access_of: what the caller sees, asked for in each transaction.
    """

    database: Database
    tenant_id: int
    actor: Actor
    access_of: Callable[[Snapshot], Access]
    on_conflict: OnConflict = OnConflict.REFUSE
    dry_run: bool = False
    pause_facets: bool = False


def found_target(task: RevertTask, asked: Target) -> FoundTarget:
    """Return what is to be taken back. Raises NotFound, Forbidden, Conflict."""
    with snapshot(task.database, task.tenant_id, deadline=False) as seen:
        require_all_rows(task.access_of(seen))
        return find_target(seen, asked)


def look_at_all(task: RevertTask, target: FoundTarget) -> None:
    """Look at everything before the first step. Raises Forbidden, ConflictsFound."""
    with snapshot(task.database, task.tenant_id, deadline=False) as seen:
        check(seen, task.access_of(seen), target, task.on_conflict)


def revert_steps(
    task: RevertTask, target: FoundTarget, state: RevertState, record: Record = _nothing
) -> Iterator[None]:
    """Take a target back, and yield when a step is committed.

    state: where to go on, which moves along. record: called at the end of each transaction, so that
    what it stores is committed with the products; never in a dry run. Raises what `revert` raises;
    then the step changes nothing, and those before it stay.
    """
    with transactions(task) as transaction:
        while some := state.next_of(target.ids):
            with transaction() as work:
                access = task.access_of(work)
                done, left = revert_some(
                    work, access, target, some, task.on_conflict, is_last=state.is_last
                )
                state.pass_on(target.ids, some, done, left)
                if not task.dry_run:
                    record(work)
            yield
