"""Order by SKU or path: pages of a set, by the indexes of the product table."""

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Select, bindparam, select

from pims_api.storage.catalogue_index.bitmaps.blocks import from_ids, is_in, size_of, to_bytes
from pims_api.storage.catalogue_index.bitmaps.blocks import members as members_of
from pims_api.storage.catalogue_index.order.sku_order_cache import (
    CHUNK,
    Read,
    SkuOrderCache,
    cached_order,
)
from pims_api.storage.engine.dialect import looked_up
from pims_api.storage.engine.query_trace import note_access_path
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.engine.untyped_column import raw
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import product

BY_SKU = "sku"
BY_PATH = "path"
_WORDS = {BY_SKU: "SKUs", BY_PATH: "SKUs with variations"}

# Fetching a product by its id and sorting costs about as much as scanning this many in an index,
# or in the cached order.
PASSED_PER_FETCHED = 6
CACHED_PASSED_PER_FETCHED = 40
OVERRUN_MAX = 4  # a scan ends after this many times the rows that evenly spread members would need
ROWS_AT_ONCE_MIN = 200
ROWS_AT_ONCE_MAX = 20_000
WALKED_AT_ONCE = 5_000  # ids, when everything is read


@dataclass(frozen=True, slots=True)
class _Scan:
    """A scan of an order, BY_SKU or BY_PATH. last: the SKU or path to begin after, if any."""

    order: str
    descending: bool
    last: str | None = None

    def start(self) -> tuple[PreparedStatement, dict[str, Any]]:
        """Return the statement of the first rows, and its parameters."""
        if self.last is None:
            return _all_in_order(self.order, self.descending), {}
        return _beyond(self.order, self.descending), {"last": self.last}

    def after(self, last_id: int) -> tuple[PreparedStatement, dict[str, Any]]:
        """Return the statement of the rows after a product, and its parameters."""
        return _after(self.order, self.descending), {"last_id": last_id}


def product_page(
    snapshot: Snapshot, order: str, members: int, window: range, *, descending: bool = False
) -> list[int]:
    """Return the ids of a window of the members in their order.

    order: BY_SKU or BY_PATH; no two products are equal in it. window: positions counted from 0.
    """
    moved = moved_members(snapshot, order, members)
    if moved:
        return _page_with_moved(snapshot, members, moved, window)
    count = size_of(members, snapshot.last_product_id)
    window = range(window.start, min(window.stop, count))
    if not window:
        return []
    if window.start > count - window.stop:  # nearer to the end: come from there
        mirrored = range(count - window.stop, count - window.start)
        return _page(snapshot, _Scan(order, not descending), members, count, mirrored)[::-1]
    return _page(snapshot, _Scan(order, descending), members, count, window)


def page_in_order(
    by_sku: Sequence[int], members: int, window: range, *, descending: bool = False
) -> list[int]:
    """Return the ids of a window of the members in SKU order.

    by_sku: the members and perhaps others, in SKU order.
    """
    note_access_path("the SKUs taken as they were found")
    data = to_bytes(members)
    ids = reversed(by_sku) if descending else by_sku
    return list(islice((one for one in ids if is_in(data, one)), window.start, window.stop))


def product_page_after(
    snapshot: Snapshot, order: str, members: int, last: str, size: int, *, descending: bool = False
) -> list[int]:
    """Return the ids of the first members after a SKU or path, at most size of them.

    order: BY_SKU or BY_PATH. last: the SKU or path; no product needs to have it.
    """
    if not members or size <= 0:
        return []
    moved = moved_members(snapshot, order, members)
    if moved:
        others = product_page_after(snapshot, order, members & ~from_ids(moved), last, size)
        rows = [(moved[one], one) for one in moved if moved[one] > last]
        return [number for _, number in sorted(rows + _with_paths(snapshot, others))][:size]
    count = size_of(members, snapshot.last_product_id)
    return _page(snapshot, _Scan(order, descending, last), members, count, range(size))


def walk(snapshot: Snapshot, order: str, members: int) -> Iterator[list[int]]:
    """Yield the ids of all members in order, in chunks, in constant memory."""
    moved = moved_members(snapshot, order, members)
    if moved:
        others = walk(snapshot, order, members & ~from_ids(moved))
        yield from _walk_with_moved(snapshot, others, moved)
        return
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


def moved_members(snapshot: Snapshot, order: str, members: int) -> dict[int, str]:
    """Return the members whose place in an order of then is not that of now, with their paths."""
    if snapshot.past is None or order != BY_PATH:
        return {}
    return {number: path for number, path in snapshot.past.paths.items() if members >> number & 1}


def _page_with_moved(
    snapshot: Snapshot, members: int, moved: dict[int, str], window: range
) -> list[int]:
    """Return a window of the order by path, some of whose members are elsewhere now."""
    # However many of the moved come first, nothing that is left out here is in the window.
    begin = max(0, window.start - len(moved))
    unmoved = members & ~from_ids(moved)
    others = _with_paths(
        snapshot, product_page(snapshot, BY_PATH, unmoved, range(begin, window.stop))
    )
    if not others and begin:
        return []
    rows = sorted(((path, number) for number, path in moved.items()))
    first = others[0][0] if begin else ""
    before = sum(path < first for path, _ in rows)
    merged = sorted(rows[before:] + others)
    start = window.start - begin - before
    return [number for _, number in merged[start : start + len(window)]]


def _walk_with_moved(
    snapshot: Snapshot, others: Iterable[list[int]], moved: dict[int, str]
) -> Iterator[list[int]]:
    waiting = sorted((path, number) for number, path in moved.items())
    for ids in others:
        rows = _with_paths(snapshot, ids)
        last = rows[-1][0] if rows else ""
        count = bisect(waiting, (last,))
        yield [number for _, number in sorted(rows + waiting[:count])]
        waiting = waiting[count:]
    yield [number for _, number in waiting]


def _with_paths(snapshot: Snapshot, ids: list[int]) -> list[tuple[str, int]]:
    wanted = {"tenant_id": snapshot.tenant_id, "ids": [[one] for one in ids]}
    return sorted(_of_ids(BY_PATH).each(snapshot.connection, wanted)) if ids else []


def _page(snapshot: Snapshot, scan: _Scan, members: int, count: int, window: range) -> list[int]:
    """Return the members in a window of their order. count: how many members there are."""
    if count == snapshot.last_product_id:
        return _plain_page(snapshot, scan, window)
    expected = window.stop * snapshot.last_product_id // count
    cached = _cached_order(snapshot, scan, expected)
    per_fetched = PASSED_PER_FETCHED if cached is None else CACHED_PASSED_PER_FETCHED
    found = None
    if expected <= per_fetched * count:
        budget = min(per_fetched * count, OVERRUN_MAX * expected + ROWS_AT_ONCE_MIN)
        pieces = _in_pieces(snapshot, scan, cached, max(expected, ROWS_AT_ONCE_MIN))
        found = _walk(snapshot, scan, members, window, pieces, budget)
    return _sorted(snapshot, scan, members, window) if found is None else found


def _plain_page(snapshot: Snapshot, scan: _Scan, window: range) -> list[int]:
    """Return a page of all products, by OFFSET or from the cached order."""
    note_access_path(f"the index of {_WORDS[scan.order]} counted off")
    cached = _cached_order(snapshot, scan, window.stop)
    if cached is not None:
        return cached.page(window, _chunk_reader(snapshot, scan))
    statement, place = scan.start()
    wanted = {"tenant_id": snapshot.tenant_id, "offset": window.start, "count": len(window)}
    return [row[0] for row in statement.all(snapshot.connection, wanted | place)]


def _cached_order(snapshot: Snapshot, scan: _Scan, end: int) -> SkuOrderCache | None:
    """Return the cached order, if it holds the positions before the end."""
    if scan.order != BY_SKU or scan.last is not None:
        return None
    known = cached_order(snapshot, descending=scan.descending)
    return known if known is not None and known.holds(end) else None


def _chunk_reader(snapshot: Snapshot, scan: _Scan) -> Read:
    def read(start: int, last_id: int | None) -> list[int]:
        statement, place = scan.start() if last_id is None else scan.after(last_id)
        offset = start if last_id is None else 0
        wanted = {"tenant_id": snapshot.tenant_id, "offset": offset, "count": CHUNK, **place}
        return statement.column(snapshot.connection, wanted)

    return read


def _walk(
    snapshot: Snapshot,
    scan: _Scan,
    members: int,
    window: range,
    pieces: Iterable[Sequence[int]],
    budget: int,
) -> list[int] | None:
    """Return the page found by scanning the order, or None after the budget.

    All members may be at the far end, so the scan ends when fetching would have been cheaper.
    pieces: the ids of all products in the order. budget: how many of them may be scanned.
    """
    note_access_path(f"the index of {_WORDS[scan.order]} walked")
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
    snapshot: Snapshot, scan: _Scan, cached: SkuOrderCache | None, size: int
) -> Iterator[Sequence[int]]:
    """Yield the ids of all products in order, the cached ones first. size: of the first read."""
    statement, place = scan.start()
    if cached is not None:
        ids: Sequence[int] = ()
        for ids in cached.pieces(_chunk_reader(snapshot, scan)):
            yield ids
        statement, place = scan.after(ids[-1])
    while True:
        size = min(size, ROWS_AT_ONCE_MAX)
        wanted = {"tenant_id": snapshot.tenant_id, "offset": 0, "count": size, **place}
        ids = statement.column(snapshot.connection, wanted)
        yield ids
        if len(ids) < size:
            return
        size *= 2
        statement, place = scan.after(ids[-1])


def _sorted(snapshot: Snapshot, scan: _Scan, members: int, window: range) -> list[int]:
    note_access_path(f"the {_WORDS[scan.order]} of the products fetched and sorted")
    wanted = {"tenant_id": snapshot.tenant_id, "ids": [[one] for one in members_of(members)]}
    found = _of_ids(scan.order).each(snapshot.connection, wanted)
    rows = sorted(found, reverse=scan.descending)
    last = scan.last
    if last is not None:
        rows = [row for row in rows if (row[0] < last if scan.descending else row[0] > last)]
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
