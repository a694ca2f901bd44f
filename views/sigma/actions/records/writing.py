"""Bodies of records and variants, turned into writes of products."""

from collections.abc import Mapping, Sequence
from typing import Any

from pims_api.domain.access.access import Access, global_column
from pims_api.domain.attributes.attribute import SKU, VARIATION_OF
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.product import Product
from pims_api.domain.values.scope import split_slot
from pims_api.errors import BadInput, Fault
from pims_api.services.products.value_rules import Assignment
from pims_api.services.products.write import ProductWrite, Written, create_product, edit_product
from pims_api.storage.products.store import products_by_id
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import RECORD, VARIANT, number_of
from schemas.sigma.records.values import ValuesReader, columns_of, named_links
from views.sigma.actions.records.showing import exists

_SKU_NEVER_CHANGES = "The sku of a record never changes!"


def create(
    work: UnitOfWork,
    access: Access,
    kind: ProductType,
    values: Mapping[str, Any],
    parent: Product | None = None,
) -> Product:
    """Create a record, or below a parent a variant, with these values. Raises PimsError."""
    reader = ValuesReader(access, kind, links_of(work, access, [values]))
    assignments = reader.assignments(values)
    sku, kept = without_sku(assignments, reader.faults)
    if parent is not None:
        kept.append(_parent_link(work, parent))
    made = f"{RECORD if parent is None else VARIANT}-"
    wanted = ProductWrite(sku or "", kept, reader.faults, product_type=kind.name, made_sku=made)
    return create_product(work, access, wanted).product


def replace_values(
    work: UnitOfWork, access: Access, kind: ProductType, product: Product, values: Mapping[str, Any]
) -> Product:
    """Replace all values of a product that the caller sees in its schema. Raises PimsError."""
    reader = ValuesReader(access, kind, links_of(work, access, [values]))
    assignments = reader.assignments(values)
    check_sku(product, assignments, reader.faults)
    kept = [one for one in assignments if one.column.attribute.name != SKU]
    kept += _unset(access, kind, product, {one.slot for one in kept})
    return _edited(work, access, product, kept, reader.faults).product


def replace_attribute(
    work: UnitOfWork, access: Access, kind: ProductType, product: Product, alias: str, sent: Any
) -> Product:
    """Replace the scoped values of one attribute. Raises PimsError."""
    reader = ValuesReader(access, kind, links_of(work, access, [{alias: sent}]))
    assignments = reader.of_attribute(alias, sent, "/scopedValues")
    check_sku(product, assignments, reader.faults)
    kept = [one for one in assignments if one.column.attribute.name != SKU]
    named = {one.slot for one in assignments}
    kept += [
        one for one in _unset(access, kind, product, named) if one.column.attribute.name == alias
    ]
    return _edited(work, access, product, kept, reader.faults).product


def _edited(
    work: UnitOfWork,
    access: Access,
    product: Product,
    assignments: Sequence[Assignment],
    faults: Sequence[Fault],
) -> Written:
    work.know_products([product])
    return edit_product(work, access, ProductWrite(product.sku, assignments, faults))


def _unset(access: Access, kind: ProductType, product: Product, kept: set[str]) -> list[Assignment]:
    """Return what unsets the values of a product in the attributes of its schema but these."""
    columns = {one.attribute.key: one for one in columns_of(access, kind).values()}
    found = ((split_slot(place)[0], place) for place in product.values if place not in kept)
    return [
        Assignment(columns[key], None, "", place)
        for key, place in found
        if key in columns and not _stays(columns[key].attribute.name)
    ]


def _stays(name: str) -> bool:
    """Return whether an attribute keeps its value when a body does not name it."""
    return name in (SKU, "status")


def without_sku(
    assignments: Sequence[Assignment], faults: list[Fault]
) -> tuple[str | None, list[Assignment]]:
    """Return the SKU that is among assignments, if it is, and the others."""
    sku, kept = None, []
    for one in assignments:
        if one.column.attribute.name != SKU:
            kept.append(one)
        elif one.value is not None:
            sku = one.value.strip()
            if not sku:
                faults.append(one.fault("required", "cannot be empty!"))
    return sku, kept


def check_sku(product: Product, assignments: Sequence[Assignment], faults: list[Fault]) -> None:
    """Add a fault when the SKU is to be another one."""
    for one in assignments:
        if one.column.attribute.name == SKU and one.value != product.sku:
            faults.append(one.fault("read_only", f"never changes: it is {product.sku!r}!"))


def _parent_link(work: UnitOfWork, parent: Product) -> Assignment:
    work.know_products([parent])
    column = global_column(work.definition.by_name[VARIATION_OF])
    return Assignment(column, parent.sku, "/parentId", column.slot)


def links_of(
    work: UnitOfWork, access: Access, bodies: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Return the SKUs of the records and variants that values name, by id, in one query."""
    named = {one for values in bodies for one in named_links(values)}
    numbers = {number_of(one, one[:3]): one for one in named}
    numbers.pop(None, None)
    found = products_by_id(work, [one for one in numbers if one is not None]) if numbers else {}
    return {
        numbers[one.id]: one.sku
        for one in found.values()
        if exists(access, one) and numbers[one.id].startswith(_prefix(one))
    }


def _prefix(one: Product) -> str:
    return RECORD if one.parent_id is None else VARIANT


def refuse_without_variants(kind: ProductType) -> None:
    """Raise BadInput when records of the schema have no variants."""
    if not kind.has_variants:
        message = f"Records of the schema {kind.name} have no variants!"
        raise BadInput(faults=[Fault("range", message)])
