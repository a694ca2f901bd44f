"""The columns of blocks as a process last read them, each for as long as its block's clock stands.

Another process may change a block at any time, and this one learns of it by the clock that it
reads in the same snapshot as everything else. Only what readers saw is kept: what a writer sees
may never be committed.
"""

from collections.abc import Mapping

from pims_api.storage.catalogue_index.facets.block_columns import Columns
from pims_api.storage.engine.versioned_cache import VersionedCache


class BlockCache:
    """Columns by tenant and block."""

    def __init__(self, weight_max: int) -> None:
        self._cached: VersionedCache[tuple[int, int], Columns] = VersionedCache(_weight, weight_max)

    @property
    def size(self) -> int:
        """How many bytes are kept, about."""
        return self._cached.weight

    def get(self, tenant_id: int, versions: Mapping[int, int]) -> dict[int, Columns]:
        """Return the columns that are known of some blocks, at the clocks that these have."""
        known = self._cached.at(
            {(tenant_id, block): version for block, version in versions.items()}
        )
        return {block: known.get((tenant_id, block), {}) for block in versions}

    def put(self, tenant_id: int, block: int, version: int, columns: Columns) -> None:
        """Keep columns beside those of the same clock, unless newer ones are there."""
        self._cached.put((tenant_id, block), version, columns, join=_together)


def _weight(columns: Columns) -> int:
    return sum(one.weight for one in columns.values())


def _together(some: Columns, others: Columns) -> Columns:
    return {**some, **others}
