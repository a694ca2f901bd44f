"""The cache of products as JSON rows of lists.

A row depends on the state of the tenant and on the access of the caller alone. So it is valid
while the sequence in a reader's snapshot is the same.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pims_api.domain.access.access import Access
from pims_api.settings import Settings
from pims_api.storage.engine.versioned_cache import VersionedCache

_ENTRY_WEIGHT = 250  # bytes in memory, about, besides the JSON


class RowCache:
    """JSON rows by access and product."""

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

    def get(self, access: Access, sequence: int, ids: Sequence[int]) -> dict[int, bytes]:
        """Return the rows of those products that are cached at a sequence of the tenant."""
        owner = access.derive(_new_owner)
        known = self._cached.at(dict.fromkeys(((owner, number) for number in ids), sequence))
        return {number: row for (_, number), row in known.items()}

    def put(self, access: Access, sequence: int, rows: Mapping[int, bytes]) -> None:
        """Cache rows, unless newer ones are cached."""
        owner = access.derive(_new_owner)
        for number, row in rows.items():
            self._cached.put((owner, number), sequence, row)


def _new_owner(_: Access) -> object:
    """Return the part of cache keys that stands for an access, so for one definition version."""
    return object()
