"""Nested categories of a source, flattened to a list.

Source: docs/core.md, Categories.
"""

from collections.abc import Iterable
from dataclasses import replace

from pims_api.domain.category import SEPARATOR
from pims_api.domain.definition import Definition
from pims_api.services.definition_imports.category_rows import CategoryEntry, read_category
from pims_api.services.definition_imports.key_mapping import SourceKeys
from pims_api.transfer.entries import row_of
from pims_api.transfer.tables.table import Row


def read_categories(
    rows: Iterable[Row], keys: SourceKeys, definition: Definition, separator: str = SEPARATOR
) -> list[CategoryEntry]:
    """Return the entries of rows, each followed by its nested ones. separator: in paths."""
    nesting = _Nesting(keys, definition, separator)
    for row in rows:
        nesting.add(row, (), None)
    return nesting.found


class _Nesting:
    """A recursive reader of entries into `found`."""

    def __init__(self, keys: SourceKeys, definition: Definition, separator: str) -> None:
        self.found: list[CategoryEntry] = []
        self._keys = keys
        self._definition = definition
        self._separator = separator

    def add(self, row: Row, place: tuple[int, ...], parent: int | None) -> None:
        """Read an entry and its nested ones. The depth of recursion is bounded by that of JSON."""
        one = read_category(
            row.line, row.cells, self._keys, self._definition, row.faults, self._separator
        )
        number = len(self.found)
        self.found.append(replace(one, children=(), place=place, parent=parent))
        for count, child in enumerate(one.children, start=1):
            inside = row_of(row.line, child)
            self.add(inside, (*place, count), number)
