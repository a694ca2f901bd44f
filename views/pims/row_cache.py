"""Products as lists show them, as JSON that a process made before.

What a list shows of a product follows from the state of the tenant and from what the caller sees.
So it holds good as long as the sequence that a reader finds in its snapshot is the same.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pims_api.domain.access.access import Access
from pims_api.settings import Settings
from pims_api.storage.engine.versioned_cache import VersionedCache

_ENTRY_WEIGHT = 250  # bytes in memory, about, besides the JSON
_OWNER = "kept rows: owner"


class RowCache:
    """Rows by who sees them and by product."""

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
        """How many bytes are kept, about."""
        return self._cached.weight

    def get(self, access: Access, sequence: int, ids: Sequence[int]) -> dict[int, bytes]:
        """Return the rows of those products that are known at a sequence of the tenant."""
        owner = _owner(access)
        known = self._cached.at(dict.fromkeys(((owner, number) for number in ids), sequence))
        return {number: row for (_, number), row in known.items()}

    def put(self, access: Access, sequence: int, rows: Mapping[int, bytes]) -> None:
        """Keep rows, unless newer ones are there."""
        owner = _owner(access)
        for number, row in rows.items():
            self._cached.put((owner, number), sequence, row)


def _owner(access: Access) -> object:
    """Return what stands for an access: made once for each View, locale and definition version."""
    return access.derived.setdefault(_OWNER, object())
