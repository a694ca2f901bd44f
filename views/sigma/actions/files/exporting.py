"""Exports: the records of a schema as a file."""

from collections.abc import Iterable, Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast

import orjson
from flask import Response

from pims_api.domain.access.access import Access
from pims_api.domain.access.sight import Sight
from pims_api.domain.attributes.attribute import CATEGORIES
from pims_api.domain.category import DEFAULT_CATALOG_ID
from pims_api.domain.conditions.condition import And, Condition
from pims_api.domain.generated_sku import is_generated
from pims_api.domain.product import Product
from pims_api.domain.values.scope import Scope
from pims_api.services.lists.query import ListQuery, find_members
from pims_api.storage.catalogue_index.order.by_sku import BY_PATH, walk
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.products.store import products_by_id
from pims_api.storage.snapshot import Snapshot
from pims_api.transfer.csv.write import open_csv_writer
from schemas.sigma.catalogs.catalog import catalogs_by_id
from schemas.sigma.catalogs.category import in_catalog
from schemas.sigma.files.export import PlainWriter, read_scope
from schemas.sigma.ids import product_id, schemas_by_id
from schemas.sigma.records.values import columns_of
from views.rest import file_response
from views.running import Body
from views.sigma.actions.records.records import of_schema
from views.sigma.actions.records.showing import links_shown, place_of, record_objects
from views.sigma.caller import Caller

RECORDS_AT_ONCE = 200
_IN_MEMORY = 1024 * 1024  # bytes of a file; the rest waits on disk
_KINDS = {"json": "application/json", "csv": "text/csv; charset=utf-8"}

Batches = Iterator[list[Product]]


class Exported(NamedTuple):
    """The records of an export, and how many they are."""

    total: int
    objects: Iterator[dict[str, Any]]


def export_records(seen: Snapshot, caller: Caller, asked: Body) -> Response:
    """Answer with a file of the records; memory does not grow with their number."""
    query = asked["query"]
    plain = query["scope"] is not None or query["format"] == "csv"
    scope = read_scope(seen.definition, query["scope"] or "{}")
    objects = exported(seen, caller, query, scope if plain else None).objects
    sight = caller.sight(seen.definition)
    names = exported_names(seen, sight, query["schemaId"]) if query["format"] == "csv" else None
    file = _written(names, objects)
    name = f'attachment; filename="records.{query["format"]}"'
    headers = {"Content-Type": _KINDS[query["format"]], "Content-Disposition": name}
    return file_response(file, headers)


def exported(
    seen: Snapshot, caller: Caller, query: Mapping[str, Any], scope: Scope | None
) -> Exported:
    """Return the records of a schema and a catalog, by their SKUs, as the caller sees them.

    query: `schemaId` and `catalogId`, None for any. scope: with it each attribute is one plain
    value; None: all values with their scopes.
    """
    sight = caller.sight(seen.definition)
    condition = _wanted(seen, caller, sight, query)
    if condition is None:
        return Exported(0, iter(()))
    wanted = ListQuery(condition=condition, in_families=True)
    members = find_members(seen, sight.overall, wanted).members
    batches = _batches(seen, members)
    if scope is None:
        objects = _objects(seen, sight, batches)
    else:
        objects = _plain_objects(seen, sight, batches, scope)
    return Exported(members.bit_count(), objects)


def _written(names: list[str] | None, objects: Iterator[dict[str, Any]]) -> BinaryIO:
    """Return a file of the objects: CSV with columns of these names, or JSON without any."""
    file = cast("BinaryIO", SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115
    try:
        if names is None:
            write_json(file, objects)
        else:
            write_csv(file, names, objects)
    except BaseException:
        file.close()
        raise
    return file


def _wanted(
    seen: Snapshot, caller: Caller, sight: Sight, query: Mapping[str, Any]
) -> Condition | None:
    """Return which records are asked for; None: those of a schema or catalog that is not there."""
    found, number = of_schema(seen, query["schemaId"]), query["catalogId"]
    if found is None or number is None:
        return found
    catalog = catalogs_by_id(seen.definition).get(number)
    if catalog is None or not caller.catalog_rights(number).view:
        return None
    if catalog.id == DEFAULT_CATALOG_ID and sight.overall.of(CATEGORIES) is None:
        return None
    return And((found, in_catalog(seen.definition, catalog)))


def _batches(seen: Snapshot, members: int) -> Batches:
    for ids in walk(seen, BY_PATH, members):
        for start in range(0, len(ids), RECORDS_AT_ONCE):
            wanted = ids[start : start + RECORDS_AT_ONCE]
            found = products_by_id(seen, wanted)
            yield [found[number] for number in wanted]


def _objects(seen: Snapshot, sight: Sight, batches: Batches) -> Iterator[dict[str, Any]]:
    """Yield records with all their scoped values."""
    for batch in batches:
        yield from record_objects(seen, sight, batch)


def _plain_objects(
    seen: Snapshot, sight: Sight, batches: Batches, scope: Scope
) -> Iterator[dict[str, Any]]:
    """Yield records with one plain value per attribute."""
    writers: dict[tuple[Access, int], PlainWriter] = {}
    for batch in batches:
        places = [place_of(sight, (one,)) for one in batch]
        for access, kind in places:
            if (access, kind.id) not in writers:
                made = PlainWriter(seen.definition, columns_of(access, kind), scope)
                writers[access, kind.id] = made
        columns = [one for writer in writers.values() for one in writer.columns.values()]
        links = links_shown(seen, sight, columns, [one.values for one in batch])
        for one, (access, kind) in zip(batch, places, strict=True):
            values = writers[access, kind.id].values(one.values, links)
            if is_generated(tenant_ids(seen), one.id, one.sku):
                values.pop("sku", None)
            yield {"_id": product_id(one)} | values


def exported_names(seen: Snapshot, sight: Sight, schema_id: str | None) -> list[str]:
    """Return the columns of a file: the attributes of the schema, or of all schemas.

    Those that states hide are among them, for other records are in other states.
    """
    known = schemas_by_id(seen.definition)
    kinds = known.values() if schema_id is None else filter(None, [known.get(schema_id)])
    found = (columns_of(sight.of(kind, None), kind) for kind in kinds)
    return ["_id", *dict.fromkeys(name for columns in found for name in columns)]


def write_csv(file: BinaryIO, names: list[str], objects: Iterable[dict[str, Any]]) -> None:
    """Write plain records below a header of these names."""
    with open_csv_writer(file, names) as writer:
        for one in objects:
            writer.write(one)


def write_json(file: BinaryIO, objects: Iterable[dict[str, Any]]) -> None:
    """Write records as one JSON array."""
    file.write(b"[")
    for place, one in enumerate(objects):
        file.write((b"," if place else b"") + orjson.dumps(one))
    file.write(b"]")
