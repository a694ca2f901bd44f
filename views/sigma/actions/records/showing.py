"""Records and variants as replies: values, links and lineages, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.attributes.attribute import DEFAULT_TYPE, PRODUCT_TYPE, STATUS, Attribute
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.definition import Definition
from pims_api.domain.product import PATH_SEPARATOR, Product, Values
from pims_api.domain.values.inheritance import effective
from pims_api.domain.values.scope import split_slot
from pims_api.services.access import is_visible
from pims_api.services.products.removal import DELETED
from pims_api.storage.products.store import products_by_id, products_by_sku
from pims_api.storage.snapshot import Snapshot
from schemas.sigma.ids import RECORD, VARIANT, absent, number_of, product_id, schema_id
from schemas.sigma.records.record import Lineage, record_object, variant_place
from schemas.sigma.records.values import ValuesWriter, columns_of, linked_skus


def type_of(definition: Definition, product: Product) -> ProductType:
    """Return the schema of a product; that of a type which is gone is the default one."""
    name = product.values.get(PRODUCT_TYPE, DEFAULT_TYPE)
    return definition.types.get(name) or definition.types[DEFAULT_TYPE]


def find_record(seen: Snapshot, access: Access, number: str) -> Product:
    """Return the record of an id. Raises NotFound."""
    return _found(seen, access, number, RECORD, "Record")


def find_variant(seen: Snapshot, access: Access, record: Product, number: str) -> Lineage:
    """Return a variant of a record and what is above it. Raises NotFound."""
    variant = _found(seen, access, number, VARIANT, "Variant")
    (lineage,) = lineages(seen, [variant])
    if lineage[0].id != record.id:
        raise absent("Variant", number)
    return lineage


def _found(seen: Snapshot, access: Access, number: str, prefix: str, what: str) -> Product:
    plain = number_of(number, prefix)
    product = None if plain is None else products_by_id(seen, [plain]).get(plain)
    if product is None or not exists(access, product) or product_id(product) != number:
        raise absent(what, number)
    return product


def exists(access: Access, product: Product) -> bool:
    """Return whether a product is there for this caller."""
    return product.values[STATUS] != DELETED and is_visible(access, product)


def lineages(seen: Snapshot, variants: Sequence[Product]) -> list[Lineage]:
    """Return each variant with what is above it, the record first, in one query."""
    paths = [one.path.split(PATH_SEPARATOR)[:-1] for one in variants]
    above = products_by_sku(seen, {sku for path in paths for sku in path})
    return [(*(above[sku] for sku in path), one) for path, one in zip(paths, variants, strict=True)]


def record_objects(
    seen: Snapshot, access: Access, products: Sequence[Product]
) -> list[dict[str, Any]]:
    """Return records as replies, in one query for what they link to."""
    definition = seen.definition
    writers = _writers(seen, access, products, [one.values for one in products])
    shown = []
    for one in products:
        kind = type_of(definition, one)
        values = writers[kind.id].values(one, one.values)
        shown.append(record_object(one, schema_id(kind), None, values))
    return shown


def variant_objects(
    seen: Snapshot, access: Access, found: Sequence[Lineage]
) -> list[dict[str, Any]]:
    """Return variants with their own values as replies."""
    products = [lineage[-1] for lineage in found]
    writers = _writers(seen, access, products, [one.values for one in products])
    return [
        variant_place(lineage)
        | {"values": writers[type_of(seen.definition, one).id].values(one, one.values)}
        for lineage, one in zip(found, products, strict=True)
    ]


def resolved_object(seen: Snapshot, access: Access, lineage: Lineage) -> dict[str, Any]:
    """Return a variant with the values that hold for it, own and inherited ones."""
    variant, kind = lineage[-1], type_of(seen.definition, lineage[-1])
    attributes = _attributes(access, kind)
    held = effective([one.values for one in lineage], attributes)
    writer = _writers(seen, access, [variant], [held])[kind.id]
    values = writer.values(variant, held)
    own = {split_slot(place)[0] for place in variant.values}
    keys = {alias: column.attribute.key for alias, column in columns_of(access, kind).items()}
    return variant_place(lineage) | {
        "effectiveValues": values,
        "overriddenAttributes": [alias for alias in values if keys[alias] in own],
        "inheritedAttributes": [alias for alias in values if keys[alias] not in own],
    }


def _attributes(access: Access, kind: ProductType) -> list[Attribute]:
    return [column.attribute for column in columns_of(access, kind).values()]


def _writers(
    seen: Snapshot, access: Access, products: Sequence[Product], held: Sequence[Values]
) -> dict[int, ValuesWriter]:
    """Return a writer for each schema of these products, which knows what they link to."""
    kinds = {one.id: one for one in (type_of(seen.definition, p) for p in products)}
    links = _links(seen, access, kinds.values(), held)
    return {number: ValuesWriter(access, kind, links) for number, kind in kinds.items()}


def links_shown(seen: Snapshot, access: Access, products: Sequence[Product]) -> dict[str, str]:
    """Return the ids of what products link to, by SKU, in one query."""
    kinds = {one.id: one for one in (type_of(seen.definition, p) for p in products)}
    return _links(seen, access, kinds.values(), [one.values for one in products])


def _links(
    seen: Snapshot, access: Access, kinds: Iterable[ProductType], held: Sequence[Values]
) -> dict[str, str]:
    columns = [c for kind in kinds for c in columns_of(access, kind).values()]
    skus = linked_skus(columns, held)
    found = products_by_sku(seen, skus).values() if skus else ()
    return {one.sku: product_id(one) for one in found if exists(access, one)}
