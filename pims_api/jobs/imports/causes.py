"""The faults of an import's refused rows, counted by cause and column."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from pims_api.domain.job import stored_faults
from pims_api.errors import Fault

CAUSES_MAX = 100  # that are counted
VALUES_MAX = 20  # of a cause, by which it is counted

_Key = tuple[str, str]
"""The code of a fault, and the column or attribute that it is about."""


@dataclass(slots=True)
class Cause:
    """Rows that were refused alike.

    example: the first fault. values: refused value → how often it was sent, of the first ones.
    varies: whether their messages differ.
    """

    example: Fault
    rows: int = 0
    values: dict[str, int] = field(default_factory=dict)
    varies: bool = False

    def count(self, fault: Fault) -> None:
        """Count a row."""
        self.rows += 1
        self.varies |= fault.message != self.example.message
        if isinstance(fault.value, str) and (
            fault.value in self.values or len(self.values) < VALUES_MAX
        ):
            self.values[fault.value] = self.values.get(fault.value, 0) + 1

    @property
    def fault(self) -> Fault:
        """The fault that all rows share.

        >>> cause = Cause(Fault("type", "price must be a number: write 1,5 as 1.5!", "price"))
        >>> cause.count(Fault("type", "price must be a number: write 2,5 as 2.5!", "price"))
        >>> cause.fault.message
        'price must be a number!'
        """
        if not self.varies:
            return replace(self.example, value=None, nearest=None)
        message = self.example.message.partition(": ")[0].rstrip("!") + "!"
        return replace(self.example, message=message, value=None, nearest=None)


class Causes:
    """Counts of refused rows by cause."""

    def __init__(self) -> None:
        self._found: dict[_Key, Cause] = {}

    def add(self, faults: Iterable[Fault]) -> None:
        """Count the faults of a row, each cause once."""
        seen = set[_Key]()
        for fault in faults:
            key = (fault.code, fault.pointer or fault.attribute or "")
            if key in seen or (key not in self._found and len(self._found) >= CAUSES_MAX):
                continue
            seen.add(key)
            self._found.setdefault(key, Cause(fault)).count(fault)

    def in_order(self) -> list[Cause]:
        """Return the causes, those of most rows first."""
        return sorted(self._found.values(), key=lambda one: -one.rows)

    def to_object(self) -> list[dict[str, Any]]:
        """Return the counts as a JSON object."""
        return [
            {
                "fault": stored_faults([one.example])[0],
                "rows": one.rows,
                "values": one.values,
                "varies": one.varies,
            }
            for one in self._found.values()
        ]

    @classmethod
    def from_object(cls, known: Iterable[dict[str, Any]]) -> "Causes":
        """Return the counts of such an object."""
        made = cls()
        for one in known:
            fault = Fault(**one["fault"])
            key = (fault.code, fault.pointer or fault.attribute or "")
            made._found[key] = Cause(fault, one["rows"], dict(one["values"]), one["varies"])
        return made
