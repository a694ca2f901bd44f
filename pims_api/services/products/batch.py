"""Batches: many products created and edited in one transaction, for imports and `batch`."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.definition import Definition
from pims_api.domain.product import Product
from pims_api.domain.values.scope import split_slot
from pims_api.domain.values.value import elements
from pims_api.errors import Busy, Fault, PimsError
from pims_api.garbage import without_collection
from pims_api.services.products.families import family_warnings
from pims_api.services.products.save import save_product
from pims_api.services.products.write import (
    ProductWrite,
    create_product,
    edit_product,
)
from pims_api.storage.derived.unique_values import Wanted
from pims_api.storage.unit_of_work import UnitOfWork


class Verb(StrEnum):
    """What a row does. SAVE creates the product, or edits it when it exists."""

    CREATE = "create"
    EDIT = "edit"
    SAVE = "save"


class Mode(StrEnum):
    """What a refused row means for the others.

    PER_ROW: nothing. STOP_ON_ERROR: those after it are skipped. ATOMIC: all are skipped.
    """

    ATOMIC = "atomic"
    PER_ROW = "per_row"
    STOP_ON_ERROR = "stop_on_error"


class RowStatus(StrEnum):
    """The status of a row after its batch."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    SKIPPED = "skipped"


class BatchRow(NamedTuple):
    """One write of a batch."""

    verb: Verb
    wanted: ProductWrite


class RowOutcome(NamedTuple):
    """The outcome of a row. product: as the transaction leaves it; None unless it was written.

    faults: why it was rejected. before: None of a new product.
    """

    status: RowStatus
    sku: str
    product: Product | None = None
    before: Product | None = None
    faults: Sequence[Fault] = ()
    warnings: Sequence[Fault] = ()


@without_collection()
def write_rows(
    work: UnitOfWork, access: Access, rows: Sequence[BatchRow], mode: Mode = Mode.PER_ROW
) -> list[RowOutcome]:
    """Create and edit products in order; a row sees the rows before it. Return the outcomes.

    Every row is checked, so that every fault is reported, except after a stop. A refused row
    changes nothing. The changes are written before this returns; the caller commits. When an
    atomic batch has a refusal, the transaction is undone.
    """
    _look_ahead(work, rows)
    outcomes: list[RowOutcome] = []
    stopped = False
    for row in rows:
        done = _skipped(row) if stopped else _write(work, access, row)
        stopped |= mode is Mode.STOP_ON_ERROR and done.status is RowStatus.REJECTED
        outcomes.append(done)
    if mode is Mode.ATOMIC and any(one.status is RowStatus.REJECTED for one in outcomes):
        work.undone = True
        return [
            one if one.status is RowStatus.REJECTED else _skipped(row)
            for row, one in zip(rows, outcomes, strict=True)
        ]
    work.flush()
    return _settled(work, access, outcomes)


def _look_ahead(work: UnitOfWork, rows: Sequence[BatchRow]) -> None:
    """Prefetch what the rows will need: products, link targets, unique values."""
    skus = [row.wanted.sku for row in rows]
    unique: list[Wanted] = []
    asked = work.definition.derive(_looked_up_ids)
    for one in chain.from_iterable(row.wanted.assignments for row in rows):
        attribute = one.column.attribute
        if attribute.id not in asked or one.value is None:
            continue
        found = elements(attribute, one.value)
        if attribute.type is ValueType.RELATION:
            skus += found
        else:
            scope = split_slot(one.slot)[1]
            unique += [(attribute, scope, each) for each in found]
    work.find_products(skus)
    if unique:
        work.reservations.learn(work, unique)


def _looked_up_ids(definition: Definition) -> frozenset[int]:
    """Return the ids of the attributes whose values a write looks up: links and unique values."""
    return frozenset(
        one.id
        for one in definition.attributes.values()
        if one.type is ValueType.RELATION or (one.unique and one.type is not ValueType.OPTION)
    )


def _write(work: UnitOfWork, access: Access, row: BatchRow) -> RowOutcome:
    sku = row.wanted.sku
    told = row.wanted.warnings
    if not sku and row.wanted.made_sku is None:
        return RowOutcome(RowStatus.REJECTED, sku, faults=row.wanted.faults, warnings=told)
    try:
        with work.step():
            written = _VERBS[row.verb](work, access, row.wanted)
    except Busy:  # the time of the whole batch is over
        raise
    except PimsError as refused:
        told = [*told, *refused.warnings]
        return RowOutcome(RowStatus.REJECTED, sku, faults=refused.faults, warnings=told)
    if written.before is None:
        status = RowStatus.CREATED
    elif written.before.values != written.product.values:
        status = RowStatus.UPDATED
    else:
        status = RowStatus.UNCHANGED
    return RowOutcome(status, sku, written.product, written.before, warnings=written.warnings)


_VERBS = {Verb.CREATE: create_product, Verb.EDIT: edit_product, Verb.SAVE: save_product}


def _skipped(row: BatchRow) -> RowOutcome:
    return RowOutcome(RowStatus.SKIPPED, row.wanted.sku)


def _settled(work: UnitOfWork, access: Access, outcomes: Sequence[RowOutcome]) -> list[RowOutcome]:
    """Return the outcomes with the final products and warnings of duplicate combinations."""
    written = [
        (one.product, one.before)
        for one in outcomes
        if one.product is not None and one.status is not RowStatus.UNCHANGED
    ]
    duplicates = family_warnings(work, access, written)
    return [_left(work, one, duplicates.get(one.sku, ())) for one in outcomes]


def _left(work: UnitOfWork, one: RowOutcome, duplicates: Sequence[Fault]) -> RowOutcome:
    left = work.find_product(one.sku) if one.product is not None else None
    if left is one.product and not duplicates:
        return one
    told = [*one.warnings, *duplicates] if one.status is not RowStatus.UNCHANGED else one.warnings
    return one._replace(product=left, warnings=told)
