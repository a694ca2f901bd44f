"""Saved queries: criteria that somebody named, to be asked again.

Source: docs/core.md, Criteria.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SavedCriterion:
    """A criterion by what it names, so that it means the same after names change.

    operator: of `Operator`. operand: as JSON text. scope: its canonical text; None: any.
    """

    attribute_id: int
    operator: str
    operand: str = "null"
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A named query.

    any_of: whether one criterion is enough. type_id: of the product type; None: of whatever type.
    created_at: microseconds since 1970. client_id: the id that an integrator chose, or "".
    """

    id: int
    name: str
    criteria: tuple[SavedCriterion, ...] = ()
    any_of: bool = False
    type_id: int | None = None
    created_at: int = 0
    client_id: str = ""
    deleted: bool = False
