"""Taking back: a transaction, an import, a product to a moment.

Source: docs/core.md, Taking back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.access.scopes import possible_scopes
from pims_api.domain.attributes.attribute import UNSEEN_ATTRIBUTES
from pims_api.domain.definition import Definition
from pims_api.domain.product import ProductChange
from pims_api.domain.values.scope import GLOBAL, split_slot
from pims_api.errors import Conflict, Fault
from pims_api.garbage import without_collection
from pims_api.services.reverts.conflict import Shown, conflict_object
from pims_api.services.reverts.plan import PlannedValue, ProductPlan, Verdict
from pims_api.services.reverts.rights import require_writable
from pims_api.services.reverts.target import FoundTarget
from pims_api.services.reverts.write import Wanted, is_same, write_back
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

CONFLICTS_TOLD = 100
PRODUCTS_MAX = 1_000  # that one transaction takes back; more are a job


class OnConflict(StrEnum):
    """What becomes of values that somebody else changed since.

    REFUSE: nothing is stored. SKIP: they are left alone, and so is what rules refuse. FORCE: they
    are overwritten.
    """

    REFUSE = "refuse"
    SKIP = "skip"
    FORCE = "force"


class ConflictsFound(Conflict):
    """Values were changed since, and none is to be overwritten.

    count: of these values. conflicts: the first of them, as of `conflict_object`. beside: both, for
    who is told of the refusal.
    """

    code = "conflict"

    def __init__(self, conflicts: Sequence[Shown], count: int) -> None:
        self.conflicts = conflicts
        self.count = count
        self.beside = {"conflicts": conflicts, "conflict_count": count}
        these = "One value was" if count == 1 else f"{count} values were"
        super().__init__(
            f"{these} changed since, so nothing was taken back! Send on_conflict: skip leaves them "
            "alone, force overwrites them."
        )


@dataclass(slots=True)
class Reverted:
    """What taking back came to: numbers of values, the first conflicts, warnings."""

    reverted: int = 0
    unchanged: int = 0
    skipped: int = 0
    conflict_count: int = 0
    conflicts: list[Shown] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def note_conflict(self, access: Access, plan: ProductPlan, value: PlannedValue) -> None:
        """Count a conflict, and keep it among the first."""
        self.conflict_count += 1
        if len(self.conflicts) < CONFLICTS_TOLD:
            self.conflicts.append(conflict_object(access, plan.product, value))

    def add(self, other: "Reverted") -> None:
        """Count what another part came to as well."""
        self.reverted += other.reverted
        self.unchanged += other.unchanged
        self.skipped += other.skipped
        self.conflict_count += other.conflict_count
        self.conflicts += other.conflicts[: CONFLICTS_TOLD - len(self.conflicts)]
        self.warnings += [one for one in other.warnings if one not in self.warnings]


def revert(
    work: UnitOfWork, access: Access, target: FoundTarget, on_conflict: OnConflict
) -> tuple[Reverted, list[ProductChange]]:
    """Take a target back, all of it or nothing; return what it came to and what it changed.

    Raises Forbidden, ConflictsFound, and what editing the products would raise.
    """
    done, _ = revert_some(work, access, target, target.ids, on_conflict)
    return done, sorted(work.product_changes(), key=lambda one: one.after.id)


@without_collection()
def revert_some(
    work: UnitOfWork,
    access: Access,
    target: FoundTarget,
    ids: Sequence[int],
    on_conflict: OnConflict,
    *,
    is_last: bool = True,
) -> tuple[Reverted, list[int]]:
    """Take back a part of a target; return what it came to, and the products that are left.

    is_last: False: products that today's rules refuse are left, to be tried after the others.
    Raises what `revert` raises.
    """
    done, wanted = Reverted(), list[Wanted]()
    for plan in target.plans(work, ids):
        require_writable(access, (one.slot for one in plan.values))
        values = _chosen(work.definition, access, plan, on_conflict, done)
        wanted.append(Wanted(plan.product, values))
    if on_conflict is OnConflict.REFUSE and done.conflict_count:
        raise ConflictsFound(done.conflicts, done.conflict_count)
    lenient = on_conflict is OnConflict.SKIP
    written = write_back(work, access, wanted, lenient=lenient, is_last=is_last)
    done.warnings += written.warnings
    left = {one.product.id for one in written.left}
    for one in wanted:
        if one.product.id not in left:
            _count(work, access, one, done)
    return done, sorted(left)


@without_collection()
def check(seen: Snapshot, access: Access, target: FoundTarget, on_conflict: OnConflict) -> None:
    """Look at all of a target before any of it is taken back. Raises Forbidden, ConflictsFound."""
    found = Reverted()
    for plan in target.plans(seen):
        require_writable(access, (one.slot for one in plan.values))
        if on_conflict is OnConflict.REFUSE:
            _chosen(seen.definition, access, plan, on_conflict, found)
    if found.conflict_count:
        raise ConflictsFound(found.conflicts, found.conflict_count)


def _chosen(
    definition: Definition,
    access: Access,
    plan: ProductPlan,
    on_conflict: OnConflict,
    done: Reverted,
) -> dict[str, Any]:
    """Return the values to be set in a product; count the others."""
    chosen: dict[str, Any] = {}
    there = definition.derive(_slots_there)
    for one in plan.values:
        verdict = one.verdict
        if not there[one.slot]:
            done.skipped += 1
            _warn(access, one.slot, done)
        elif verdict is Verdict.UNCHANGED:
            done.unchanged += 1
        elif verdict is Verdict.REVERT:
            chosen[one.slot] = one.before
        else:
            done.note_conflict(access, plan, one)
            done.skipped += on_conflict is OnConflict.SKIP
            if on_conflict is OnConflict.FORCE:
                chosen[one.slot] = one.before
    return chosen


def _count(work: UnitOfWork, access: Access, wanted: Wanted, done: Reverted) -> None:
    after = work.find_product(wanted.product.sku)
    values = after.values if after is not None else {}
    for slot, value in wanted.values.items():
        if is_same(work, access, slot, values.get(slot), value):
            done.reverted += 1
        else:
            done.skipped += 1


class _SlotsThere(dict[str, bool]):
    """Whether today there is the attribute of a slot, and its scope; each is looked up once."""

    def __init__(self, definition: Definition) -> None:
        super().__init__()
        self._definition = definition

    def __missing__(self, slot: str) -> bool:
        known, (key, scope) = self._definition, split_slot(slot)
        attribute = known.by_key.get(key) or UNSEEN_ATTRIBUTES.get(key)
        there = attribute is not None and not attribute.deleted
        if there and scope != GLOBAL:
            there = scope in possible_scopes(known, known.by_key[key])
        self[slot] = there
        return there


def _slots_there(definition: Definition) -> _SlotsThere:
    return _SlotsThere(definition)


def _warn(access: Access, slot: str, done: Reverted) -> None:
    """Add a warning about what is left because it was deleted; a View does not learn its name."""
    key = split_slot(slot)[0]
    columns = [*access.past, *access.columns]
    name = next((one.name for one in columns if one.attribute.key == key), None)
    named = "An attribute" if name is None else name
    message = f"{named} was deleted since, or its scope: its values are left as they are."
    warned = Fault("unknown_attribute", message, name)
    if warned not in done.warnings:
        done.warnings.append(warned)
