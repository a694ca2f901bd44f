"""Records and variants as replies: values, links and lineages, in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from typing import Any

from pims_api.domain.access.access import Access, Column
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import PRODUCT_TYPE, STAGE, ValueType
from pims_api.domain.attributes.product_type import ProductType
from pims_api.domain.conditions.guards import guarding
from pims_api.domain.product import Product, Values
from pims_api.domain.values.scope import split_slot
from pims_api.domain.workflow import stage_of, type_of
from pims_api.services.lists.query import Listing, listed_products
from pims_api.services.products.lineages import Lineage, effective_values, lineages
from pims_api.services.products.live_links import linked_skus, live_documents
from pims_api.services.products.removal import exists
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.identity.users import user_ids
from pims_api.storage.products.store import products_by_id, products_by_sku
from pims_api.storage.snapshot import Snapshot
from schemas.sigma.ids import RECORD, VARIANT, absent, number_of, product_id, schema_id
from schemas.sigma.records.record import record_object, variant_place
from schemas.sigma.records.values import ValuesWriter, columns_of
from views.row_cache import json_rows


def find_record(seen: Snapshot, sight: Sight, number: str) -> Product:
    """Return the record of an id. Raises NotFound."""
    return _found(seen, sight, number, RECORD, "Record")


def find_variant(seen: Snapshot, sight: Sight, record: Product, number: str) -> Lineage:
    """Return a variant of a record and what is above it. Raises NotFound."""
    variant = _found(seen, sight, number, VARIANT, "Variant")
    (lineage,) = lineages(seen, [variant])
    if lineage[0].id != record.id or not all(exists(sight, one) for one in lineage):
        raise absent("Variant", number)
    return lineage


def _found(seen: Snapshot, sight: Sight, number: str, prefix: str, what: str) -> Product:
    plain = number_of(number, prefix)
    product = None if plain is None else products_by_id(seen, [plain]).get(plain)
    if product is None or not exists(sight, product) or product_id(product) != number:
        raise absent(what, number)
    return product


def record_objects(
    seen: Snapshot, sight: Sight, products: Sequence[Product]
) -> list[dict[str, Any]]:
    """Return records as replies, in one query for what they link to and one for their authors."""
    users = user_ids(seen, (by for one in products for by in (one.created_by, one.updated_by)))
    heads = _heads(seen, sight, products)
    shown = []
    for one in products:
        writer, schema, state = heads[_like(one)]
        values = writer.values(one, one.values, one.values)
        shown.append(record_object(one, schema, state, values, users))
    return shown


def _heads(
    seen: Snapshot, sight: Sight, products: Sequence[Product]
) -> dict[tuple[Any, Any], tuple[ValuesWriter, str, str | None]]:
    """Return what records of one type and stage share: a writer, and the ids of both."""
    samples = {_like(one): one for one in products}
    tops = [(one,) for one in samples.values()]
    writers = writers_of(seen, sight, tops, [one.values for one in products])
    heads = {}
    for (like, one), writer in zip(samples.items(), writers, strict=True):
        kind, stage = type_of(seen.definition, one.values), stage_of(seen.definition, one.values)
        heads[like] = writer, schema_id(kind), None if stage is None else stage.id
    return heads


def _like(one: Product) -> tuple[Any, Any]:
    return one.values.get(PRODUCT_TYPE), one.values.get(STAGE)


def record_rows(seen: Snapshot, sight: Sight, listing: Listing) -> list[Any]:
    """Return the records of a page as JSON, those that are known without a look at them."""
    role = None if sight.role is None else sight.role.id
    owner = sight.overall.derive(_row_owners).setdefault(role, object())
    return json_rows(
        seen,
        owner,
        listing.ids,
        lambda ids: record_objects(seen, sight, listed_products(seen, listing, ids)),
    )


def _row_owners(_: Access) -> dict[int | None, object]:
    """Return the owners of the cached records of an access, by the role, empty."""
    return {}


def variant_objects(seen: Snapshot, sight: Sight, found: Sequence[Lineage]) -> list[dict[str, Any]]:
    """Return variants with their own values as replies."""
    writers = writers_of(seen, sight, found, [lineage[-1].values for lineage in found])
    shown = []
    for lineage, writer in zip(found, writers, strict=True):
        one = lineage[-1]
        values = writer.values(one, one.values, asked_by_guards(sight, lineage, writer))
        shown.append(variant_place(lineage) | {"values": values})
    return shown


def resolved_object(seen: Snapshot, sight: Sight, lineage: Lineage) -> dict[str, Any]:
    """Return a variant with the values that hold for it, own and inherited ones."""
    lineage = with_live_links(seen, lineage)
    variant = lineage[-1]
    columns = columns_of(*place_of(sight, lineage))
    shown = [column.attribute for column in columns.values()]
    asked = guarding(seen.definition, shown)
    held = effective_values(sight.overall, lineage, [*shown, *asked])
    (writer,) = writers_of(seen, sight, [lineage], [held])
    values = writer.values(variant, held, held)
    own = {split_slot(place)[0] for place in variant.values}
    keys = {alias: column.attribute.key for alias, column in columns.items()}
    return variant_place(lineage) | {
        "effectiveValues": values,
        "overriddenAttributes": [alias for alias in values if keys[alias] in own],
        "inheritedAttributes": [alias for alias in values if keys[alias] not in own],
    }


def with_live_links(seen: Snapshot, lineage: Lineage) -> Lineage:
    """Return a lineage whose links to what is deleted are no values, so that others count."""
    held = live_documents(seen, [one.values for one in lineage])
    return tuple(one._replace(values=values) for one, values in zip(lineage, held, strict=True))


def asked_by_guards(sight: Sight, lineage: Lineage, writer: ValuesWriter) -> Values:
    """Return the effective values of the attributes that guards ask about."""
    if not writer.asked:
        return lineage[-1].values
    return effective_values(sight.overall, lineage, writer.asked)


def writers_of(
    seen: Snapshot, sight: Sight, found: Sequence[Lineage], held: Sequence[Values]
) -> list[ValuesWriter]:
    """Return a writer for each of these, which knows what they link to, in at most one query.

    Those of one schema and state share theirs. held: the values that will be written.
    """
    places = [place_of(sight, lineage) for lineage in found]
    different = {(access, kind.id): kind for access, kind in places}
    columns = [
        c for (access, _), kind in different.items() for c in columns_of(access, kind).values()
    ]
    links, ids = links_shown(seen, sight, columns, held), tenant_ids(seen)
    made = {place: ValuesWriter(place[0], kind, links, ids) for place, kind in different.items()}
    return [made[access, kind.id] for access, kind in places]


def place_of(sight: Sight, lineage: Lineage) -> tuple[Access, ProductType]:
    """Return the access to a record or variant, and its schema."""
    kind = type_of(sight.definition, lineage[-1].values)
    seen = sight_of_lineage(sight, lineage)
    return seen.of(kind, stage_of(sight.definition, lineage[0].values)), kind


def sight_of_lineage(sight: Sight, lineage: Lineage) -> Sight:
    """Return the sight of a record or variant, which the schemas of all that is above it limit."""
    return sight.below(type_of(sight.definition, one.values) for one in lineage)


def links_to(seen: Snapshot, sight: Sight, ids: Iterable[str]) -> dict[str, str]:
    """Return the SKUs of the records and variants of these ids that are there, in one query."""
    numbers = {number_of(one, one[:3]): one for one in ids}
    numbers.pop(None, None)
    found = products_by_id(seen, [one for one in numbers if one is not None]) if numbers else {}
    return {
        product_id(one): one.sku
        for one in found.values()
        if exists(sight, one) and numbers[one.id] == product_id(one)
    }


def links_shown(
    seen: Snapshot, sight: Sight, columns: Iterable[Column], held: Sequence[Values]
) -> dict[str, str]:
    """Return the ids of what values link to in these columns, by SKU, in one query."""
    attributes = (column.attribute for column in columns)
    relations = {one.key: one for one in attributes if one.type is ValueType.RELATION}
    skus = linked_skus(relations, held)
    targets = products_by_sku(seen, skus).values() if skus else ()
    return {one.sku: product_id(one) for one in targets if exists(sight, one)}
