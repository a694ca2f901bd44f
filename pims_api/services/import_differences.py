"""What an import changes, for people who look before they leap."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pims_api.domain.access import Access, Column
from pims_api.services.batch import RowOutcome, RowStatus
from pims_api.services.plain_product import plain_value


@dataclass(frozen=True, slots=True)
class RowDifference:
    """What a row changes: values by the names that the caller sees; None stands for unset.

    status: created or updated; of a product that is new everything is, so no values are told.
    """

    line: int
    sku: str
    status: str
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)


def row_difference(access: Access, line: int, outcome: RowOutcome) -> RowDifference | None:
    """Return what a row changed, or None when it left everything as it was."""
    before, after = outcome.before, outcome.product
    if outcome.status is RowStatus.CREATED:
        return RowDifference(line, outcome.sku, outcome.status.value)
    if outcome.status is not RowStatus.UPDATED or before is None or after is None:
        return None
    changed = [
        column
        for column in access.columns
        if before.values.get(column.slots[0]) != after.values.get(column.slots[0])
    ]
    old, new = (
        {c.name: _plain(access, c, one.values.get(c.slots[0])) for c in changed}
        for one in (before, after)
    )
    return RowDifference(line, outcome.sku, outcome.status.value, old, new)


def _plain(access: Access, column: Column, stored: Any) -> Any:
    return None if stored is None else plain_value(access, column, stored)
