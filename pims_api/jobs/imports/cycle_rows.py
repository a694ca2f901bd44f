"""The atomic import of cycles: all rows that name each other in one transaction, or none.

Each product is written once, with its links, so it has one entry in history and nobody ever sees a
link to a product that does not exist.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pims_api.domain.suggestion import Suggestions
from pims_api.jobs.imports.cycles import Cycle
from pims_api.jobs.imports.waiting_order import WaitingRow, in_order
from pims_api.jobs.imports.waiting_rows import RowsAside
from pims_api.services.imports.column_plan import ImportPlan
from pims_api.services.imports.products import import_rows, read_row
from pims_api.services.products.batch import RowOutcome, RowStatus
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.transfer.tables.table import Row

REASONS_MAX = 1_000  # refused rows that are remembered with all their faults


_Found = tuple[int, Row, RowOutcome]  # the number of a row, and what became of it


@dataclass(frozen=True, slots=True)
class CycleRows:
    """Waiting rows, and the cycles to store in their order.

    aside, waiting: by the places in cycles. size: how many rows are in memory at once.
    """

    aside: RowsAside
    waiting: Sequence[WaitingRow]
    cycles: Sequence[Cycle]
    size: int


@dataclass(slots=True)
class CycleOutcomes:
    """The outcomes of the rows of cycles.

    stored: of many, only the first with their cells and products. refused: by number, the rows that
    kept their cycle from being stored.
    """

    stored: list[_Found] = field(default_factory=list)
    refused: dict[int, RowOutcome] = field(default_factory=dict)


def store_cycles(work: UnitOfWork, plan: ImportPlan, rows: CycleRows, done: CycleOutcomes) -> None:
    """Store every cycle whose rows are all accepted; the others leave nothing.

    All are tried together first, which is quicker in the usual case that all are accepted.
    """
    stored: list[_Found] = []
    refused: dict[int, RowOutcome] = {}
    with work.attempt() as attempt:
        for found in _written(work, plan, rows):
            if found[2].status is RowStatus.REJECTED:
                refused[found[0]] = found[2]
            else:
                stored.append(found if len(stored) < rows.size else _bare(*found))
        if refused:
            attempt.rollback()
    if not refused:
        done.stored += stored
    elif len(rows.cycles) > 1:
        half = len(rows.cycles) // 2
        for part in (rows.cycles[:half], rows.cycles[half:]):
            store_cycles(work, plan, replace(rows, cycles=part), done)
    else:
        room = REASONS_MAX - len(done.refused)
        done.refused |= dict(list(refused.items())[:room])


def _bare(number: int, row: Row, outcome: RowOutcome) -> _Found:
    return number, Row(row.line, {}), outcome._replace(product=None, before=None)


def _written(work: UnitOfWork, plan: ImportPlan, rows: CycleRows) -> Iterator[_Found]:
    places = [place for cycle in rows.cycles for place in _parents_first(rows.waiting, cycle)]
    promised = frozenset(rows.waiting[place].sku for place in places)
    suggestions = Suggestions()
    for start in range(0, len(places), rows.size):
        some = rows.aside.take(places[start : start + rows.size])
        read = (read_row(plan, row, suggestions) for _, row in some)
        outcomes = import_rows(work, plan, [replace(one, promised=promised) for one in read])
        work.settle()
        for (number, row), outcome in zip(some, outcomes, strict=True):
            yield number, row, outcome


def _parents_first(waiting: Sequence[WaitingRow], cycle: Cycle) -> list[int]:
    of_cycle = [WaitingRow(waiting[place].sku, waiting[place].parents) for place in cycle]
    return [cycle[place] for place in in_order(of_cycle).places]
