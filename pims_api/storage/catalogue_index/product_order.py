"""Pages of a set of products by SKU or by path: what the indexes of the product table keep."""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Select, bindparam, select

from pims_api.storage.catalogue_index.codec import is_in, to_bytes
from pims_api.storage.catalogue_index.codec import members as members_of
from pims_api.storage.catalogue_index.lookup import raw
from pims_api.storage.dialect import looked_up
from pims_api.storage.prepared import Prepared
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import product
from pims_api.storage.trace import note_way

BY_SKU = "sku"
BY_PATH = "path"
_WORDS = {BY_SKU: "SKUs", BY_PATH: "SKUs with variations"}

# Fetching a product by its id and sorting costs about as much as passing this many in an index.
PASSED_PER_FETCHED = 6
PATIENCE = 4  # times as many rows as members spread evenly would need are passed, no more
ROWS_AT_ONCE_MIN = 200
ROWS_AT_ONCE_MAX = 20_000
WALKED_AT_ONCE = 5_000  # ids, when everything is passed


def product_page(
    snapshot: Snapshot, order: str, members: int, window: range, *, descending: bool = False
) -> list[int]:
    """Return the ids at the places of the window, when the members stand in order.

    order: BY_SKU or BY_PATH; no two products are equal in it. window: places counted from 0.
    """
    count = members.bit_count()
    window = range(window.start, min(window.stop, count))
    if not window:
        return []
    if window.start > count - window.stop:  # nearer to the end: come from there
        mirrored = range(count - window.stop, count - window.start)
        return _page(snapshot, order, members, mirrored, not descending)[::-1]
    return _page(snapshot, order, members, window, descending)


def page_in_order(
    by_sku: Sequence[int], members: int, window: range, *, descending: bool = False
) -> list[int]:
    """Return the ids at the places of the window, when the members stand in order.

    by_sku: the members and perhaps others, in the order of their SKUs.
    """
    note_way("the SKUs taken as they were found")
    data = to_bytes(members)
    ids = reversed(by_sku) if descending else by_sku
    return list(islice((one for one in ids if is_in(data, one)), window.start, window.stop))


def product_page_after(
    snapshot: Snapshot, order: str, members: int, last: str, size: int, *, descending: bool = False
) -> list[int]:
    """Return the ids of the members that come next after a place, at most size of them.

    order: BY_SKU or BY_PATH. last: the place, a SKU or path; nothing needs to stand there.
    """
    if not members or size <= 0:
        return []
    return _page(snapshot, order, members, range(size), descending, last)


def walk(snapshot: Snapshot, order: str, members: int) -> Iterator[list[int]]:
    """Yield the ids of all members in order, in pieces, in flat memory."""
    data = to_bytes(members)
    statement, place = _all_in_order(order, False), dict[str, Any]()
    left = members.bit_count()
    while left:
        wanted = {"tenant_id": snapshot.tenant_id, "offset": 0, "count": WALKED_AT_ONCE, **place}
        ids = statement.column(snapshot.connection, wanted)
        if not ids:
            return
        found = [number for number in ids if is_in(data, number)]
        yield found
        left -= len(found)
        statement, place = _after(order, False), {"last_id": ids[-1]}


def _page(
    snapshot: Snapshot,
    order: str,
    members: int,
    window: range,
    descending: bool,
    last: str | None = None,
) -> list[int]:
    """Return the members in a window of their order. last: where places are counted from."""
    count = members.bit_count()
    if count == snapshot.last_product_id:
        return _plain_page(snapshot, order, window, descending, last)
    expected = window.stop * snapshot.last_product_id // count
    found = None
    if expected <= PASSED_PER_FETCHED * count:
        found = _walk(snapshot, order, members, window, descending, last)
    if found is None:
        found = _sorted(snapshot, order, members, window, descending, last)
    return found


def _plain_page(
    snapshot: Snapshot, order: str, window: range, descending: bool, last: str | None
) -> list[int]:
    """Return the page of all products: the engine counts them off by itself."""
    note_way(f"the index of {_WORDS[order]} counted off")
    statement, place = _from(order, descending, last)
    wanted = {"tenant_id": snapshot.tenant_id, "offset": window.start, "count": len(window)}
    return [row[0] for row in statement.all(snapshot.connection, wanted | place)]


def _walk(
    snapshot: Snapshot,
    order: str,
    members: int,
    window: range,
    descending: bool,
    last: str | None,
) -> list[int] | None:
    """Return the page found by passing the index, or None when fetching promises to be cheaper.

    Members may all stand at the far end, so the walk gives up after what fetching would cost.
    """
    note_way(f"the index of {_WORDS[order]} walked")
    data = members.to_bytes((snapshot.last_product_id >> 3) + 1, "little")
    found: list[int] = []
    expected = window.stop * snapshot.last_product_id // members.bit_count()
    budget = min(PASSED_PER_FETCHED * members.bit_count(), PATIENCE * expected + ROWS_AT_ONCE_MIN)
    size = window.stop * snapshot.last_product_id // members.bit_count()
    statement, place = _from(order, descending, last)
    while budget > 0:
        size = min(max(size, ROWS_AT_ONCE_MIN), ROWS_AT_ONCE_MAX)
        wanted = {"tenant_id": snapshot.tenant_id, "offset": 0, "count": size, **place}
        ids = statement.column(snapshot.connection, wanted)
        found += [number for number in ids if data[number >> 3] >> (number & 7) & 1]
        if len(found) >= window.stop or len(ids) < size:
            return found[window.start : window.stop]
        budget -= size
        size *= 2
        statement, place = _after(order, descending), {"last_id": ids[-1]}
    return None


def _sorted(
    snapshot: Snapshot,
    order: str,
    members: int,
    window: range,
    descending: bool,
    last: str | None,
) -> list[int]:
    note_way(f"the {_WORDS[order]} of the products fetched and sorted")
    wanted = {"tenant_id": snapshot.tenant_id, "ids": [[one] for one in members_of(members)]}
    rows = sorted(_of_ids(order).each(snapshot.connection, wanted), reverse=descending)
    if last is not None:
        rows = [row for row in rows if (row[0] < last if descending else row[0] > last)]
    return [number for _, number in rows[window.start : window.stop]]


def _from(order: str, descending: bool, last: str | None) -> tuple[Prepared, dict[str, Any]]:
    """Return the statement for what comes first, or first after a place, and its parameters."""
    if last is None:
        return _all_in_order(order, descending), {}
    return _beyond(order, descending), {"last": last}


def skus_of(snapshot: Snapshot, ids: list[int]) -> dict[int, str]:
    """Return the SKUs of products by their ids."""
    if not ids:
        return {}
    wanted = {"tenant_id": snapshot.tenant_id, "ids": [[one] for one in ids]}
    return {row[1]: row[0] for row in _of_ids(BY_SKU).each(snapshot.connection, wanted)}


@cache
def _all_in_order(order: str, descending: bool) -> Prepared:
    return Prepared(_in_order(order, descending))


def _in_order(order: str, descending: bool) -> Select[Any]:
    column = product.c[order]
    return (
        select(raw(product.c.id))
        .where(product.c.tenant_id == bindparam("tenant_id"))
        .order_by(column.desc() if descending else column)
        .limit(bindparam("count"))
        .offset(bindparam("offset"))
    )


@cache
def _after(order: str, descending: bool) -> Prepared:
    passed = product.alias("passed")
    last = (
        select(passed.c[order])
        .where(passed.c.tenant_id == bindparam("tenant_id"), passed.c.id == bindparam("last_id"))
        .scalar_subquery()
    )
    column = product.c[order]
    passed_by = column < last if descending else column > last
    return Prepared(_in_order(order, descending).where(passed_by))


@cache
def _beyond(order: str, descending: bool) -> Prepared:
    column, last = product.c[order], bindparam("last", type_=product.c[order].type)
    passed_by = column < last if descending else column > last
    return Prepared(_in_order(order, descending).where(passed_by))


@cache
def _of_ids(order: str) -> Prepared:
    columns = (product.c[order], product.c.id)
    mine = select(*columns).where(product.c.tenant_id == bindparam("tenant_id"))
    return Prepared(
        lambda connection: looked_up(connection.dialect.name, mine, [product.c.id], "ids")
    )
