"""Warnings of columns whose decimal points may be thousands separators.

`1.234` is read as a little more than one, so a file that means 1234 gets a warning.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pims_api.domain.attributes.attribute import ValueType
from pims_api.errors import Fault, pointer_to
from pims_api.services.imports.column_plan import Feed, ImportPlan
from pims_api.transfer.tables.table import Row

_UNCLEAR = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}")
# No such number has thousands separators: nobody writes 1234, 1.5 or 0.125 beside 1.234 for 1234.
_CLEAR = re.compile(r"[+-]?(?:[0-9]{4,}|[0-9]*\.[0-9]*)")


@dataclass(slots=True)
class AmbiguousNumbers:
    """The evidence for each numeric column of a file so far.

    clear: attributes of which a number was clearly a decimal, or whole. unclear: of the others
    that may have separators, the first such number: column, line, text.
    """

    clear: set[str] = field(default_factory=set)
    unclear: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def look(self, plan: ImportPlan, rows: Sequence[Row]) -> None:
        """Look at further rows; attributes that are clear are skipped."""
        watched = {
            name: feed
            for name, feed in plan.feeds.items()
            if feed.column.attribute.type is ValueType.NUMBER and feed.column.name not in self.clear
        }
        for row in rows if watched else ():
            for name, feed in watched.items():
                cell = row.cells.get(name)
                if type(cell) is str and cell:  # a number of JSON has no separators
                    self._look(plan, feed, (name, row.line, cell))

    def warnings(self) -> list[Fault]:
        """Return a warning for each attribute that stayed unclear."""
        return [_warning(name, *found) for name, found in self.unclear.items()]

    def to_object(self) -> dict[str, Any]:
        """Return the evidence as a JSON object."""
        return {
            "clear": sorted(self.clear),
            "unclear": {n: list(f) for n, f in self.unclear.items()},
        }

    @classmethod
    def from_object(cls, known: dict[str, Any]) -> "AmbiguousNumbers":
        """Return the evidence of such an object."""
        unclear = {name: (c, line, text) for name, (c, line, text) in known["unclear"].items()}
        return cls(set(known["clear"]), unclear)

    def _look(self, plan: ImportPlan, feed: Feed, found: tuple[str, int, str]) -> None:
        column, line, cell = found
        name, separator = feed.column.name, plan.choices.separator
        for text in map(str.strip, cell.split(separator) if separator else [cell]):
            if name in self.clear:
                return
            if _UNCLEAR.fullmatch(text):
                self.unclear.setdefault(name, (column, line, text))
            elif _CLEAR.fullmatch(text):
                self.clear.add(name)
                self.unclear.pop(name, None)


def _warning(name: str, column: str, line: int, text: str) -> Fault:
    """Return the warning of a column.

    >>> _warning("price", "Net price", 3, "1.234").message
    "The numbers of the column 'Net price' may have thousands separators: all with a point have \
three digits after it, such as 1.234 on line 3. It was taken as a decimal; if it means 1234, write \
that and import the file again."
    """
    whole = text.replace(".", "")
    message = (
        f"The numbers of the column {column!r} may have thousands separators: all with a point "
        f"have three digits after it, such as {text} on line {line}. It was taken as a decimal; if "
        f"it means {whole}, write that and import the file again."
    )
    return Fault("range", message, name, pointer_to(column))
