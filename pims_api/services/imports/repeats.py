"""Rows of a SKU that an earlier row of the same file had."""

from collections.abc import Container, Sequence
from dataclasses import replace

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import SKU
from pims_api.domain.product import Product
from pims_api.domain.values.value import elements
from pims_api.errors import Fault
from pims_api.services.imports.column_plan import FIRST, LAST, MERGE, REFUSE
from pims_api.services.imports.text_numbers import TextNumbers
from pims_api.services.products.batch import RowOutcome, RowStatus
from pims_api.services.products.value_rules import Assignment, ValueCheck
from pims_api.services.products.write import ProductWrite
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.transfer.tables.table import Row

NAMES_SHOWN = 5  # of attributes in a warning


class Repeats:
    """The SKUs of accepted rows, and what becomes of further rows of them.

    rule: of DUPLICATES.
    """

    def __init__(self, rule: str) -> None:
        self._rule = rule
        self._lines = TextNumbers()
        self._given: dict[str, frozenset[str]] = {}  # by SKU, the slots that rows filled
        self._shapes: dict[frozenset[str], frozenset[str]] = {}

    def note(self, line: int, sku: str, wanted: ProductWrite | None = None) -> None:
        """Note an accepted row. wanted: what it gives, needed for MERGE."""
        if not sku:
            return
        if self._rule == LAST:
            self._lines.put(sku, line)
        else:
            self._lines.first(sku, line)
        if self._rule == MERGE and wanted is not None:
            slots = frozenset(one.slot for one in wanted.assignments if one.value is not None)
            slots |= self._given.get(sku, frozenset())
            self._given[sku] = self._shapes.setdefault(slots, slots)

    def prepared(
        self, work: UnitOfWork, access: Access, rows: Sequence[tuple[int, Row, ProductWrite]]
    ) -> list[tuple[int, Row, ProductWrite]]:
        """Return rows of distinct SKUs, further rows of a SKU as the rule has them."""
        repeated = [one.sku for _, _, one in rows if self._lines.get(one.sku)]
        if not repeated:
            return list(rows)
        work.find_products(repeated)
        return [
            (number, row, self._further(work, access, one) if self._lines.get(one.sku) else one)
            for number, row, one in rows
        ]

    def _further(self, work: UnitOfWork, access: Access, one: ProductWrite) -> ProductWrite:
        line, sku = self._lines.get(one.sku), one.sku
        if self._rule == REFUSE:
            fault = Fault("exists", f"{sku} is on line {line} already!", SKU, value=sku)
            return replace(one, faults=[*one.faults, fault])
        one = replace(one, only=None)
        if self._rule == FIRST:
            message = f"{sku} is on line {line} already: this row was passed over."
            warning = Fault("exists", message, SKU, value=sku)
            return ProductWrite(sku, warnings=[warning], suggestions=one.suggestions)
        product = work.find_product(sku)
        if self._rule == MERGE and product is not None:
            return _merged(work, access, one, product, self._given.get(sku, ()), line)
        return one

    def told(self, access: Access, outcome: RowOutcome) -> RowOutcome:
        """Return the outcome of a row, with a warning if it replaces values of an earlier row."""
        before, after = outcome.before, outcome.product
        if outcome.status is not RowStatus.UPDATED or before is None or after is None:
            return outcome
        line = self._lines.get(outcome.sku) if self._rule == LAST else 0
        if not line:
            return outcome
        names = [
            column.name
            for column in access.columns
            if column.slot in before.values
            and before.values[column.slot] != after.values.get(column.slot)
        ]
        if not names:
            return outcome
        shown = ", ".join(names[:NAMES_SHOWN]) + (", …" if len(names) > NAMES_SHOWN else "")
        message = f"{outcome.sku} is on line {line} too, whose values of {shown} are replaced."
        warning = Fault("exists", message, SKU, value=outcome.sku)
        return outcome._replace(warnings=[*outcome.warnings, warning])


def _merged(
    work: UnitOfWork,
    access: Access,
    wanted: ProductWrite,
    product: Product,
    given: Container[str],
    line: int,
) -> ProductWrite:
    """Return the write of a further row, as far as it adds something.

    given: the slots that earlier rows filled. Of these, a list gets the new elements at its end,
    and any other value stays, with a warning if the row has another. line: of an earlier row.
    """
    check = ValueCheck(work, access)
    kept: list[Assignment] = []
    differing: list[str] = []
    for one in wanted.assignments:
        held = product.values.get(one.slot)
        if one.slot not in given or held is None:
            kept.append(one)
            continue
        shown = check.shown(one.column.attribute, held)
        if one.column.attribute.collection:
            old = elements(one.column.attribute, shown) if shown is not None else []
            added = [each for each in elements(one.column.attribute, one.value) if each not in old]
            kept.append(one._replace(value=[*old, *added]))
        elif one.value != shown:
            differing.append(one.column.name)
    warnings = [*wanted.warnings]
    if differing:
        names = ", ".join(differing)
        message = f"{wanted.sku} is on line {line} too, whose values of {names} stay."
        warnings.append(Fault("exists", message, SKU, value=wanted.sku))
    return replace(wanted, assignments=kept, warnings=warnings)
