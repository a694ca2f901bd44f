"""Importing a file of products, step by step: each step is some hundred rows in one transaction.

A row that names a product that is not there, such as a parent that comes later in the file, waits:
after the last row the file is read again for those that wait, as long as that gets any further.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from pims_api.domain.access import Access
from pims_api.domain.suggestion import Suggestions
from pims_api.errors import Fault
from pims_api.jobs.import_state import ImportState, totals_of
from pims_api.jobs.waiting_rows import SkuFilter
from pims_api.services.batch import RowOutcome
from pims_api.services.import_columns import ImportChoices, ImportPlan
from pims_api.services.product_import import (
    AccessOf,
    import_rows,
    misses_another,
    plan_import,
    read_row,
    without_repeats,
)
from pims_api.services.products import ProductWrite
from pims_api.storage.changes import Actor
from pims_api.storage.database import Database
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work
from pims_api.transfer.table import Row, Table

__all__ = [
    "DecidedRow",
    "ImportState",
    "ImportStep",
    "ImportTask",
    "Record",
    "import_products",
    "totals_of",
]

STEP_ROWS = 500
STEP_BYTES = 4 * 1024 * 1024  # of the file

_Transaction = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True, slots=True)
class ImportTask:
    """An import that is asked for.

    open_table: opens the file, anew at each call. access_of: what the caller sees, asked for in
    each transaction. pause_facets: see `unit_of_work`. dry_run: one transaction, of which nothing
    stays; other writers wait meanwhile.
    """

    database: Database
    tenant_id: int
    actor: Actor
    open_table: Callable[[], AbstractContextManager[Table]]
    access_of: AccessOf
    choices: ImportChoices = field(default_factory=ImportChoices)
    pause_facets: bool = False
    dry_run: bool = False


class DecidedRow(NamedTuple):
    """A row and what became of it."""

    row: Row
    outcome: RowOutcome


@dataclass(frozen=True, slots=True)
class ImportStep:
    """What one transaction did.

    rows: those whose end is known now; the others wait. warnings: about columns, told in the first
    step. access: by which the products can be shown. table: the file as it is being read.
    """

    state: ImportState
    rows: Sequence[DecidedRow]
    warnings: Sequence[Fault]
    access: Access
    table: Table


Record = Callable[[UnitOfWork, ImportStep], None]


def import_products(
    task: ImportTask, state: ImportState | None = None, record: Record | None = None
) -> Iterator[ImportStep]:
    """Import a file and yield each step when it is committed; the first has no rows.

    state: where to go on; what came before stays done. record: called as the last deed within each
    transaction, so that what it stores and the products are stored together; never in a trial.
    Whoever stops asking for steps stops the import.

    Raises BadInput with every fault of the columns before any row is written, and when the file
    itself cannot be read further; Busy and Forbidden as any write does.
    """
    yield from _Import(task, state or ImportState(), record).steps()


class _Import:
    def __init__(self, task: ImportTask, state: ImportState, record: Record | None) -> None:
        self.task = task
        self.state = state
        self.record = None if task.dry_run else record
        self.names: list[str] | None = None
        self.plan: ImportPlan | None = None
        self.held = SkuFilter()  # the SKUs of rows that wait

    def steps(self) -> Iterator[ImportStep]:
        """Walk through the file, and again for rows that wait."""
        with _transactions(self.task) as transaction:
            yield from self._turn(transaction)
            while self.state.begin_next_turn():
                yield from self._turn(transaction)

    def _turn(self, transaction: _Transaction) -> Iterator[ImportStep]:
        self.held = SkuFilter()
        with self.task.open_table() as table:
            if self.plan is None:
                yield self._begin(transaction, table)
            for rows in self._chunks(table):
                with transaction() as work:
                    step = self._step(work, table, rows)
                yield step

    def _begin(self, transaction: _Transaction, table: Table) -> ImportStep:
        """Look at the columns, and make what is missing, before any row is written."""
        self.names = _names_of(self.task) if table.columns is None else table.columns
        with transaction() as work:
            plan = self._plan(work)
            warnings = () if self.state.turn or self.state.done else plan.warnings
            self.state.totals.warnings += len(warnings)
        return ImportStep(self.state, (), warnings, plan.access, table)

    def _chunks(self, table: Table) -> Iterator[list[tuple[int, Row]]]:
        """Yield the numbered rows of each step; what an earlier run has done is passed over."""
        chunk: list[tuple[int, Row]] = []
        start = table.position()
        for number, row in enumerate(table.rows):
            if number < self.state.done:
                self._recall(number, row)
            elif not self.state.turn or number in self.state.waiting:
                chunk.append((number, row))
                if len(chunk) >= STEP_ROWS or table.position() - start >= STEP_BYTES:
                    yield chunk
                    chunk, start = [], table.position()
        if chunk:
            yield chunk

    def _recall(self, number: int, row: Row) -> None:
        if number in self.state.waiting and self.plan is not None:
            self.held.add(read_row(self.plan, row, Suggestions()).sku)

    def _step(self, work: UnitOfWork, table: Table, rows: list[tuple[int, Row]]) -> ImportStep:
        plan = self._plan(work)
        suggestions = Suggestions()
        wanted = [read_row(plan, row, suggestions) for _, row in rows]
        decided: list[DecidedRow] = []
        for part in without_repeats([one.sku for one in wanted]):
            decided += self._part(work, plan, rows[part], wanted[part])
        self.state.done = rows[-1][0] + 1
        step = ImportStep(self.state, decided, (), plan.access, table)
        if self.record is not None:
            self.record(work, step)
        return step

    def _part(
        self,
        work: UnitOfWork,
        plan: ImportPlan,
        rows: Sequence[tuple[int, Row]],
        wanted: Sequence[ProductWrite],
    ) -> Iterator[DecidedRow]:
        """Import rows without a SKU twice among them; yield those whose end is known."""
        ready = []
        for (number, row), one in zip(rows, wanted, strict=True):
            if one.sku in self.held and not self.state.is_last:
                self.state.waiting.add(number)
            else:
                ready.append((number, row, one))
        outcomes = import_rows(work, plan, [one for _, _, one in ready])
        for (number, row, one), outcome in zip(ready, outcomes, strict=True):
            if misses_another(outcome) and not self.state.is_last:
                self.state.waiting.add(number)
                self.held.add(one.sku)
            else:
                self.state.waiting.discard(number)
                self.state.moved = True
                self.state.totals.count(outcome)
                yield DecidedRow(row, outcome)

    def _plan(self, work: UnitOfWork) -> ImportPlan:
        """Return the plan, made anew when somebody changed what it was made of."""
        access = self.task.access_of(work)
        if self.plan is None or self.plan.access is not access:
            names = self.names or []
            self.plan = plan_import(work, self.task.access_of, names, self.task.choices)
        return self.plan


@contextmanager
def _transactions(task: ImportTask) -> Iterator[_Transaction]:
    """Return what opens a transaction: each time one of its own, or always the one of a trial."""

    def open_one() -> AbstractContextManager[UnitOfWork]:
        paused = task.pause_facets
        return unit_of_work(task.database, task.tenant_id, task.actor, pause_facets=paused)

    if not task.dry_run:
        yield open_one
        return
    with open_one() as work:
        work.dry_run = True

        @contextmanager
        def part_of_the_trial() -> Iterator[UnitOfWork]:
            yield work
            work.forget()

        yield part_of_the_trial


def _names_of(task: ImportTask) -> list[str]:
    """Return the keys that a file of JSON lines uses, in the order of their first appearance."""
    names: dict[str, None] = {}
    with task.open_table() as table:
        for row in table.rows:
            names |= dict.fromkeys(row.cells)
    return list(names)
