"""The columns of blocks as a process last read them, each for as long as its block's clock stands.

Another process may change a block at any time, and this one learns of it by the clock that it
reads in the same snapshot as everything else. Only what readers saw is kept: what a writer sees
may never be committed.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from pims_api.storage.catalogue_index.block_columns import Columns

WEIGHT_MAX = 64 * 1024 * 1024  # bytes, about: the blocks of a million products with 20 attributes


@dataclass(frozen=True, slots=True)
class _Kept:
    clock: int
    columns: Columns = field(default_factory=dict)

    @property
    def weight(self) -> int:
        return sum(one.weight for one in self.columns.values())


class BlockCache:
    """Columns by tenant and block; with too many, those not asked for longest go first."""

    def __init__(self, weight_max: int = WEIGHT_MAX) -> None:
        self._weight_max = weight_max
        self._kept: OrderedDict[tuple[int, int], _Kept] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, tenant_id: int, clocks: Mapping[int, int]) -> dict[int, Columns]:
        """Return the columns that are known of some blocks, at the clocks that these have."""
        with self._lock:
            return {block: self._get((tenant_id, block), clock) for block, clock in clocks.items()}

    def put(self, tenant_id: int, block: int, clock: int, columns: Columns) -> None:
        """Keep columns beside those of the same clock, unless newer ones are there."""
        with self._lock:
            before = self._kept.get((tenant_id, block), _Kept(clock))
            if before.clock > clock:
                return
            same = before.columns if before.clock == clock else {}
            after = _Kept(clock, {**same, **columns})
            self._kept[tenant_id, block] = after
            self._kept.move_to_end((tenant_id, block))
            self._weight += after.weight - before.weight
            while self._weight > self._weight_max:
                _, oldest = self._kept.popitem(last=False)
                self._weight -= oldest.weight

    def _get(self, key: tuple[int, int], clock: int) -> Columns:
        found = self._kept.get(key)
        if found is None or found.clock != clock:
            return {}
        self._kept.move_to_end(key)
        return found.columns
