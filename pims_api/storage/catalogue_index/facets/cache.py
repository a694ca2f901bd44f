"""What a process has counted of categories, for as long as it holds good."""

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
    """The counts of one set of products. access: through which they were seen.

    facet_sequence: the tenant's at that time. at: microseconds since 1970.
    """

    access: Access
    facet_sequence: int
    at: int
    counts: FacetCounts

    def is_fresh(self, access: Access, facet_sequence: int, now: int) -> bool:
        """Return whether the counts may be shown without a look at the index."""
        if self.access is not access or self.facet_sequence != facet_sequence:
            return False
        return 0 <= now - self.at < AGE_MAX_US


class FacetCache:
    """Counts by key. blocks: what is known of the index, for counts of any products."""

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
        """How many counts and bytes of blocks are kept."""
        return self._cached.weight + self.blocks.size

    def get(self, key: Hashable) -> CountedFacets | None:
        """Return what was counted last under a key."""
        return self._cached.last(key)

    def put(self, key: Hashable, counted: CountedFacets) -> None:
        """Keep what was counted, unless something newer is there."""
        self._cached.put(key, counted.facet_sequence, counted)
