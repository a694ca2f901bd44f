"""What taking back means for one product: value by value, before anything is stored.

Source: docs/core.md, Taking back.
"""

from collections.abc import Container, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from pims_api.domain.attributes.attribute import SKU, STATUS
from pims_api.domain.product import Product
from pims_api.storage.history.reverts import PastChange

DELETED = "deleted"


class Verdict(StrEnum):
    """What becomes of a value. CONFLICT: somebody else changed it since."""

    REVERT = "revert"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"


class PlannedValue(NamedTuple):
    """A value that is to be taken back, by its slot; None stands for unset.

    before: what it goes back to. left: what it was made. now: what it is. changes: those of its
    product since.
    """

    slot: str
    before: Any
    left: Any
    now: Any
    changes: Sequence[PastChange]

    @property
    def changed_by(self) -> int:
        """The last transaction that changed it."""
        return max(one.sequence for one in self.changes if self.slot in one.new)

    @property
    def verdict(self) -> Verdict:
        """What becomes of it."""
        if self.now == self.before:
            return Verdict.UNCHANGED
        return Verdict.REVERT if self.now == self.left else Verdict.CONFLICT


class ProductPlan(NamedTuple):
    """The values of one product that are to be taken back."""

    product: Product
    values: Sequence[PlannedValue]


def plan_of_transactions(
    product: Product, changes: Sequence[PastChange], sequences: Container[int]
) -> ProductPlan:
    """Return what taking back some transactions means for a product.

    changes: all that were made since the first of them. A product that they made is deleted, and
    its other values stay.
    """
    own = [one for one in changes if one.sequence in sequences]
    if any(SKU in one.new for one in own):
        left = next(one.new[STATUS] for one in reversed(own) if STATUS in one.new)
        return ProductPlan(product, [_planned(product, changes, STATUS, DELETED, left)])
    slots = dict.fromkeys(slot for one in own for slot in one.new)
    return ProductPlan(
        product,
        [_planned(product, changes, slot, *_sides(own, slot)) for slot in slots],
    )


def plan_of_moment(product: Product, later: Sequence[PastChange]) -> ProductPlan | None:
    """Return what bringing a product back to a moment means; None: it was not there then.

    later: its changes since.
    """
    if any(SKU in one.new for one in later):
        return None
    before: dict[str, Any] = {}
    for one in reversed(later):
        before |= one.old
    now = product.values
    return ProductPlan(
        product,
        [_planned(product, later, slot, was, now.get(slot)) for slot, was in before.items()],
    )


def _sides(own: Sequence[PastChange], slot: str) -> tuple[Any, Any]:
    """Return what a value was before some changes, and what they left.

    Where somebody else changed it between two of them, it goes back to what that was.
    """
    touching = [(one.old[slot], one.new[slot]) for one in reversed(own) if slot in one.new]
    before, left = touching[0]
    for old, new in touching[1:]:
        if new != before:
            break
        before = old
    return before, left


def _planned(
    product: Product, changes: Sequence[PastChange], slot: str, before: Any, left: Any
) -> PlannedValue:
    return PlannedValue(slot, before, left, product.values.get(slot), changes)
