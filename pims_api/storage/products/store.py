"""Queries and writes of products: one statement for any number of them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column, Select, bindparam, exists, func, select, update

from pims_api.domain.attributes.attribute import DEFAULT_TYPE, PRODUCT_TYPE, STATUS
from pims_api.domain.product import PATH_SEPARATOR, Product, ProductChange
from pims_api.storage.engine.bulk_write import Inserts, Updates
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.statement import Asked, PreparedStatement, prefetch
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import document, product
from pims_api.storage.tables.columns import with_texts

_AFTER_SEPARATOR = chr(ord(PATH_SEPARATOR) + 1)

_columns = product.c
_SELECT = select(
    _columns.id,
    _columns.sku,
    document.c["values"],
    _columns.parent_id,
    _columns.path,
    document.c.version,
    _columns.created_at,
    _columns.created_by,
    document.c.updated_at,
    document.c.updated_by,
).join_from(
    product,
    document,
    (document.c.tenant_id == _columns.tenant_id) & (document.c.product_id == _columns.id),
)
_child = product.alias("child")
_HAS_CHILDREN = exists(
    _child.c.id
).where(  # EXISTS over all columns makes SQLite read every product
    _child.c.tenant_id == _columns.tenant_id, _child.c.parent_id == _columns.id
)
_BY_SKU = PreparedStatement(
    _SELECT.add_columns(_HAS_CHILDREN.label("has_children")).where(
        _columns.tenant_id == bindparam("tenant_id"), _columns.sku == bindparam("sku")
    )
)
# SQLite uses the partial index of parents only with this condition.
_SELECT_CHILDREN = select(_columns.id).where(_columns.parent_id.is_not(None))
_SELECT_IDS = select(_columns.sku, _columns.id)
_SELECT_DELETED = select(_columns.sku).where(_columns.status == "deleted")
_SELECT_STATUS = select(_columns.parent_id, _columns.sku, _columns.status)
_BELOW = (
    (_columns.tenant_id == bindparam("tenant"))
    & (_columns.path > bindparam("low"))
    & (_columns.path < bindparam("high"))
)
_OF_TYPE = (
    select(_columns.status)
    .where(_columns.tenant_id == bindparam("tenant_id"), _columns.product_type == bindparam("type"))
    .distinct()
)
_LIVE = select(func.count()).where(
    _columns.tenant_id == bindparam("tenant_id"), _columns.status != "deleted"
)
_PRODUCTS_BELOW = PreparedStatement(_SELECT.where(_BELOW).order_by(_columns.path))
_SKUS_AT_ONCE = 10_000
_SKUS_AFTER = PreparedStatement(
    select(_columns.id, _columns.sku)
    .where(_columns.tenant_id == bindparam("tenant_id"), _columns.id > bindparam("last"))
    .order_by(_columns.id)
    .limit(_SKUS_AT_ONCE)
)
_PATHS_BELOW = PreparedStatement(select(_columns.path).where(_BELOW))
_PARENTS = PreparedStatement(
    select(_columns.id, _columns.parent_id)
    .where(_columns.tenant_id == bindparam("tenant_id"), _columns.parent_id.is_not(None))
    .order_by(_columns.path)
)
_NEW_PRODUCTS = Inserts(product, same=["tenant_id"])
_NEW_DOCUMENTS = Inserts(with_texts(document), same=["tenant_id"])
_ROW_CELLS = ("path", "parent_id", "status", "product_type")  # in the order of `_row_cells`
_CHANGED_ROWS = Updates(
    product, (_columns.path, _columns.parent_id, _columns.status, _columns.product_type)
)
_CHANGED_DOCUMENTS = Updates(
    document,
    (document.c.version, document.c.updated_at, document.c.updated_by, document.c["values"]),
)
_MOVE_BRANCH = (
    update(product)
    .where(_BELOW)
    .values(
        path=bindparam("new_path", type_=_columns.path.type)
        + func.substr(_columns.path, bindparam("old_length") + 1)
    )
)


def find_product(snapshot: Snapshot, sku: str) -> Product | None:
    """Return the product of that SKU, deleted or not, if there is one."""
    row = _BY_SKU.first(snapshot.connection, {"tenant_id": snapshot.tenant_id, "sku": sku})
    if row is None:
        return None
    *cells, has_children = row
    found = Product(*cells)
    if not has_children:
        snapshot.childless.add(found.id)
    return found if snapshot.past is None else next(iter(_as_seen(snapshot, [found])), None)


def products_by_sku(snapshot: Snapshot, skus: Iterable[str]) -> dict[str, Product]:
    """Return the products of these SKUs that exist, by SKU."""
    return {one.sku: one for one in _as_seen(snapshot, _products(snapshot, _columns.sku, skus))}


def products_by_id(snapshot: Snapshot, ids: Iterable[int]) -> dict[int, Product]:
    """Return the products of these ids, by id."""
    return {one.id: one for one in _as_seen(snapshot, _products(snapshot, _columns.id, ids))}


def product_asked(tenant_id: int, sku: str) -> Asked:
    """Return the statement of `find_product`, for a prefetch."""
    return _BY_SKU, {"tenant_id": tenant_id, "sku": sku}


def product_of_id_asked(tenant_id: int, number: int) -> Asked:
    """Return the statement of `products_by_id` for one product, for a prefetch."""
    return _looked_up(_SELECT, _columns.id), {"keys": [[tenant_id, number]]}


def prefetch_products(snapshot: Snapshot, ids: Iterable[int]) -> None:
    """Prefetch the products of these ids and the ids of their direct variants."""
    keys = _keys(snapshot, ids)
    asked = (_looked_up(_SELECT, _columns.id), _looked_up(_SELECT_CHILDREN, _columns.parent_id))
    if keys:
        prefetch(snapshot.connection, [(statement, {"keys": keys}) for statement in asked])


def children_of(snapshot: Snapshot, ids: Iterable[int]) -> list[Product]:
    """Return the direct variants of these products, in SKU order."""
    parents = set(ids)
    found = products_by_id(snapshot, _ids_of_children(snapshot, parents)).values()
    return sorted((one for one in found if one.parent_id in parents), key=lambda one: one.sku)


def products_below(snapshot: Snapshot, path: str) -> list[Product]:
    """Return all variants below the product of that path, deleted ones too, in path order."""
    return [
        Product(number, sku, orjson.loads(values), *rest)
        for number, sku, values, *rest in _PRODUCTS_BELOW.each(
            snapshot.connection, _branch(snapshot, path)
        )
    ]


def child_skus(snapshot: Snapshot, ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """Return parent id, SKU and status of the direct variants of these products, in SKU order."""
    if snapshot.past is not None:
        found = children_of(snapshot, ids)
        return [(one.parent_id or 0, one.sku, one.values[STATUS]) for one in found]
    rows = _rows(snapshot, _columns.id, _ids_of_children(snapshot, ids), _SELECT_STATUS)
    return sorted((tuple(row) for row in rows), key=lambda row: row[1])


def statuses_of_type(snapshot: Snapshot, product_type: str) -> set[str]:
    """Return the statuses of the products of a type."""
    wanted = {"tenant_id": snapshot.tenant_id, "type": product_type}
    return set(snapshot.connection.scalars(_OF_TYPE, wanted))


def count_live(snapshot: Snapshot) -> int:
    """Return how many products there are that are not deleted."""
    return int(snapshot.connection.scalar(_LIVE, {"tenant_id": snapshot.tenant_id}) or 0)


def ids_of_skus(snapshot: Snapshot, skus: Iterable[str]) -> dict[str, int]:
    """Return the ids of the SKUs that exist."""
    rows = _rows(snapshot, _columns.sku, skus, _SELECT_IDS)
    if snapshot.past is None:
        return {row.sku: row.id for row in rows}
    there = snapshot.past.there
    return {row.sku: row.id for row in rows if there >> row.id & 1}


def skus_of_ids(snapshot: Snapshot, ids: Iterable[int]) -> dict[int, str]:
    """Return the SKUs of these products, by id."""
    return {row.id: row.sku for row in _rows(snapshot, _columns.id, ids, _SELECT_IDS)}


def deleted_skus(snapshot: Snapshot, skus: Iterable[str]) -> set[str]:
    """Return those of the SKUs whose products are deleted."""
    if snapshot.past is not None:
        found = products_by_sku(snapshot, skus).values()
        return {one.sku for one in found if one.values[STATUS] == "deleted"}
    return {row.sku for row in _rows(snapshot, _columns.sku, skus, _SELECT_DELETED)}


def all_skus(snapshot: Snapshot) -> Iterator[tuple[int, str]]:
    """Yield the ids and SKUs of all products, deleted ones included, by their ids."""
    return skus_after(snapshot, 0)


def skus_after(snapshot: Snapshot, last: int) -> Iterator[tuple[int, str]]:
    """Yield the ids and SKUs of the products after an id, deleted ones included, by their ids."""
    more = True
    while more:
        asked = {"tenant_id": snapshot.tenant_id, "last": last}
        rows = _SKUS_AFTER.all(snapshot.connection, asked)
        yield from rows
        more = len(rows) == _SKUS_AT_ONCE
        last = rows[-1][0] if rows else last


def parents(snapshot: Snapshot) -> Iterator[tuple[int, int]]:
    """Yield the ids of all variants and of their parents, each after what is above it."""
    yield from _PARENTS.each(snapshot.connection, {"tenant_id": snapshot.tenant_id})


def longest_path_below(snapshot: Snapshot, path: str) -> int:
    """Return the bytes of the longest path among a product's descendants; 0 without any."""
    found = _PATHS_BELOW.all(snapshot.connection, _branch(snapshot, path))
    return max((len(one.path.encode()) for one in found), default=0)


def write_products(work: Snapshot, changes: Sequence[ProductChange]) -> None:
    """Store the rows and documents of these changes; unchanged rows are not written."""
    new = [change for change in changes if change.before is None]
    cached = [(change.before, change.after) for change in changes if change.before is not None]
    if new:
        _write_new(work, new)
    if cached:
        changed = [after for before, after in cached if _row_cells(before) != _row_cells(after)]
        if changed:
            _CHANGED_ROWS.run(work.connection, _keys_of(work, changed, "of_id") | _rows_of(changed))
        latest = [after for _, after in cached]
        keys = _keys_of(work, latest, "of_product_id")
        _CHANGED_DOCUMENTS.run(work.connection, keys | _documents_of(latest))
    for before, after in cached:
        if before.path != after.path:
            _move_branch(work, before.path, after.path)


def _move_branch(work: Snapshot, old: str, new: str) -> None:
    moved = {"new_path": new, "old_length": len(old)}
    work.connection.execute(_MOVE_BRANCH, _branch(work, old) | moved)


def _branch(snapshot: Snapshot, path: str) -> dict[str, Any]:
    return {
        "tenant": snapshot.tenant_id,
        "low": path + PATH_SEPARATOR,
        "high": path + _AFTER_SEPARATOR,
    }


def _ids_of_children(snapshot: Snapshot, ids: Iterable[int]) -> list[int]:
    parents = list(ids)
    wanted = [one for one in parents if one not in snapshot.childless]
    found = [row.id for row in _rows(snapshot, _columns.parent_id, wanted, _SELECT_CHILDREN)]
    return found if snapshot.past is None else found + snapshot.past.former_children(parents)


def _as_seen(snapshot: Snapshot, found: Iterable[Product]) -> Iterable[Product]:
    """Return products in the state in which the snapshot sees them."""
    return found if snapshot.past is None else snapshot.past.products(found)


def _rows(
    snapshot: Snapshot, key: Column[Any], wanted: Iterable[Any], selected: Select[Any] = _SELECT
) -> Iterable[Any]:
    keys = _keys(snapshot, wanted)
    return _looked_up(selected, key).all(snapshot.connection, {"keys": keys}) if keys else ()


def _products(snapshot: Snapshot, key: Column[Any], wanted: Iterable[Any]) -> Iterator[Product]:
    """Yield products. Documents are parsed here, at half the cost of a column type."""
    keys = _keys(snapshot, wanted)
    rows = _looked_up(_SELECT, key).each(snapshot.connection, {"keys": keys}) if keys else ()
    for number, sku, values, *rest in rows:
        yield Product(number, sku, orjson.loads(values), *rest)


def _keys(snapshot: Snapshot, wanted: Iterable[Any]) -> list[list[Any]]:
    return [[snapshot.tenant_id, one] for one in dict.fromkeys(wanted)]


@cache
def _looked_up(selected: Select[Any], key: Column[Any]) -> PreparedStatement:
    # With the tenant beside it rather than in the key, SQLite reads all products of the tenant.
    keys = [_columns.tenant_id, key]
    return PreparedStatement(
        lambda connection: looked_up(connection.dialect.name, selected, keys, "keys")
    )


def _write_new(work: Snapshot, changes: Sequence[ProductChange]) -> None:
    new = [one.after for one in changes]
    same, ids = {"tenant_id": work.tenant_id}, [one.id for one in new]
    rows: dict[str, list[Any]] = {
        "id": ids,
        "sku": [one.sku for one in new],
        "created_at": [one.created_at for one in new],
        "created_by": [one.created_by for one in new],
    }
    _NEW_PRODUCTS.run(work.connection, rows | _rows_of(new), same)
    texts: dict[str, list[Any]] = {"product_id": ids, "values": [one.new_text for one in changes]}
    _NEW_DOCUMENTS.run(work.connection, _documents_of(new) | texts, same)


def _keys_of(work: Snapshot, products: Sequence[Product], id_name: str) -> dict[str, list[Any]]:
    ids = [one.id for one in products]
    return {"of_tenant_id": [work.tenant_id] * len(ids), id_name: ids}


def _row_cells(one: Product) -> tuple[Any, ...]:
    """Return the cells of the product row that may change."""
    kind = one.values.get(PRODUCT_TYPE, DEFAULT_TYPE)
    return one.path, one.parent_id, one.values[STATUS], kind


def _rows_of(products: Sequence[Product]) -> dict[str, list[Any]]:
    columns = zip(*map(_row_cells, products), strict=True)
    return dict(zip(_ROW_CELLS, map(list, columns), strict=True))


def _documents_of(products: Sequence[Product]) -> dict[str, list[Any]]:
    """Return the cells of document rows that may change, as columns."""
    return {
        "version": [one.version for one in products],
        "updated_at": [one.updated_at for one in products],
        "updated_by": [one.updated_by for one in products],
        "values": [one.values for one in products],
    }
