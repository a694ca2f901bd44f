"""What is to be taken back: a transaction, a job, or what happened to a product since a moment.

Source: docs/core.md, Taking back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pims_api.domain.job import Job, JobState
from pims_api.domain.product import Product
from pims_api.domain.values.moment import Moment
from pims_api.errors import Conflict, Fault, NotFound, Subject, absent
from pims_api.services.jobs import JOB_ID_MAX
from pims_api.services.reverts.earlier_types import EarlierTypes
from pims_api.services.reverts.plan import ProductPlan, plan_of_moment, plan_of_transactions
from pims_api.services.transactions.listing import last_sequence, require_there
from pims_api.storage.history.moments import applied_at
from pims_api.storage.history.reverts import PastChange, changes_since, products_changed
from pims_api.storage.history.transactions import find_transaction, transactions_of_job
from pims_api.storage.jobs.queue import find_job
from pims_api.storage.products.store import find_product, products_by_id
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

PRODUCTS_AT_ONCE = 500  # of which changes are read together
_TAKEN_BACK = ("import", "revert")  # kinds of jobs


@dataclass(frozen=True, slots=True)
class Target:
    """What a caller names: one of these, a SKU with a moment."""

    transaction: int | None = None
    job_id: int | None = None
    sku: str | None = None
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class FoundTarget:
    """What that comes to. ids: of the products concerned, in their order.

    sequences: the transactions to take back; () for a product, which goes back to what it was after
    the transaction before `first`. first: from where on changes are read.
    """

    ids: Sequence[int]
    first: int
    sequences: frozenset[int] = frozenset()

    def plans(self, seen: Snapshot, ids: Sequence[int] | None = None) -> Iterator[ProductPlan]:
        """Yield what taking back means for each product, or for those of these ids."""
        wanted, types = iter(self.ids if ids is None else ids), EarlierTypes(seen, self.first)
        while some := list(islice(wanted, PRODUCTS_AT_ONCE)):
            products = _present(seen, some)
            changes = changes_since(seen, some, self.first)
            for number in some:
                if plan := self._plan(products[number], changes.get(number, ())):
                    yield types.of_today(plan)

    def _plan(self, product: Product, changes: Sequence[PastChange]) -> ProductPlan | None:
        if self.sequences:
            return plan_of_transactions(product, changes, self.sequences)
        return plan_of_moment(product, changes)


def find_target(seen: Snapshot, target: Target) -> FoundTarget:
    """Return what a target comes to.

    Raises NotFound for what is not there, BadInput for the number of a transaction that is still to
    come, Conflict for a job that is not over.
    """
    if target.transaction is not None:
        return _of_transaction(seen, target.transaction)
    if target.job_id is not None:
        return _of_job(seen, target.job_id)
    return _of_product(seen, target.sku or "", target.moment or Moment())


def _of_transaction(seen: Snapshot, number: int) -> FoundTarget:
    if number > last_sequence(seen) or find_transaction(seen, number) is None:
        raise absent(Subject.TRANSACTION, place="revert/transaction")
    return FoundTarget(products_changed(seen, [number]), number, frozenset([number]))


def _of_job(seen: Snapshot, number: int) -> FoundTarget:
    job = find_job(seen.connection, seen.tenant_id, number) if 0 < number <= JOB_ID_MAX else None
    if job is None or job.state is JobState.RECEIVING or job.kind not in _TAKEN_BACK:
        raise absent(Subject.JOB, place="revert/job")
    if not job.is_over:
        message = f"Job {number} is not over yet: wait for its end, or cancel it!"
        raise Conflict(faults=[Fault("conflict", message, place="revert/job", value=number)])
    sequences = transactions_of_job(seen, number)
    if not sequences and _has_stored(job):
        message = (
            f"Job {number} ran before jobs kept their transactions: take these back one by one!"
        )
        raise NotFound(faults=[Fault("not_found", message, place="revert/job", value=number)])
    first = sequences[0] if sequences else last_sequence(seen)
    return FoundTarget(products_changed(seen, sequences), first, frozenset(sequences))


def _has_stored(job: Job) -> bool:
    totals = job.progress.get("totals", {})
    is_trial = job.payload.get("dry_run", False)
    return not is_trial and any(totals.get(name) for name in ("created", "updated"))


def _of_product(seen: Snapshot, sku: str, moment: Moment) -> FoundTarget:
    require_there(seen, moment, "revert/as_of")
    product = find_product(seen, sku)
    first = applied_at(seen, moment).sequence + 1
    if product is None:
        raise absent(Subject.PRODUCT)
    found = FoundTarget([product.id], first)
    if next(found.plans(seen), None) is None:
        raise absent(Subject.PRODUCT)
    return found


def _present(seen: Snapshot, ids: Sequence[int]) -> dict[int, Product]:
    """Return products as they are, in a transaction as it has left them so far."""
    found = products_by_id(seen, ids).values()
    known = seen.know_products(found) if isinstance(seen, UnitOfWork) else found
    return {one.id: one for one in known}
