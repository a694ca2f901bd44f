"""The import of a file of products, in steps of some hundred rows, each step one transaction.

A row that names a product that is not there, such as a parent that comes later in the file, waits.
After the last row the file is read again for the rows that wait, for as long as one of them was
decided. Each pass tries them in topological order, so a chain of any length takes one pass. Rows
that name each other are stored together, see `cycles`.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import chain, islice
from types import MappingProxyType
from typing import NamedTuple

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.suggestion import Suggestions
from pims_api.errors import Fault
from pims_api.jobs.imports.cycle_rows import CycleOutcomes, CycleRows, store_cycles
from pims_api.jobs.imports.cycles import bundles
from pims_api.jobs.imports.state import ImportState, Stage, totals_of
from pims_api.jobs.imports.task import ImportTask
from pims_api.jobs.imports.waiting_order import WaitingRow, in_order
from pims_api.jobs.imports.waiting_rows import RowsAside, SkuFilter, rows_aside
from pims_api.jobs.transactions import Transaction, transactions
from pims_api.services.imports.column_plan import ATTRIBUTES_MISSING, ImportPlan
from pims_api.services.imports.guessed_types import guessed_types
from pims_api.services.imports.made_things import MadeThings
from pims_api.services.imports.near_skus import NearSkus, NewProduct
from pims_api.services.imports.products import (
    Cycles,
    import_rows,
    misses_another,
    missing_named,
    named_skus,
    parent_skus,
    plan_import,
    read_row,
    untyped_attributes,
    without_repeats,
)
from pims_api.services.imports.repeats import Repeats
from pims_api.services.imports.type_column import require_known_type
from pims_api.services.products.batch import RowOutcome, RowStatus
from pims_api.services.products.write import ProductWrite
from pims_api.storage.products.store import ids_of_skus
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.transfer.read_ahead import ahead
from pims_api.transfer.tables.table import Row, Table

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
ASIDE_ROWS = 50_000  # waiting rows that are sorted together

_Found = tuple[int, Row, RowOutcome]  # the number of a row, and what became of it


class DecidedRow(NamedTuple):
    """A row and what became of it."""

    row: Row
    outcome: RowOutcome


@dataclass(frozen=True, slots=True)
class ImportStep:
    """The result of one transaction.

    rows: those that are decided now; the others wait. warnings: about the file and its columns,
    each given once, most of them in the first step. access: by which the products can be shown.
    table: the file as it is being read. made: what was made so far, by this attempt.
    """

    state: ImportState
    rows: Sequence[DecidedRow]
    warnings: Sequence[Fault]
    access: Access
    table: Table
    made: MadeThings


class _Chunk(NamedTuple):
    """Rows of one step with their numbers. done: rows of the file read when the step is stored.

    parent_cycles: known in the last pass. cycles: rows that are stored together; then `rows` is
    empty.
    """

    rows: Sequence[tuple[int, Row]]
    done: int
    parent_cycles: Cycles = MappingProxyType({})
    cycles: CycleRows | None = None


Record = Callable[[UnitOfWork, ImportStep], None]


def import_products(
    task: ImportTask, state: ImportState | None = None, record: Record | None = None
) -> Generator[ImportStep, None, None]:
    """Import a file and yield each step when it is committed; the first has no rows.

    state: where to go on; what came before stays done. record: called at the end of each
    transaction, so that what it stores is committed with the products; never in a dry run.
    Closing the generator stops the import.

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
        self.refused_in_cycle: dict[int, RowOutcome] = {}  # by row number, with every fault
        self.makes_attributes = False  # whether some columns still lack one
        self.guessed: dict[str, ValueType] = {}  # the types of attributes that are made
        self.made = MadeThings()
        self.repeats = Repeats(task.choices.duplicates)
        self.near_skus = NearSkus()
        self.recalls = bool(self.state.turn or self.state.done)  # rows of an earlier attempt

    def steps(self) -> Iterator[ImportStep]:
        """Yield the steps of the first pass, then of one pass after another over waiting rows."""
        with transactions(self.task) as transaction:
            yield from self._pass(transaction)
            self.recalls = False
            while self.state.begin_next_pass():
                yield from self._pass(transaction)

    def _pass(self, transaction: Transaction) -> Iterator[ImportStep]:
        self.held = SkuFilter()
        with self.task.open_table() as table:
            if self.plan is None:
                yield self._begin(transaction, table)
            with closing(self._work(transaction, table)) as chunks:
                for chunk in chunks:
                    with transaction() as work:
                        step = self._step(work, table, chunk)
                    yield step
            if not self.state.turn:
                yield from self._end_of_file(transaction, table)

    def _work(self, transaction: Transaction, table: Table) -> Generator[_Chunk, None, None]:
        if self.state.turn:
            return self._retried(transaction, table)
        return ahead(self._chunks(table))

    def _begin(self, transaction: Transaction, table: Table) -> ImportStep:
        """Return the step without rows, whose plan of the columns is checked and not stored."""
        self.names = _names_of(self.task) if table.columns is None else table.columns
        with table.notes_in_refusals():
            self._guess_types(transaction)
            with transaction() as work, work.attempt() as attempt:
                plan = self._plan(work)
                attempt.rollback()  # what is missing is made with the first row that is stored
            self.makes_attributes = bool(plan.made)
            if not (self.state.turn or self.state.done):
                self._check_types(plan)
                self.state.notes.note([*table.notes, *plan.warnings])
        return ImportStep(self.state, (), self._new_warnings(), plan.access, table, self.made)

    def _guess_types(self, transaction: Transaction) -> None:
        """Read the file for the types of the attributes that it makes, outside of transactions."""
        choices = self.task.choices
        if ATTRIBUTES_MISSING not in choices.missing:
            return
        with transaction() as work:
            made = untyped_attributes(work, self.task.access_of, self.names or [], choices)
        if made:
            with self.task.open_table() as table:
                self.guessed = guessed_types(made, table.rows, choices.separator)

    def _check_types(self, plan: ImportPlan) -> None:
        if plan.product_type is not None:
            with self.task.open_table() as table:
                require_known_type(plan, table.rows)

    def _end_of_file(self, transaction: Transaction, table: Table) -> Iterator[ImportStep]:
        """Yield a step with the warnings that depend on every row, if there are any."""
        self.state.notes.note_numbers()
        if self.state.notes.new:
            with transaction() as work:
                step = self._recorded(work, table, ())
            yield step

    def _new_warnings(self) -> list[Fault]:
        warnings = self.state.notes.take()
        self.state.totals.warnings += len(warnings)
        return warnings

    def _chunks(self, table: Table) -> Iterator[_Chunk]:
        """Yield the rows of each step, from where an earlier attempt stopped."""
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

    def _retried(self, transaction: Transaction, table: Table) -> Generator[_Chunk, None, None]:
        """Yield the rows that wait in topological order, at most ASIDE_ROWS sorted together."""
        waiting = self._waiting(table)
        while some := list(islice(waiting, 1)):
            with rows_aside() as aside:
                named, suggestions = [], Suggestions()
                for number, row in chain(some, islice(waiting, ASIDE_ROWS - 1)):
                    named.append(self._waiting_row(row, suggestions))
                    aside.add(number, row)
                yield from self._ordered(transaction, aside, named, number + 1)
                for one in named if self.state.stage is Stage.CYCLES else ():
                    self.held.add(one.sku)  # rows further down must not overtake these

    def _waiting(self, table: Table) -> Iterator[tuple[int, Row]]:
        for number, row in enumerate(table.rows):
            if number < self.state.done:
                self._recall(number, row)
            elif number in self.state.waiting:
                yield number, row
            elif self.recalls:
                self._recall(number, row)

    def _ordered(
        self, transaction: Transaction, aside: RowsAside, waiting: list[WaitingRow], done: int
    ) -> Iterator[_Chunk]:
        if self.state.stage is not Stage.ROWS:
            with transaction() as work:
                waiting = list(_still_missing(work, waiting))
        before = self.state.done
        if self.state.stage is Stage.CYCLES:
            for cycles in bundles(waiting, STEP_ROWS, self.held):
                yield _Chunk((), before, cycles=CycleRows(aside, waiting, cycles, STEP_ROWS))
            return
        of_parents = in_order([WaitingRow(one.sku, one.parents) for one in waiting]).cycles
        places = in_order(waiting).places
        for start in range(0, len(places), STEP_ROWS):
            end = start + STEP_ROWS
            rows = aside.take(places[start:end])
            yield _Chunk(rows, done if end >= len(places) else before, of_parents)

    def _waiting_row(self, row: Row, suggestions: Suggestions) -> WaitingRow:
        wanted = read_row(self._known_plan, row, suggestions)
        return WaitingRow(wanted.sku, named_skus(wanted), parent_skus(wanted))

    def _recall(self, number: int, row: Row) -> None:
        if number in self.state.waiting:
            self.held.add(read_row(self._known_plan, row, Suggestions()).sku)
        elif self.recalls:
            wanted = read_row(self._known_plan, row, Suggestions())
            self.repeats.note(row.line, wanted.sku, wanted)

    def _step(self, work: UnitOfWork, table: Table, chunk: _Chunk) -> ImportStep:
        if not self.state.turn and table.format != "xlsx":  # a sheet's numbers have no separators
            self.state.notes.numbers.look(self._known_plan, [row for _, row in chunk.rows])
        if not self.state.turn:
            self.state.notes.note(note for _, row in chunk.rows for note in row.notes)
        with work.attempt() if self.makes_attributes else nullcontext() as attempt:
            decided = list(self._decided(work, chunk))
            if any(one.outcome.status is not RowStatus.REJECTED for one in decided):
                self.makes_attributes = False
            elif attempt is not None:
                attempt.rollback()
        self.state.done = chunk.done
        access = self.task.access_of(work)
        self.state.notes.note_made(work, access)
        made = [NewProduct(one.row.line, one.outcome.product) for one in decided
                if one.outcome.status is RowStatus.CREATED and one.outcome.product]  # fmt: skip
        self.state.notes.note(self.near_skus.warnings(work, access, made))
        self.made.look(work)
        return self._recorded(work, table, decided)

    def _recorded(
        self, work: UnitOfWork, table: Table, decided: Sequence[DecidedRow]
    ) -> ImportStep:
        # The access as it is now: it knows what the rows made, such as categories.
        access = self.task.access_of(work)
        step = ImportStep(self.state, decided, self._new_warnings(), access, table, self.made)
        if self.record is not None:
            self.record(work, step)
        return step

    def _decided(self, work: UnitOfWork, chunk: _Chunk) -> Iterator[DecidedRow]:
        found = self._cycle_rows(work, chunk.cycles) if chunk.cycles else self._rows(work, chunk)
        for number, row, outcome in found:
            noted = self.state.notes.without_repeats(row, outcome)
            self.state.waiting.discard(number)
            self.state.moved = True
            self.state.totals.count_row(noted)
            if chunk.cycles and noted.status is not RowStatus.REJECTED:
                self.repeats.note(row.line, noted.sku)
            yield DecidedRow(row, noted)

    def _rows(self, work: UnitOfWork, chunk: _Chunk) -> Iterator[_Found]:
        plan, rows = self._plan(work), chunk.rows
        suggestions = Suggestions()
        wanted = [read_row(plan, row, suggestions) for _, row in rows]
        for part in without_repeats([one.sku for one in wanted]):
            for number, row, outcome in self._part(work, plan, rows[part], wanted[part]):
                yield number, row, missing_named(outcome, chunk.parent_cycles)

    def _cycle_rows(self, work: UnitOfWork, rows: CycleRows) -> Iterator[_Found]:
        done = CycleOutcomes(refused=self.refused_in_cycle)
        store_cycles(work, self._plan(work), rows, done)
        return iter(done.stored)

    def _part(
        self,
        work: UnitOfWork,
        plan: ImportPlan,
        rows: Sequence[tuple[int, Row]],
        wanted: Sequence[ProductWrite],
    ) -> Iterator[_Found]:
        """Import rows of distinct SKUs; yield those that are decided."""
        ready = []
        for (number, row), one in zip(rows, wanted, strict=True):
            if one.sku in self.held and not self.state.is_last:
                self.state.waiting.add(number)
            else:
                ready.append((number, row, one))
        ready = self.repeats.prepared(work, plan.access, ready)
        outcomes = import_rows(work, plan, [one for _, _, one in ready])
        for (number, row, one), outcome in zip(ready, outcomes, strict=True):
            if misses_another(outcome) and not self.state.is_last:
                self.state.waiting.add(number)
                self.held.add(one.sku)
            else:
                known = self.refused_in_cycle.get(number) if misses_another(outcome) else None
                if outcome.status is not RowStatus.REJECTED:
                    outcome = self.repeats.told(plan.access, outcome)
                    self.repeats.note(row.line, one.sku, one)
                yield number, row, known or outcome

    @property
    def _known_plan(self) -> ImportPlan:
        if self.plan is None:
            raise RuntimeError("The columns are looked at before any row.")
        return self.plan

    def _plan(self, work: UnitOfWork) -> ImportPlan:
        """Return the plan of the columns, made anew when the definition has changed."""
        access = self.task.access_of(work)
        if self.plan is None or self.plan.access is not access:
            names, choices = self.names or [], self.task.choices
            self.plan = plan_import(work, self.task.access_of, names, choices, self.guessed)
        return self.plan


def _still_missing(work: UnitOfWork, waiting: Sequence[WaitingRow]) -> Iterator[WaitingRow]:
    """Yield the rows with only those names whose products do not exist yet."""
    for start in range(0, len(waiting), STEP_ROWS):
        some = waiting[start : start + STEP_ROWS]
        there = ids_of_skus(work, {name for one in some for name in one.names})
        for one in some:
            names = [name for name in one.names if name not in there]
            yield WaitingRow(one.sku, names, [name for name in one.parents if name not in there])


def _names_of(task: ImportTask) -> list[str]:
    """Return the keys that a file of JSON lines uses, in the order of their first appearance."""
    names: dict[str, None] = {}
    with task.open_table() as table:
        for row in table.rows:
            names |= dict.fromkeys(row.cells)
    return list(names)
