"""Warnings that an import gives once for a column, however many rows they concern."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.errors import Fault
from pims_api.services.imports.ambiguous_numbers import AmbiguousNumbers
from pims_api.services.imports.near_duplicates import LookAlikes
from pims_api.services.products.batch import RowOutcome
from pims_api.services.products.value_rules import IGNORED
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.transfer.tables.table import Row

_OF_TYPE = "unknown_attribute"  # a value of an attribute that the product's type does not have


@dataclass(slots=True)
class ImportNotes:
    """Warnings of an import. warned: messages given already. new: warnings of the next step."""

    numbers: AmbiguousNumbers = field(default_factory=AmbiguousNumbers)
    warned: set[str] = field(default_factory=set)
    new: list[Fault] = field(default_factory=list)
    _look_alikes: LookAlikes = field(default_factory=LookAlikes)

    def to_object(self) -> dict[str, Any]:
        """Return the state that another attempt needs, as a JSON object."""
        return {"numbers": self.numbers.to_object(), "told": sorted(self.warned)}

    @classmethod
    def from_object(cls, known: dict[str, Any]) -> "ImportNotes":
        """Return the notes of such an object."""
        return cls(AmbiguousNumbers.from_object(known["numbers"]), set(known["told"]))

    def without_repeats(self, row: Row, outcome: RowOutcome) -> RowOutcome:
        """Return an outcome without the warnings that concern a whole column, which are noted."""
        kept = [one for one in outcome.warnings if one.code != _OF_TYPE]
        if len(kept) == len(outcome.warnings):
            return outcome
        for one in outcome.warnings:
            if one.code == _OF_TYPE and one.message not in self.warned:
                self.warned.add(one.message)
                self.new.append(replace(one, message=_of_column(one.message, row.line)))
        return outcome._replace(warnings=kept)

    def note_made(self, work: UnitOfWork, access: Access) -> None:
        """Note warnings of near duplicates that a transaction created."""
        self.new += self._look_alikes.new_warnings(work, access)

    def note_numbers(self) -> None:
        """Note warnings of ambiguous numbers, once every row was read."""
        self.note(self.numbers.warnings())
        self.numbers = AmbiguousNumbers()

    def note(self, warnings: Iterable[Fault]) -> None:
        """Note warnings about the file or its columns."""
        self.new += warnings

    def take(self) -> list[Fault]:
        """Return the new warnings and forget them."""
        taken, self.new = self.new, []
        return taken


def _of_column(message: str, line: int) -> str:
    """Return a warning about a value as one about its column. line: the first that has it."""
    if message.endswith(IGNORED):
        message = f"{message.removesuffix(IGNORED)}: its values were ignored."
    return f"{message.removesuffix('.')}, first on line {line}."
