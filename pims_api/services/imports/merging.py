"""Further rows of a SKU in a file, joined to what its earlier rows have given."""

from collections.abc import Container
from dataclasses import replace

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import SKU
from pims_api.domain.product import Product
from pims_api.domain.values.value import elements
from pims_api.errors import Fault
from pims_api.services.products.value_rules import Assignment, ValueCheck
from pims_api.services.products.write import ProductWrite
from pims_api.storage.unit_of_work import UnitOfWork


def merged(
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
