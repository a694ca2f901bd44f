"""Conversions of the cells of a row between names and the order of columns."""

from collections.abc import Mapping, Sequence
from typing import Any

Cells = Mapping[str, Any] | Sequence[Any]


def in_order(cells: Cells, columns: Sequence[str]) -> Sequence[Any]:
    """Return the cells in the columns' order; one that is absent as None."""
    if isinstance(cells, Mapping):
        return [cells.get(name) for name in columns]
    return cells


def by_name(cells: Cells, columns: Sequence[str] | None) -> dict[str, Any]:
    """Return the cells by name, in the columns' order; one that is absent stays absent.

    Raises TypeError for cells in order when there are no columns.
    """
    if isinstance(cells, Mapping):
        if columns is None:
            return dict(cells)
        return {name: cells[name] for name in columns if name in cells}
    if columns is None:
        raise TypeError("without columns, a row's cells must come by name")
    return dict(zip(columns, cells, strict=False))
