"""How far an import is, so that it can go on from there."""

from dataclasses import asdict, dataclass, field
from typing import Any

from pims_api.jobs.waiting_rows import RowNumbers
from pims_api.services.product.batch import RowOutcome


@dataclass(slots=True)
class ImportTotals:
    """How many rows came to which end, and how many warnings there were."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0

    def count(self, outcome: RowOutcome) -> None:
        """Count what became of a row."""
        name = outcome.status.value
        setattr(self, name, getattr(self, name) + 1)
        self.warnings += len(outcome.warnings)


@dataclass(slots=True)
class ImportState:
    """How far an import is: enough to go on from.

    turn: 0 walks through all rows, later ones through those that wait. done: rows of the file that
    this turn has behind it. moved: whether it came further with any of them. is_last: nothing
    waits any longer.
    """

    totals: ImportTotals = field(default_factory=ImportTotals)
    waiting: RowNumbers = field(default_factory=RowNumbers)
    turn: int = 0
    done: int = 0
    moved: bool = False
    is_last: bool = False

    def position(self) -> dict[str, Any]:
        """Return the state, totals excepted, as a JSON object."""
        names = ("turn", "done", "moved", "is_last")
        kept = {name: getattr(self, name) for name in names}
        return kept | {"waiting": self.waiting.to_text()}

    @classmethod
    def at(cls, position: dict[str, Any], totals: dict[str, int]) -> "ImportState":
        """Return the state of that position and those totals."""
        waiting = RowNumbers.from_text(position["waiting"])
        return cls(ImportTotals(**totals), **position | {"waiting": waiting})

    def begin_next_turn(self) -> bool:
        """Return whether another turn is needed, which the state then is at the beginning of."""
        if not len(self.waiting) or self.is_last:
            return False
        self.is_last = self.turn > 0 and not self.moved
        self.turn, self.done, self.moved = self.turn + 1, 0, False
        return True


def totals_of(state: ImportState) -> dict[str, int]:
    """Return the totals as a JSON object."""
    return asdict(state.totals)
