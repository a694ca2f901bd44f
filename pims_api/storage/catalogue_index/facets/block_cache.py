"""A cache of the columns of blocks, each valid for one version of its block.

Another process may change a block at any time. A reader notices it by the block's version, which it
reads in its own snapshot. Only readers fill the cache: what a writer reads may never be committed.
"""

from collections.abc import Mapping

from pims_api.storage.catalogue_index.facets.block_columns import Columns
from pims_api.storage.engine.versioned_cache import VersionedCache


class BlockCache:
    """An LRU cache of columns by tenant and block, bounded by bytes."""

    def __init__(self, weight_max: int) -> None:
        self._cached: VersionedCache[tuple[int, int], Columns] = VersionedCache(_weight, weight_max)

    @property
    def size(self) -> int:
        """The number of bytes cached, about."""
        return self._cached.weight

    def get(self, tenant_id: int, versions: Mapping[int, int]) -> dict[int, Columns]:
        """Return the cached columns of some blocks at their versions."""
        known = self._cached.at(
            {(tenant_id, block): version for block, version in versions.items()}
        )
        return {block: known.get((tenant_id, block), {}) for block in versions}

    def put(self, tenant_id: int, block: int, version: int, columns: Columns) -> None:
        """Cache columns beside those of the same version, unless newer ones are there."""
        self._cached.put((tenant_id, block), version, columns, join=_together)


def _weight(columns: Columns) -> int:
    return sum(one.weight for one in columns.values())


def _together(some: Columns, others: Columns) -> Columns:
    return {**some, **others}
