"""Check of the product rows against the documents."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, func, select

from pims_api.domain.attributes.attribute import (
    DEFAULT_TYPE,
    PRODUCT_TYPE,
    SKU,
    STATUS,
    VARIATION_OF,
)
from pims_api.domain.product import Values, path_of
from pims_api.storage.products.documents import document_blocks
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import product

_columns = product.c
_ROWS = select(
    _columns.id,
    _columns.sku,
    _columns.path,
    _columns.parent_id,
    _columns.status,
    _columns.product_type,
).where(
    _columns.tenant_id == bindparam("tenant_id"),
    _columns.id.between(bindparam("first_id"), bindparam("last_id")),
)
_PARENTS = select(_columns.sku, _columns.id, _columns.path).where(
    _columns.tenant_id == bindparam("tenant_id"),
    _columns.sku.in_(bindparam("skus", expanding=True)),
)
_COUNT = select(func.count()).where(_columns.tenant_id == bindparam("tenant_id"))
_BEYOND = (
    select(_columns.id)
    .where(_columns.tenant_id == bindparam("tenant_id"), _columns.id > bindparam("last_id"))
    .limit(1)
)


def product_count(snapshot: Snapshot) -> int:
    """Return how many products there are, deleted ones included."""
    return int(snapshot.connection.scalar(_COUNT, {"tenant_id": snapshot.tenant_id}) or 0)


def compare_rows(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence for each difference between product rows and documents."""
    for block in document_blocks(snapshot):
        rows = _rows(snapshot, block.first_id, block.last_id)
        parents = _parents(snapshot, block.documents)
        for number, values in block.documents.items():
            row = rows.pop(number, None)
            if row is None:
                yield f"Product id {number}: there is a document and no row."
            else:
                yield from _differences(row, values, parents)
        yield from (f"Product {row.sku!r}: there is no document." for row in rows.values())
    yield from _beyond(snapshot)


def _rows(snapshot: Snapshot, first_id: int, last_id: int) -> dict[int, Any]:
    limits = {"tenant_id": snapshot.tenant_id, "first_id": first_id, "last_id": last_id}
    return {row.id: row for row in snapshot.connection.execute(_ROWS, limits)}


def _parents(snapshot: Snapshot, documents: dict[int, Values]) -> dict[str, tuple[int, str]]:
    """Return id and path of the products that these documents name as their parents, by SKU."""
    skus = {values[VARIATION_OF] for values in documents.values() if VARIATION_OF in values}
    wanted = {"tenant_id": snapshot.tenant_id, "skus": sorted(skus)}
    found = snapshot.connection.execute(_PARENTS, wanted) if skus else ()
    return {row[0]: (row[1], row[2]) for row in found}


def _differences(row: Any, values: Values, parents: dict[str, tuple[int, str]]) -> Iterator[str]:
    parent_id, parent_path = parents.get(values.get(VARIATION_OF, ""), (None, None))
    wanted = {
        "sku": values.get(SKU),
        "status": values.get(STATUS),
        "product_type": values.get(PRODUCT_TYPE, DEFAULT_TYPE),
        "parent_id": parent_id,
        "path": path_of(row.sku, parent_path),
    }
    for name, value in wanted.items():
        stored = row._mapping[name]
        if stored != value:
            yield f"Product {row.sku!r}: {name} is {stored!r}, its document says {value!r}."
    if VARIATION_OF in values and parent_id is None:
        yield f"Product {row.sku!r}: its parent {values[VARIATION_OF]!r} is not there."


def _beyond(snapshot: Snapshot) -> Iterator[str]:
    """Yield a sentence when there is a row beyond the highest product id."""
    last_id = snapshot.last_product_id
    wanted = {"tenant_id": snapshot.tenant_id, "last_id": last_id}
    for number in snapshot.connection.scalars(_BEYOND, wanted):
        yield f"Product id {number} is beyond {last_id}, the last id that was given."
