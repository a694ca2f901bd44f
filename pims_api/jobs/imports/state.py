"""How far an import is, so that it can go on from there."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from pims_api.jobs.imports.notes import ImportNotes
from pims_api.jobs.imports.waiting_rows import RowNumbers
from pims_api.services.definition_imports.totals import ImportCounts
from pims_api.services.products.batch import RowOutcome


@dataclass(slots=True)
class ImportTotals(ImportCounts):
    """How many rows came to which end, and how many warnings there were."""

    rejected: int = 0
    warnings: int = 0

    def count_row(self, outcome: RowOutcome) -> None:
        """Count what became of a row."""
        name = outcome.status.value
        setattr(self, name, getattr(self, name) + 1)
        self.warnings += len(outcome.warnings)


class Stage(StrEnum):
    """What a turn does with rows that name what is not there.

    ROWS: they wait. RINGS: those that wait for each other are stored together; the others wait.
    LAST: they are refused.
    """

    ROWS = "rows"
    RINGS = "rings"
    LAST = "last"


@dataclass(slots=True)
class ImportState:
    """How far an import is: enough to go on from.

    turn: 0 walks through all rows, later ones through those that wait. done: rows of the file that
    this turn has behind it. moved: whether it came further with any of them. notes: what was
    noticed about columns.
    """

    totals: ImportTotals = field(default_factory=ImportTotals)
    waiting: RowNumbers = field(default_factory=RowNumbers)
    turn: int = 0
    done: int = 0
    moved: bool = False
    stage: Stage = Stage.ROWS
    notes: ImportNotes = field(default_factory=ImportNotes)

    @property
    def is_last(self) -> bool:
        """Whether nothing waits any longer."""
        return self.stage is Stage.LAST

    def position(self) -> dict[str, Any]:
        """Return the state, totals excepted, as a JSON object."""
        names = ("turn", "done", "moved", "stage")
        kept = {name: getattr(self, name) for name in names}
        return kept | {"waiting": self.waiting.to_text(), "notes": self.notes.to_object()}

    @classmethod
    def at(cls, position: dict[str, Any], totals: dict[str, int]) -> "ImportState":
        """Return the state of that position and those totals."""
        found = {
            "waiting": RowNumbers.from_text(position["waiting"]),
            "stage": Stage(position["stage"]),
            "notes": ImportNotes.from_object(position["notes"]),
        }
        return cls(ImportTotals(**totals), **position | found)

    def begin_next_turn(self) -> bool:
        """Return whether another turn is needed, which the state then is at the beginning of."""
        if not len(self.waiting) or self.is_last:
            return False
        self.stage = self._next_stage()
        self.turn, self.done, self.moved = self.turn + 1, 0, False
        return True

    def _next_stage(self) -> Stage:
        if self.moved or not self.turn:
            return Stage.ROWS
        return Stage.RINGS if self.stage is Stage.ROWS else Stage.LAST


def totals_of(state: ImportState) -> dict[str, int]:
    """Return the totals as a JSON object."""
    return asdict(state.totals)
