"""The beginning and the end of the order of SKUs, as a process last read them.

A product keeps its SKU and its id for ever, and none disappears. So the order of all SKUs is the
same as long as no product is added: it belongs to the highest product id, which is read in the
same snapshot. Only what readers saw is kept: what a writer sees may never be committed.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence

from pims_api.storage.snapshot import Snapshot

CHUNK = 4_096  # ids
CHUNKS_MAX = 32  # from either end
PIECE = 512  # ids, of those that are passed

_KEPT = "product order: kept"

Read = Callable[[int, int | None], Sequence[int]]
"""Reads a chunk: the place of its first id, and the id right before, where that is known."""


class SkuOrderCache:
    """The order of the SKUs of all products in one direction, a chunk at a time.

    length: how many products there are.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self._chunks: dict[int, Sequence[int]] = {}

    def holds(self, end: int) -> bool:
        """Return whether the places before this one are near enough to the beginning to be kept."""
        return end <= CHUNK * CHUNKS_MAX

    def page(self, window: range, read: Read) -> list[int]:
        """Return the ids at these places. read: for what is not known yet."""
        ids: list[int] = []
        for number in range(window.start // CHUNK, -(-window.stop // CHUNK)):
            start = number * CHUNK
            ids += self._chunk(number, read)[max(window.start - start, 0) : window.stop - start]
        return ids

    def pieces(self, read: Read) -> Iterator[Sequence[int]]:
        """Yield the ids in their order, as far as they are kept."""
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
    """Return the order of the SKUs of a snapshot's products, if it is worth keeping.

    It is when it is asked for a second time: where products are added between any two reads,
    nothing would be gained.
    """
    if snapshot.is_writing:
        return None
    cached, key = snapshot.definition.derived, (_KEPT, descending)
    known: SkuOrderCache | None = cached.get(key)
    if known is not None and known.length == snapshot.last_product_id:
        return known
    if known is None or known.length < snapshot.last_product_id:
        cached[key] = SkuOrderCache(snapshot.last_product_id)
    return None
