"""A cache of the first and the last ids in SKU order.

SKU and id of a product never change, and no product disappears. So the order of all SKUs is the
same as long as no product is added: its version is the highest product id of the snapshot. Only
readers fill the cache: what a writer reads may never be committed.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence

from pims_api.storage.snapshot import Snapshot

CHUNK = 4_096  # ids
CHUNKS_MAX = 32  # from either end
PIECE = 512  # ids that are scanned at once

_CACHE = "product order: kept"

Read = Callable[[int, int | None], Sequence[int]]
"""Reads a chunk, given the position of its first id and the id before it, if known."""


class SkuOrderCache:
    """The ids of all products in SKU order in one direction, in chunks.

    length: how many products there are.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self._chunks: dict[int, Sequence[int]] = {}

    def holds(self, end: int) -> bool:
        """Return whether the positions before the end are within the cached chunks."""
        return end <= CHUNK * CHUNKS_MAX

    def page(self, window: range, read: Read) -> list[int]:
        """Return the ids at these positions. read: called for chunks that are not cached yet."""
        ids: list[int] = []
        for number in range(window.start // CHUNK, -(-window.stop // CHUNK)):
            start = number * CHUNK
            ids += self._chunk(number, read)[max(window.start - start, 0) : window.stop - start]
        return ids

    def pieces(self, read: Read) -> Iterator[Sequence[int]]:
        """Yield the ids in order, as far as the cache reaches."""
        for number in range(min(CHUNKS_MAX, -(-self.length // CHUNK))):
            chunk = self._chunk(number, read)
            for start in range(0, len(chunk), PIECE):
                yield chunk[start : start + PIECE]

    def _chunk(self, number: int, read: Read) -> Sequence[int]:
        known = self._chunks.get(number)
        if known is None:
            before = self._chunks.get(number - 1)
            ids = read(number * CHUNK, before[-1] if before else None)
            known = self._chunks[number] = array("Q", ids)
        return known


def cached_order(snapshot: Snapshot, *, descending: bool) -> SkuOrderCache | None:
    """Return the cached order of a snapshot's products, from its second use on.

    The first use only notes the version: where products are added between any two reads, a cache
    would gain nothing.
    """
    if snapshot.is_writing:
        return None
    cached, key = snapshot.definition.derived, (_CACHE, descending)
    known: SkuOrderCache | None = cached.get(key)
    if known is not None and known.length == snapshot.last_product_id:
        return known
    if known is None or known.length < snapshot.last_product_id:
        cached[key] = SkuOrderCache(snapshot.last_product_id)
    return None
