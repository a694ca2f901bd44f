"""Pages of a set of products by SKU or by path: what the indexes of the product table keep."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Select, bindparam, select

from pims_api.storage.catalogue_index.bitmaps.blocks import is_in, size_of, to_bytes
from pims_api.storage.catalogue_index.bitmaps.blocks import members as members_of
from pims_api.storage.catalogue_index.order.sku_order_cache import (
    CHUNK,
    Read,
    SkuOrderCache,
    cached_order,
)
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.query_trace import note_way
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import product

BY_SKU = "sku"
BY_PATH = "path"
_WORDS = {BY_SKU: "SKUs", BY_PATH: "SKUs with variations"}

# Fetching a product by its id and sorting costs about as much as passing this many in an index,
# or in the order that a process keeps.
PASSED_PER_FETCHED = 6
KEPT_PASSED_PER_FETCHED = 40
PATIENCE = 4  # times as many rows as members spread evenly would need are passed, no more
ROWS_AT_ONCE_MIN = 200
ROWS_AT_ONCE_MAX = 20_000
WALKED_AT_ONCE = 5_000  # ids, when everything is passed


@dataclass(frozen=True, slots=True)
class _Way:
    """How an order is passed. order: BY_SKU or BY_PATH. last: the place to begin after, if any."""

    order: str
    descending: bool
    last: str | None = None

    def start(self) -> tuple[PreparedStatement, dict[str, Any]]:
        """Return the statement for what comes first, and its parameters."""
        if self.last is None:
            return _all_in_order(self.order, self.descending), {}
        return _beyond(self.order, self.descending), {"last": self.last}

    def after(self, last_id: int) -> tuple[PreparedStatement, dict[str, Any]]:
        """Return the statement for what comes after a product, and its parameters."""
        return _after(self.order, self.descending), {"last_id": last_id}


def product_page(
    snapshot: Snapshot, order: str, members: int, window: range, *, descending: bool = False
) -> list[int]:
    """Return the ids at the places of the window, when the members stand in order.

    order: BY_SKU or BY_PATH; no two products are equal in it. window: places counted from 0.
    """
    count = size_of(members, snapshot.last_product_id)
    window = range(window.start, min(window.stop, count))
    if not window:
        return []
    if window.start > count - window.stop:  # nearer to the end: come from there
        mirrored = range(count - window.stop, count - window.start)
        return _page(snapshot, _Way(order, not descending), members, count, mirrored)[::-1]
    return _page(snapshot, _Way(order, descending), members, count, window)


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
    count = size_of(members, snapshot.last_product_id)
    return _page(snapshot, _Way(order, descending, last), members, count, range(size))


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


def _page(snapshot: Snapshot, way: _Way, members: int, count: int, window: range) -> list[int]:
    """Return the members in a window of their order. count: how many members there are."""
    if count == snapshot.last_product_id:
        return _plain_page(snapshot, way, window)
    expected = window.stop * snapshot.last_product_id // count
    cached = _cached(snapshot, way, expected)
    per_fetched = PASSED_PER_FETCHED if cached is None else KEPT_PASSED_PER_FETCHED
    found = None
    if expected <= per_fetched * count:
        budget = min(per_fetched * count, PATIENCE * expected + ROWS_AT_ONCE_MIN)
        pieces = _in_pieces(snapshot, way, cached, max(expected, ROWS_AT_ONCE_MIN))
        found = _walk(snapshot, way, members, window, pieces, budget)
    return _sorted(snapshot, way, members, window) if found is None else found


def _plain_page(snapshot: Snapshot, way: _Way, window: range) -> list[int]:
    """Return the page of all products: the engine counts them off by itself."""
    note_way(f"the index of {_WORDS[way.order]} counted off")
    cached = _cached(snapshot, way, window.stop)
    if cached is not None:
        return cached.page(window, _chunk_reader(snapshot, way))
    statement, place = way.start()
    wanted = {"tenant_id": snapshot.tenant_id, "offset": window.start, "count": len(window)}
    return [row[0] for row in statement.all(snapshot.connection, wanted | place)]


def _cached(snapshot: Snapshot, way: _Way, end: int) -> SkuOrderCache | None:
    """Return the order that this process keeps, if it reaches as far as that place."""
    if way.order != BY_SKU or way.last is not None:
        return None
    known = cached_order(snapshot, descending=way.descending)
    return known if known is not None and known.holds(end) else None


def _chunk_reader(snapshot: Snapshot, way: _Way) -> Read:
    def read(start: int, last_id: int | None) -> list[int]:
        statement, place = way.start() if last_id is None else way.after(last_id)
        offset = start if last_id is None else 0
        wanted = {"tenant_id": snapshot.tenant_id, "offset": offset, "count": CHUNK, **place}
        return statement.column(snapshot.connection, wanted)

    return read


def _walk(
    snapshot: Snapshot,
    way: _Way,
    members: int,
    window: range,
    pieces: Iterable[Sequence[int]],
    budget: int,
) -> list[int] | None:
    """Return the page found by passing the order, or None when fetching promises to be cheaper.

    Members may all stand at the far end, so the walk gives up after what fetching would cost.
    pieces: the ids of all products in the order. budget: how many of them may be passed.
    """
    note_way(f"the index of {_WORDS[way.order]} walked")
    data = members.to_bytes((snapshot.last_product_id >> 3) + 1, "little")
    found: list[int] = []
    for ids in pieces:
        found += [number for number in ids if data[number >> 3] >> (number & 7) & 1]
        if len(found) >= window.stop:
            break
        budget -= len(ids)
        if budget <= 0:
            return None
    return found[window.start : window.stop]


def _in_pieces(
    snapshot: Snapshot, way: _Way, cached: SkuOrderCache | None, size: int
) -> Iterator[Sequence[int]]:
    """Yield the ids of all products in order, those that are kept first. size: to begin with."""
    statement, place = way.start()
    if cached is not None:
        ids: Sequence[int] = ()
        for ids in cached.pieces(_chunk_reader(snapshot, way)):
            yield ids
        statement, place = way.after(ids[-1])
    while True:
        size = min(size, ROWS_AT_ONCE_MAX)
        wanted = {"tenant_id": snapshot.tenant_id, "offset": 0, "count": size, **place}
        ids = statement.column(snapshot.connection, wanted)
        yield ids
        if len(ids) < size:
            return
        size *= 2
        statement, place = way.after(ids[-1])


def _sorted(snapshot: Snapshot, way: _Way, members: int, window: range) -> list[int]:
    note_way(f"the {_WORDS[way.order]} of the products fetched and sorted")
    wanted = {"tenant_id": snapshot.tenant_id, "ids": [[one] for one in members_of(members)]}
    found = _of_ids(way.order).each(snapshot.connection, wanted)
    rows = sorted(found, reverse=way.descending)
    last = way.last
    if last is not None:
        rows = [row for row in rows if (row[0] < last if way.descending else row[0] > last)]
    return [number for _, number in rows[window.start : window.stop]]


def skus_of(snapshot: Snapshot, ids: list[int]) -> dict[int, str]:
    """Return the SKUs of products by their ids."""
    if not ids:
        return {}
    wanted = {"tenant_id": snapshot.tenant_id, "ids": [[one] for one in ids]}
    return {row[1]: row[0] for row in _of_ids(BY_SKU).each(snapshot.connection, wanted)}


@cache
def _all_in_order(order: str, descending: bool) -> PreparedStatement:
    return PreparedStatement(_in_order(order, descending))


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
def _after(order: str, descending: bool) -> PreparedStatement:
    passed = product.alias("passed")
    last = (
        select(passed.c[order])
        .where(passed.c.tenant_id == bindparam("tenant_id"), passed.c.id == bindparam("last_id"))
        .scalar_subquery()
    )
    column = product.c[order]
    passed_by = column < last if descending else column > last
    return PreparedStatement(_in_order(order, descending).where(passed_by))


@cache
def _beyond(order: str, descending: bool) -> PreparedStatement:
    column, last = product.c[order], bindparam("last", type_=product.c[order].type)
    passed_by = column < last if descending else column > last
    return PreparedStatement(_in_order(order, descending).where(passed_by))


@cache
def _of_ids(order: str) -> PreparedStatement:
    columns = (product.c[order], product.c.id)
    mine = select(*columns).where(product.c.tenant_id == bindparam("tenant_id"))
    return PreparedStatement(
        lambda connection: looked_up(connection.dialect.name, mine, [product.c.id], "ids")
    )
