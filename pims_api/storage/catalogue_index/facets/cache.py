"""A cache of the facets of categories."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar

from pims_api.domain.access.access import Access
from pims_api.settings import Settings
from pims_api.storage.catalogue_index.facets.block_cache import BlockCache
from pims_api.storage.catalogue_index.facets.counts import FacetCounts
from pims_api.storage.engine.versioned_cache import VersionedCache

AGE_MAX_US = 15 * 60 * 1_000_000
ENTRIES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class CountedFacets:
    """The counts of one set of products for one access.

    facet_sequence: the tenant's at that time. at: microseconds since 1970.
    """

    access: Access
    facet_sequence: int
    at: int
    counts: FacetCounts

    def is_fresh(self, access: Access, facet_sequence: int, now: int) -> bool:
        """Return whether the counts may be shown without reading the index."""
        if self.access is not access or self.facet_sequence != facet_sequence:
            return False
        return 0 <= now - self.at < AGE_MAX_US


class FacetCache:
    """An LRU cache of counts by key. blocks: columns of the index, for counts of any set."""

    unit: ClassVar[str] = "counts and bytes"

    def __init__(self, blocks: BlockCache, weight_max: int, entries_max: int = ENTRIES_MAX) -> None:
        self.blocks = blocks
        self._cached: VersionedCache[Hashable, CountedFacets] = VersionedCache(
            lambda one: one.counts.weight, weight_max, entries_max
        )

    @classmethod
    def sized(cls, settings: Settings) -> "FacetCache":
        """Return an empty cache."""
        return cls(BlockCache(settings.facet_cache_bytes), settings.facet_counts_max)

    @property
    def size(self) -> int:
        """The number of counts and bytes of blocks cached."""
        return self._cached.weight + self.blocks.size

    def get(self, key: Hashable) -> CountedFacets | None:
        """Return the cached counts of a key, however old."""
        return self._cached.last(key)

    def put(self, key: Hashable, counted: CountedFacets) -> None:
        """Cache counts, unless newer ones are there."""
        self._cached.put(key, counted.facet_sequence, counted)
