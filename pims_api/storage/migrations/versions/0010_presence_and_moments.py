"""The index tells which products have any attribute, and when each was made and last changed.

Both are read from the products that are indexed already; the rows that there are stay.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from pims_api.storage.catalogue_index.bitmaps.blocks import BLOCK_BITS, encode_offsets
from pims_api.storage.catalogue_index.bitmaps.number_blocks import encode_numbers, part_of

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_HAS_VALUE, _SKU_KEY, _COMPLETENESS = "*", "sku", "completeness"
_CREATED, _UPDATED = 11, 12
_PRODUCTS_READ = 512  # at once; divides BLOCK_BITS

_tenants = sa.table("tenant", *map(sa.column, ("id", "sequence", "indexed_id")))
_definitions = sa.table(
    "definition", *map(sa.column, ("tenant_id", "kind", "id", "body", "deleted"))
)
_products = sa.table("product", *map(sa.column, ("tenant_id", "id", "created_at")))
_documents = sa.table(
    "document", *map(sa.column, ("tenant_id", "product_id", "updated_at", "values"))
)
_postings = sa.table(
    "posting",
    *map(sa.column, ("tenant_id", "attribute_id", "scope", "term", "block")),
    sa.column("bits", sa.LargeBinary),
    sa.column("changed"),
)
_parts = sa.table(
    "number_part",
    *map(sa.column, ("tenant_id", "attribute_id", "scope", "part")),
    sa.column("bits", sa.LargeBinary),
    sa.column("changed"),
)


def upgrade() -> None:
    """Add the rows, block by block."""
    for tenant in list(op.get_bind().execute(_tenants.select())):
        ids, ids_of_all = dict(_ids_by_key(tenant.id)), list(_ids_of_all(tenant.id))
        for first in range(0, tenant.indexed_id + 1, BLOCK_BITS):
            block = range(first, min(first + BLOCK_BITS, tenant.indexed_id + 1))
            _add_block(tenant, ids, ids_of_all, block)


def _attributes(tenant_id: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the id and the definition of each attribute that is not deleted."""
    mine = (_definitions.c.tenant_id == tenant_id) & (_definitions.c.kind == "attribute")
    for row in op.get_bind().execute(_definitions.select().where(mine)):
        if not row.deleted:
            yield int(row.id), orjson.loads(row.body)


def _ids_by_key(tenant_id: int) -> Iterator[tuple[str, int]]:
    """Yield the key and the id of each attribute with values of its own."""
    for attribute_id, body in _attributes(tenant_id):
        if not (body.get("computed") or body["key"] == _SKU_KEY):
            yield body["key"], attribute_id


def _ids_of_all(tenant_id: int) -> Iterator[int]:
    """Yield the id of each indexed attribute of which every product has a value."""
    for attribute_id, body in _attributes(tenant_id):
        indexed = body.get("filterable") or body.get("indexable")
        if body["type"] == _COMPLETENESS and indexed:
            yield attribute_id


def _add_block(tenant: Any, ids: dict[str, int], ids_of_all: list[int], wanted: range) -> None:
    present: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    numbers: defaultdict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for product_id, created_at, updated_at, values in _rows(tenant.id, wanted):
        for slot, value in orjson.loads(values).items():
            key, _, scope = slot.partition("@")
            if key in ids and value not in (None, []):
                present[ids[key], scope].append(product_id - wanted.start)
        for one in ids_of_all:
            present[one, ""].append(product_id - wanted.start)
        part, offset = part_of(product_id)
        numbers[_CREATED, part][offset] = created_at
        numbers[_UPDATED, part][offset] = updated_at
    block = wanted.start // BLOCK_BITS
    same = {"tenant_id": tenant.id, "changed": tenant.sequence}
    known = _known(tenant.id, block)
    rows = [
        same | {"attribute_id": place[0], "scope": place[1], "term": _HAS_VALUE, "block": block,
                "bits": encode_offsets(offsets)}
        for place, offsets in present.items() if place not in known
    ]  # fmt: skip
    parts = [
        same | {"attribute_id": number, "scope": "", "part": part, "bits": encode_numbers(found)}
        for (number, part), found in numbers.items()
    ]
    for table, new in ((_postings, rows), (_parts, parts)):
        if new:
            op.get_bind().execute(table.insert(), new)


def _rows(tenant_id: int, wanted: range) -> Iterator[Any]:
    """Yield id, times and document of products, by id."""
    same = (_products.c.tenant_id == _documents.c.tenant_id) & (
        _products.c.id == _documents.c.product_id
    )
    columns = (_products.c.id, _products.c.created_at, _documents.c.updated_at)
    found = sa.select(*columns, _documents.c["values"]).join_from(_products, _documents, same)
    for first in range(wanted.start, wanted.stop, _PRODUCTS_READ):
        last = min(first + _PRODUCTS_READ, wanted.stop) - 1
        mine = (_products.c.tenant_id == tenant_id) & _products.c.id.between(first, last)
        yield from op.get_bind().execute(found.where(mine).order_by(_products.c.id))


def _known(tenant_id: int, block: int) -> set[tuple[int, str]]:
    """Return the attributes and scopes of which a block tells already who has a value."""
    columns = _postings.c
    mine = (columns.tenant_id == tenant_id) & (columns.block == block)
    found = sa.select(columns.attribute_id, columns.scope)
    rows = op.get_bind().execute(found.where(mine & (columns.term == _HAS_VALUE)))
    return {(row.attribute_id, row.scope) for row in rows}
