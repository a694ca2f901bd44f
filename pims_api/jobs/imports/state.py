"""The saved state of an import, from which another attempt goes on."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from pims_api.jobs.imports.notes import ImportNotes
from pims_api.jobs.imports.waiting_rows import RowNumbers
from pims_api.services.definition_imports.totals import ImportCounts
from pims_api.services.products.batch import RowOutcome


@dataclass(slots=True)
class ImportTotals(ImportCounts):
    """Rows by their outcome, and the number of warnings."""

    rejected: int = 0
    warnings: int = 0

    def count_row(self, outcome: RowOutcome) -> None:
        """Count what became of a row."""
        name = outcome.status.value
        setattr(self, name, getattr(self, name) + 1)
        self.warnings += len(outcome.warnings)


class Stage(StrEnum):
    """How a pass over the file treats rows that name products which do not exist.

    ROWS: they wait. CYCLES: those that name each other are stored together; the others wait.
    LAST: they are refused. The values are stored with jobs.
    """

    ROWS = "rows"
    CYCLES = "rings"
    LAST = "last"


@dataclass(slots=True)
class ImportState:
    """The progress of an import. The names of the fields are keys of the stored JSON.

    turn: the number of the pass over the file; pass 0 reads every row, later ones the rows that
    wait. done: rows of the file that this pass has read. moved: whether it has decided any of
    them. notes: warnings about columns.
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
        """Return the state that was saved as this position and these totals."""
        found = {
            "waiting": RowNumbers.from_text(position["waiting"]),
            "stage": Stage(position["stage"]),
            "notes": ImportNotes.from_object(position["notes"]),
        }
        return cls(ImportTotals(**totals), **position | found)

    def begin_next_pass(self) -> bool:
        """Go to the beginning of the next pass; return False when none is needed."""
        if not len(self.waiting) or self.is_last:
            return False
        self.stage = self._next_stage()
        self.turn, self.done, self.moved = self.turn + 1, 0, False
        return True

    def _next_stage(self) -> Stage:
        if self.moved or not self.turn:
            return Stage.ROWS
        return Stage.CYCLES if self.stage is Stage.ROWS else Stage.LAST


def totals_of(state: ImportState) -> dict[str, int]:
    """Return the totals as a JSON object."""
    return asdict(state.totals)
