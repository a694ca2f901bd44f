"""Bodies of records and variants, turned into writes of products."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pims_api.domain.access.access import Access, global_column
from pims_api.domain.access.policy import Level
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import SKU, VARIATION_OF
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.guards import guarding, is_guarded_out
from pims_api.domain.generated_sku import is_generated
from pims_api.domain.product import Product
from pims_api.domain.values.scope import split_slot
from pims_api.domain.workflow import Stage, stage_of, type_of, workflow_of
from pims_api.errors import BadInput, Fault, Forbidden
from pims_api.services.products.lineages import Lineage, effective_values
from pims_api.services.products.value_rules import Assignment, ValueCheck
from pims_api.services.products.write import ProductWrite, create_product, edit_product
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import RECORD, VARIANT, made_id
from schemas.sigma.records.values import ValuesReader, named_links
from views.sigma.actions.records.showing import links_to, place_of, sight_of_lineage

NEW = Product(0, "", {})


def create(
    work: UnitOfWork,
    sight: Sight,
    kind: ProductType,
    values: Mapping[str, Any],
    above: Lineage = (),
) -> Product:
    """Create a record, or below others a variant, with these values. Raises PimsError.

    above: the record and the variants below it, down to the parent.
    """
    stage = first_stage(work, kind) if not above else stage_of(work.definition, above[0].values)
    sight = sight_of_lineage(sight, above)
    reader = ValuesReader(sight, kind, stage, links_of(work, sight, [values]))
    assignments = writable(work, sight.of(kind, stage), reader, reader.assignments(values))
    raise_denied(reader.faults)
    sku, kept = without_sku(assignments, reader.faults)
    if above:
        kept.append(_parent_link(work, above[-1]))
    made = partial(made_id, VARIANT if above else RECORD)
    wanted = ProductWrite(sku or "", kept, reader.faults, product_type=kind.name, made_sku=made)
    return create_product(work, sight.of(kind, stage), wanted).product


def replace_values(
    work: UnitOfWork, sight: Sight, lineage: Lineage, values: Mapping[str, Any]
) -> Product:
    """Replace the values of a record or variant that the caller sees and may write.

    Raises PimsError.
    """
    reader = _reader(work, sight, lineage, values)
    assignments = reader.assignments(values)
    replaced = _shown_aliases(sight, reader, lineage)
    return _replaced(work, sight, lineage, reader, assignments, replaced)


def replace_attribute(
    work: UnitOfWork, sight: Sight, lineage: Lineage, alias: str, sent: Any
) -> Product:
    """Replace the scoped values of one attribute. Raises PimsError."""
    reader = _reader(work, sight, lineage, {alias: sent})
    assignments = reader.of_attribute(alias, sent, "/scopedValues")
    if alias in reader.columns and not assignments and reader.columns[alias].level < Level.WRITE:
        column = reader.columns[alias]
        reader.refuse([Assignment(column, None, "/scopedValues", column.slot)])
    return _replaced(work, sight, lineage, reader, assignments, {alias})


def writable(
    work: UnitOfWork,
    access: Access,
    reader: ValuesReader,
    assignments: Sequence[Assignment],
    product: Product = NEW,
) -> list[Assignment]:
    """Return what may be written; the others are refused unless the product has these values.

    So what was read can be sent back.
    """
    locked = [one for one in assignments if one.column.level < Level.WRITE]
    if locked:
        changed = ValueCheck(work, access).stored(locked, product)
        reader.refuse(one for one in locked if one.slot in changed)
    return [one for one in assignments if one.column.level is Level.WRITE]


def raise_denied(faults: Sequence[Fault]) -> None:
    """Raise Forbidden when something may not be written, whatever else is wrong."""
    denied = [one for one in faults if one.code == Forbidden.code]
    if denied:
        raise Forbidden(faults=denied)


def first_stage(work: UnitOfWork, kind: ProductType) -> Stage | None:
    """Return the state of new records of a schema."""
    workflow = workflow_of(work.definition, kind)
    return None if workflow is None else workflow.default


def _reader(
    work: UnitOfWork, sight: Sight, lineage: Lineage, values: Mapping[str, Any]
) -> ValuesReader:
    kind = type_of(work.definition, lineage[-1].values)
    stage = stage_of(work.definition, lineage[0].values)
    seen = sight_of_lineage(sight, lineage)
    return ValuesReader(seen, kind, stage, links_of(work, sight, [values]))


def _shown_aliases(sight: Sight, reader: ValuesReader, lineage: Lineage) -> set[str]:
    """Return the aliases of the attributes that guards show; what is not seen stays."""
    shown = [column.attribute for column in reader.columns.values()]
    asked = guarding(reader.definition, shown)
    if not asked:
        return set(reader.columns)
    held = effective_values(sight.overall, lineage, asked)
    return {one.name for one in shown if not is_guarded_out(reader.definition, one, held)}


def _replaced(
    work: UnitOfWork,
    sight: Sight,
    lineage: Lineage,
    reader: ValuesReader,
    assignments: Sequence[Assignment],
    replaced: set[str],
) -> Product:
    """Store assignments, and unset other values of the attributes that are replaced."""
    product, access = lineage[-1], place_of(sight, lineage)[0]
    work.know_products([product])
    kept = writable(work, access, reader, assignments, product)
    raise_denied(reader.faults)
    check_sku(work, product, assignments, reader.faults)
    kept = [one for one in kept if one.column.attribute.name != SKU]
    kept += _unset(reader, product, {one.slot for one in assignments}, replaced)
    wanted = ProductWrite(product.sku, kept, reader.faults, order=_order(assignments))
    return edit_product(work, access, wanted).product


def _order(assignments: Sequence[Assignment]) -> list[str]:
    """Return the slots of the attributes that were sent several values, in the order sent."""
    times = Counter(one.column.attribute.id for one in assignments)
    return [one.slot for one in assignments if times[one.column.attribute.id] > 1]


def _unset(
    reader: ValuesReader, product: Product, kept: set[str], replaced: set[str]
) -> list[Assignment]:
    """Return what unsets the values of a product in the attributes that are replaced."""
    columns = {
        one.attribute.key: one
        for alias, one in reader.columns.items()
        if alias in replaced and one.level is Level.WRITE and not _stays(alias)
    }
    found = ((split_slot(place)[0], place) for place in product.values if place not in kept)
    return [Assignment(columns[key], None, "", place) for key, place in found if key in columns]


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


def check_sku(
    work: UnitOfWork, product: Product, assignments: Sequence[Assignment], faults: list[Fault]
) -> None:
    """Add a fault when the SKU is to be another one; one that was generated is not told."""
    shown = None if is_generated(tenant_ids(work), product.id, product.sku) else product.sku
    told = "it was made without one" if shown is None else f"it is {shown!r}"
    for one in assignments:
        if one.column.attribute.name == SKU and one.value not in (shown, product.sku):
            faults.append(one.fault("read_only", f"never changes: {told}!"))


def _parent_link(work: UnitOfWork, parent: Product) -> Assignment:
    work.know_products([parent])
    column = global_column(work.definition.by_name[VARIATION_OF])
    return Assignment(column, parent.sku, "/parentId", column.slot)


def links_of(work: UnitOfWork, sight: Sight, bodies: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the SKUs of the records and variants that values name, by id, in one query."""
    return links_to(work, sight, (one for values in bodies for one in named_links(values)))


def refuse_without_variants(kind: ProductType) -> None:
    """Raise BadInput when records of the schema have no variants."""
    if not kind.has_variants:
        message = f"Records of the schema {kind.name} have no variants!"
        raise BadInput(faults=[Fault("range", message)])
