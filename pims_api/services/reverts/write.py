"""Taking values back: written by the rules of today, all products together.

What one product gives up another may need: a unique value, a place in a family. So products that
are refused are tried again after the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pims_api.domain.access.access import Access, Column
from pims_api.domain.attributes.attribute import (
    DEFAULT_TYPE,
    PRODUCT_TYPE,
    VARIATION_OF,
    Attribute,
)
from pims_api.domain.product import Product, Values
from pims_api.domain.values.scope import split_slot
from pims_api.errors import Fault, Subject, refusal
from pims_api.services.products.batch import BatchRow, RowStatus, Verb, write_rows
from pims_api.services.products.value_rules import Assignment, ValueCheck
from pims_api.services.products.write import ProductWrite
from pims_api.services.reverts.earlier_types import Misfit
from pims_api.services.reverts.raw_values import fitting, is_raw, unfit
from pims_api.storage.unit_of_work import UnitOfWork

_NO_CATEGORY = (
    "held a category that was deleted since! Add it again, or have on_conflict: skip leave it "
    "alone."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The values that a product is to have, by slot; None unsets."""

    product: Product
    values: Mapping[str, Any]


class Refused(NamedTuple):
    """What rules refused, and why. Each fault has its slot as pointer."""

    wanted: Wanted
    faults: Sequence[Fault]


@dataclass(slots=True)
class Written:
    """What came of it. left: refused, for another time. warnings: of what was ignored."""

    left: list[Wanted]
    warnings: list[Fault]


def write_back(
    work: UnitOfWork,
    access: Access,
    wanted: Sequence[Wanted],
    *,
    lenient: bool,
    is_last: bool = True,
) -> Written:
    """Give products values that they had.

    lenient: what rules refuse is left alone; else it refuses everything. is_last: False: products
    that are refused are returned instead, to be tried again when others are written.
    """
    writer = _Writer(work, access)
    left = [one for one in wanted if one.values]
    while left:
        refused = writer.round(left)
        if len(refused) < len(left):
            left = [one.wanted for one in refused]
        elif writer.exchanged(left):
            break
        elif not is_last:
            return Written(left, writer.warnings)
        elif not lenient:
            raise refusal([_of_product(one.wanted, f) for one in refused for f in one.faults])
        else:
            narrowed = map(_without_refused, refused)
            left = [one for one in narrowed if one.values]
    return Written([], writer.warnings)


def is_same(work: UnitOfWork, access: Access, slot: str, one: Any, other: Any) -> bool:
    """Return whether two values of a slot are the same to whoever reads them.

    A category that was deleted and one that was made anew at its path are.
    """
    attribute = access.definition.by_key.get(split_slot(slot)[0])
    if one == other or attribute is None or one is None or other is None:
        return bool(one == other)
    if isinstance(other, Misfit):
        return False
    check = ValueCheck(work, access)
    return bool(check.shown(attribute, one) == check.shown(attribute, other))


class _Writer:
    def __init__(self, work: UnitOfWork, access: Access) -> None:
        self.work = work
        self.access = access
        self.warnings: list[Fault] = []
        self._check = ValueCheck(work, access)
        self._columns: dict[str, Column] = {}  # by slot

    def round(self, wanted: Sequence[Wanted]) -> list[Refused]:
        """Write what the rules allow now; return what they refuse."""
        rows = [BatchRow(Verb.EDIT, self._product_write(one)) for one in wanted]
        refused, warnings = [], []
        for one, outcome in zip(wanted, write_rows(self.work, self.access, rows), strict=True):
            if outcome.status is RowStatus.REJECTED:
                refused.append(Refused(one, outcome.faults))
            else:
                self._put_raw(one)
                warnings += [_of_product(one, told) for told in outcome.warnings]
        self.warnings += [one for one in warnings if one not in self.warnings]
        return refused

    def exchanged(self, stuck: Sequence[Wanted]) -> bool:
        """Write products that need what others of them have: all give it up first. Or nothing."""
        given_up = [Wanted(one.product, dict(self._given_up(one))) for one in stuck]
        if sum(bool(one.values) for one in given_up) < 2:
            return False
        warnings = list(self.warnings)
        with self.work.attempt() as attempt:
            done = not (self.round([one for one in given_up if one.values]) or self.round(stuck))
            if not done:
                attempt.rollback()
        if not done:
            self.warnings = warnings
        return done

    def _now(self, wanted: Wanted) -> Values:
        found = self.work.find_product(wanted.product.sku)
        return found.values if found is not None else {}

    def _given_up(self, wanted: Wanted) -> Iterable[tuple[str, None]]:
        now = self._now(wanted)
        for slot in wanted.values:
            attribute = self.access.definition.by_key.get(split_slot(slot)[0])
            if slot in now and attribute is not None and _is_exclusive(attribute):
                yield slot, None

    def _product_write(self, wanted: Wanted) -> ProductWrite:
        values, faults, kind = self._now(wanted), [], None
        assignments = []
        for slot, value in wanted.values.items():
            if is_raw(slot):
                whole = fitting(self.work.definition, slot, value, values)[1]
                faults += [] if whole else [replace(unfit(slot), pointer=slot)]
            elif slot == PRODUCT_TYPE:
                kind = value or DEFAULT_TYPE
            elif isinstance(value, Misfit):
                faults.append(_misfit(self._assignment(slot, None), value))
            else:
                assignments.append(self._assignment(slot, value))
        return ProductWrite(wanted.product.sku, assignments, faults, product_type=kind)

    def _assignment(self, slot: str, value: Any) -> Assignment:
        column = self._columns.get(slot)
        if column is None:
            column = self._columns[slot] = _column_of(self.access, slot)
        shown = None if value is None else self._check.shown(column.attribute, value)
        return Assignment(column, shown, slot, slot)

    def _put_raw(self, wanted: Wanted) -> None:
        raw = {slot: value for slot, value in wanted.values.items() if is_raw(slot)}
        product = self.work.find_product(wanted.product.sku)
        if raw and product is not None:
            values = dict(product.values)
            for slot, value in raw.items():
                values[slot] = fitting(self.work.definition, slot, value, values)[0]
            values = {slot: value for slot, value in values.items() if value is not None}
            if values != product.values:
                self.work.put_product(product._replace(values=values))


def _column_of(access: Access, slot: str) -> Column:
    """Return the column of a slot's attribute, for a write into that very slot."""
    column = access.by_attribute[access.definition.by_key[split_slot(slot)[0]].id]
    return replace(column, slots=(slot,), slot=slot, covering=())


def _misfit(unset: Assignment, value: Misfit) -> Fault:
    shown = value.value if isinstance(value.value, str) else None
    return unset.fault("type", f"must be {value.why}!", shown)


def _is_exclusive(attribute: Attribute) -> bool:
    return attribute.unique or attribute.key == VARIATION_OF


def _without_refused(refused: Refused) -> Wanted:
    """Return what is wanted of a product without the values that rules refuse."""
    wanted = refused.wanted
    named = {one.pointer if one.pointer is not None else one.place for one in refused.faults}
    kept = {slot: value for slot, value in wanted.values.items() if slot not in named}
    return Wanted(wanted.product, kept if len(kept) < len(wanted.values) else {})


def _of_product(wanted: Wanted, fault: Fault) -> Fault:
    """Return a fault that names its product, for the request named none of its values."""
    if fault.subject is Subject.MISSING_CATEGORY:
        fault = replace(fault, message=f"{fault.attribute} {_NO_CATEGORY}", subject=None)
    return replace(
        fault, message=f"{wanted.product.sku}: {fault.message}", pointer=None, place=None
    )
