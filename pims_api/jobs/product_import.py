"""Importing a file of products, step by step: each step is some hundred rows in one transaction.

A row that names a product that is not there, such as a parent that comes later in the file, waits:
after the last row the file is read again for those that wait, as long as that gets any further.
They are then tried each behind those that they name, so that a chain of any length takes one turn.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from types import MappingProxyType
from typing import NamedTuple

from pims_api.domain.access import Access
from pims_api.domain.suggestion import Suggestions
from pims_api.errors import Fault
from pims_api.jobs.import_state import ImportState, totals_of
from pims_api.jobs.waiting_order import Wish, in_order
from pims_api.jobs.waiting_rows import RowsAside, SkuFilter
from pims_api.services.exchange.import_columns import ImportChoices, ImportPlan
from pims_api.services.exchange.product_import import (
    AccessOf,
    Circles,
    import_rows,
    misses_another,
    missing_named,
    named_skus,
    plan_import,
    read_row,
    without_repeats,
)
from pims_api.services.product.batch import RowOutcome
from pims_api.services.product.products import ProductWrite
from pims_api.storage.changes import Actor
from pims_api.storage.database import Database
from pims_api.storage.private_copy import private_copy
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
ASIDE_ROWS = 50_000  # that wait and are put in order together

_Transaction = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True, slots=True)
class ImportTask:
    """An import that is asked for.

    open_table: opens the file, anew at each call. access_of: what the caller sees, asked for in
    each transaction. pause_facets: see `unit_of_work`. dry_run: nothing stays; on SQLite a copy is
    worked on, on PostgreSQL it is one transaction, and the tenant's other writers wait meanwhile.
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

    rows: those whose end is known now; the others wait. warnings: about the file and its columns,
    told in the first step. access: by which the products can be shown. table: the file as it is
    being read.
    """

    state: ImportState
    rows: Sequence[DecidedRow]
    warnings: Sequence[Fault]
    access: Access
    table: Table


class _Chunk(NamedTuple):
    """Rows of one step with their numbers. done: rows of the file behind it when they are through.

    circles: of rows that wait for each other, known in the last turn.
    """

    rows: Sequence[tuple[int, Row]]
    done: int
    circles: Circles = MappingProxyType({})


Record = Callable[[UnitOfWork, ImportStep], None]


def import_products(
    task: ImportTask, state: ImportState | None = None, record: Record | None = None
) -> Generator[ImportStep, None, None]:
    """Import a file and yield each step when it is committed; the first has no rows.

    state: where to go on; what came before stays done. record: called as the last deed within each
    transaction, so that what it stores and the products are stored together; never in a trial.
    Whoever stops asking for steps, and closes them, stops the import.

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
            chunks = self._retried(transaction, table) if self.state.turn else self._chunks(table)
            for chunk in chunks:
                with transaction() as work:
                    step = self._step(work, table, chunk)
                yield step

    def _begin(self, transaction: _Transaction, table: Table) -> ImportStep:
        """Look at the columns, and make what is missing, before any row is written."""
        self.names = _names_of(self.task) if table.columns is None else table.columns
        with transaction() as work, table.told():
            plan = self._plan(work)
            is_new = not (self.state.turn or self.state.done)
            warnings = (*table.notes, *plan.warnings) if is_new else ()
            self.state.totals.warnings += len(warnings)
        return ImportStep(self.state, (), warnings, plan.access, table)

    def _chunks(self, table: Table) -> Iterator[_Chunk]:
        """Yield the rows of each step; what an earlier run has done is passed over."""
        rows: list[tuple[int, Row]] = []
        start = table.position()
        for number, row in enumerate(table.rows):
            if number < self.state.done:
                self._recall(number, row)
                continue
            rows.append((number, row))
            if len(rows) >= STEP_ROWS or table.position() - start >= STEP_BYTES:
                yield _Chunk(rows, number + 1)
                rows, start = [], table.position()
        if rows:
            yield _Chunk(rows, rows[-1][0] + 1)

    def _retried(self, transaction: _Transaction, table: Table) -> Iterator[_Chunk]:
        """Yield the rows that wait, in the order of what they wait for."""
        waiting = self._waiting(table)
        while some := list(islice(waiting, 1)):
            with RowsAside() as aside:
                wishes, suggestions = [], Suggestions()
                for number, row in chain(some, islice(waiting, ASIDE_ROWS - 1)):
                    wishes.append(self._wish(row, suggestions))
                    aside.add(number, row)
                yield from self._ordered(transaction, aside, wishes, number + 1)

    def _waiting(self, table: Table) -> Iterator[tuple[int, Row]]:
        for number, row in enumerate(table.rows):
            if number < self.state.done:
                self._recall(number, row)
            elif number in self.state.waiting:
                yield number, row

    def _ordered(
        self, transaction: _Transaction, aside: RowsAside, wishes: list[Wish], done: int
    ) -> Iterator[_Chunk]:
        if self.state.is_last:
            with transaction() as work:
                wishes = list(_still_missing(work, wishes))
        places, circles = in_order(wishes)
        before = self.state.done
        for start in range(0, len(places), STEP_ROWS):
            end = start + STEP_ROWS
            rows = aside.take(places[start:end])
            yield _Chunk(rows, done if end >= len(places) else before, circles)

    def _wish(self, row: Row, suggestions: Suggestions) -> Wish:
        wanted = read_row(self._known_plan, row, suggestions)
        return Wish(wanted.sku, named_skus(wanted))

    def _recall(self, number: int, row: Row) -> None:
        if number in self.state.waiting:
            self.held.add(read_row(self._known_plan, row, Suggestions()).sku)

    def _step(self, work: UnitOfWork, table: Table, chunk: _Chunk) -> ImportStep:
        plan, rows = self._plan(work), chunk.rows
        suggestions = Suggestions()
        wanted = [read_row(plan, row, suggestions) for _, row in rows]
        decided: list[DecidedRow] = []
        for part in without_repeats([one.sku for one in wanted]):
            found = self._part(work, plan, rows[part], wanted[part])
            decided += [DecidedRow(row, missing_named(one, chunk.circles)) for row, one in found]
        self.state.done = chunk.done
        # The access as it is now: it knows what the rows made, such as categories.
        step = ImportStep(self.state, decided, (), self.task.access_of(work), table)
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

    @property
    def _known_plan(self) -> ImportPlan:
        if self.plan is None:
            raise RuntimeError("The columns are looked at before any row.")
        return self.plan

    def _plan(self, work: UnitOfWork) -> ImportPlan:
        """Return the plan, made anew when somebody changed what it was made of."""
        access = self.task.access_of(work)
        if self.plan is None or self.plan.access is not access:
            names = self.names or []
            self.plan = plan_import(work, self.task.access_of, names, self.task.choices)
        return self.plan


@contextmanager
def _transactions(task: ImportTask) -> Iterator[_Transaction]:
    """Return what opens a transaction: one of its own each time, or always the one of a trial."""
    if not task.dry_run:
        yield partial(_transaction, task, task.database)
    elif task.database.is_sqlite:
        with private_copy(task.database) as copy:
            yield partial(_transaction, task, copy)
    else:
        with _transaction(task, task.database) as work:
            work.dry_run = True
            yield partial(_part_of_trial, work)


def _transaction(task: ImportTask, database: Database) -> AbstractContextManager[UnitOfWork]:
    return unit_of_work(database, task.tenant_id, task.actor, pause_facets=task.pause_facets)


@contextmanager
def _part_of_trial(work: UnitOfWork) -> Iterator[UnitOfWork]:
    yield work
    work.forget()


def _still_missing(work: UnitOfWork, wishes: Sequence[Wish]) -> Iterator[Wish]:
    """Yield what waits without the names of products that are there."""
    own = {one.sku for one in wishes}
    for start in range(0, len(wishes), STEP_ROWS):
        some = wishes[start : start + STEP_ROWS]
        asked = own.intersection(name for one in some for name in one.names)
        there = work.find_products(asked)
        for one in some:
            yield Wish(one.sku, [name for name in one.names if name not in there])


def _names_of(task: ImportTask) -> list[str]:
    """Return the keys that a file of JSON lines uses, in the order of their first appearance."""
    names: dict[str, None] = {}
    with task.open_table() as table:
        for row in table.rows:
            names |= dict.fromkeys(row.cells)
    return list(names)
