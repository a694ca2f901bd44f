"""Rows that wait for each other are stored together: all of a ring in one transaction, or none.

Each product is written once, with its links, so it has one entry in history and nobody ever sees a
link to what is not there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pims_api.domain.suggestion import Suggestions
from pims_api.jobs.imports.rings import Ring
from pims_api.jobs.imports.waiting_order import Wish, in_order
from pims_api.jobs.imports.waiting_rows import RowsAside
from pims_api.services.imports.column_plan import ImportPlan
from pims_api.services.imports.products import import_rows, read_row
from pims_api.services.products.batch import RowOutcome, RowStatus
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.transfer.tables.table import Row

REASONS_MAX = 1_000  # refused rows that are remembered with all their faults


_Found = tuple[int, Row, RowOutcome]  # the number of a row, and what became of it


@dataclass(frozen=True, slots=True)
class RingRows:
    """Rows that wait, and in which order to try them.

    aside, wishes: by the places in rings. size: how many rows are in memory at once.
    """

    aside: RowsAside
    wishes: Sequence[Wish]
    rings: Sequence[Ring]
    size: int


@dataclass(slots=True)
class RingOutcomes:
    """What became of them.

    stored: of many, only the first with their cells and products. refused: by number, the rows that
    kept their ring from being stored.
    """

    stored: list[_Found] = field(default_factory=list)
    refused: dict[int, RowOutcome] = field(default_factory=dict)


def store_rings(work: UnitOfWork, plan: ImportPlan, rows: RingRows, done: RingOutcomes) -> None:
    """Store every ring whose rows are all accepted; the others leave nothing.

    They are tried together first: where all are accepted, which is most often so, it is quicker.
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
    elif len(rows.rings) > 1:
        half = len(rows.rings) // 2
        for part in (rows.rings[:half], rows.rings[half:]):
            store_rings(work, plan, replace(rows, rings=part), done)
    else:
        room = REASONS_MAX - len(done.refused)
        done.refused |= dict(list(refused.items())[:room])


def _bare(number: int, row: Row, outcome: RowOutcome) -> _Found:
    return number, Row(row.line, {}), outcome._replace(product=None, before=None)


def _written(work: UnitOfWork, plan: ImportPlan, rows: RingRows) -> Iterator[_Found]:
    places = [place for ring in rows.rings for place in _parents_first(rows.wishes, ring)]
    promised = frozenset(rows.wishes[place].sku for place in places)
    suggestions = Suggestions()
    for start in range(0, len(places), rows.size):
        some = rows.aside.take(places[start : start + rows.size])
        read = (read_row(plan, row, suggestions) for _, row in some)
        outcomes = import_rows(work, plan, [replace(one, promised=promised) for one in read])
        work.settle()
        for (number, row), outcome in zip(some, outcomes, strict=True):
            yield number, row, outcome


def _parents_first(wishes: Sequence[Wish], ring: Ring) -> list[int]:
    of_ring = [Wish(wishes[place].sku, wishes[place].parents) for place in ring]
    return [ring[place] for place in in_order(of_ring).places]
