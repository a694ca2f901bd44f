"""The check for a column of another system's product types, before any row is written."""

from collections.abc import Iterable

from pims_api.domain.attributes.attribute import PRODUCT_TYPE
from pims_api.domain.suggestion import NAME_LENGTH_MAX
from pims_api.errors import BadInput, Fault, pointer_to
from pims_api.services.imports.column_plan import ImportPlan
from pims_api.transfer.tables.table import Row

SHOWN_MAX = 3  # types of the column that the refusal names
KNOWN_MAX = 10


def require_known_type(plan: ImportPlan, rows: Iterable[Row]) -> None:
    """Read rows until one has a known product type, mostly the first.

    Raises BadInput when they name product types, and none is known.
    """
    column, types = plan.product_type, plan.access.definition.types
    if column is None:
        return
    foreign: dict[str, None] = {}
    for row in rows:
        cell = row.cells.get(column)
        name = cell.strip() if isinstance(cell, str) else ""
        if name in types:
            return
        if name and len(foreign) < SHOWN_MAX:
            foreign.setdefault(name)
    if foreign:
        raise BadInput(faults=[_fault(column, list(foreign), list(types)[:KNOWN_MAX])])


def _fault(column: str, foreign: list[str], known: list[str]) -> Fault:
    shown = ", ".join(repr(one[:NAME_LENGTH_MAX]) for one in foreign)
    message = (
        f"The column {column[:NAME_LENGTH_MAX]!r} names no product type that is there, but "
        f"{shown}! Known ones: {', '.join(known)}. Add the types, or map or ignore the column."
    )
    return Fault("type", message, PRODUCT_TYPE, pointer_to(column), allowed=known)
