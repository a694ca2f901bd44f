"""The cache of products as JSON rows of lists, for every face.

A row depends on the state of the tenant, on the access of the caller and on how a face dresses
products. So it is valid while the sequence in a reader's snapshot is the same, for its owner: an
object that stands for one access and one dress.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import orjson

from pims_api.settings import Settings
from pims_api.storage.engine.versioned_cache import VersionedCache
from pims_api.storage.snapshot import Snapshot

_ENTRY_WEIGHT = 250  # bytes in memory, about, besides the JSON


class RowCache:
    """JSON rows by owner and product."""

    unit: ClassVar[str] = "bytes"

    def __init__(self, weight_max: int) -> None:
        self._cached: VersionedCache[tuple[object, int], bytes] = VersionedCache(
            lambda row: len(row) + _ENTRY_WEIGHT, weight_max
        )

    @classmethod
    def sized(cls, settings: Settings) -> "RowCache":
        """Return an empty cache."""
        return cls(settings.row_cache_bytes)

    @property
    def size(self) -> int:
        """The cached bytes, about."""
        return self._cached.weight

    def get(self, owner: object, sequence: int, ids: Sequence[int]) -> dict[int, bytes]:
        """Return the rows of those products that are cached at a sequence of the tenant."""
        known = self._cached.at(dict.fromkeys(((owner, number) for number in ids), sequence))
        return {number: row for (_, number), row in known.items()}

    def put(self, owner: object, sequence: int, rows: Mapping[int, bytes]) -> None:
        """Cache rows, unless newer ones are cached."""
        for number, row in rows.items():
            self._cached.put((owner, number), sequence, row)


def json_rows(
    seen: Snapshot,
    owner: object,
    ids: Sequence[int],
    make: Callable[[Sequence[int]], Sequence[Any]],
) -> list[orjson.Fragment]:
    """Return products as JSON, those that are known without a look at them.

    make: returns the rows of the products with these ids, in their order.
    """
    cache = seen.caches.of(RowCache)
    known = cache.get(owner, seen.sequence, ids)
    missing = [number for number in ids if number not in known]
    if missing:
        made = dict(zip(missing, map(orjson.dumps, make(missing)), strict=True))
        if not seen.is_writing:
            cache.put(owner, seen.sequence, made)
        known |= made
    return [orjson.Fragment(known[number]) for number in ids]
