"""Saving products: creating those that are not there, and editing those that are."""

from dataclasses import replace

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import SKU, STATUS
from pims_api.errors import Fault, refusal
from pims_api.services.access import current, is_visible
from pims_api.services.products.value_rules import Assignment
from pims_api.services.products.write import (
    ACTIVE,
    DELETED,
    ProductWrite,
    Written,
    create_product,
    edit_product,
)
from pims_api.storage.unit_of_work import UnitOfWork

UPDATE, CREATE = ONLY = ("update", "create")


def save_product(work: UnitOfWork, access: Access, wanted: ProductWrite) -> Written:
    """Create the product, or edit it when it is there. Raises what those two raise.

    A SKU that is taken outside the rows of the View cannot be created: Conflict. A product that is
    deleted and stays so is edited with a warning, for no list shows it.
    """
    found = work.find_product(wanted.sku)
    access = current(access, work.definition)
    if found is None or not is_visible(access, found):
        if wanted.only == UPDATE:
            raise refusal([_only_updates(wanted.sku), *wanted.faults])
        return create_product(work, access, wanted)
    if wanted.only == CREATE:
        raise refusal([_only_creates(wanted.sku), *wanted.faults])
    if found.values[STATUS] == DELETED and not any(map(_is_status, wanted.assignments)):
        return _save_deleted(work, access, wanted)
    return edit_product(work, access, wanted)


def _save_deleted(work: UnitOfWork, access: Access, wanted: ProductWrite) -> Written:
    if not wanted.restore:
        message = (
            f"{wanted.sku} is deleted: what was sent is stored, but no list shows the product. "
            "Restore it, or send its status."
        )
        warned = Fault("deleted", message, SKU, value=wanted.sku)
        return edit_product(work, access, replace(wanted, warnings=[*wanted.warnings, warned]))
    status = access.of(STATUS)
    if status is None or not status.writable:
        message = f"{wanted.sku} cannot be restored: the View does not let its status be written!"
        wanted = replace(wanted, faults=[*wanted.faults, Fault("read_only", message)])
    else:
        active = Assignment(status, ACTIVE, "", status.slot)
        wanted = replace(wanted, assignments=[*wanted.assignments, active])
    return edit_product(work, access, wanted)


def _is_status(one: Assignment) -> bool:
    return one.column.attribute.system and one.column.attribute.name == STATUS


def _only_creates(sku: str) -> Fault:
    message = f"There is a product {sku!r} already, and only new products are made!"
    return Fault("exists", message, value=sku)


def _only_updates(sku: str) -> Fault:
    message = f"There is no product {sku!r}, and only products that are there are updated!"
    return Fault("not_found", message, value=sku)
