"""Products as lists show them, as JSON that a process made before.

What a list shows of a product follows from the state of the tenant and from what the caller sees.
So it holds good as long as the sequence that a reader finds in its snapshot is the same.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import NamedTuple

from pims_api.domain.access import Access

WEIGHT_MAX = 24 * 1024 * 1024  # bytes, about

_ENTRY_WEIGHT = 250  # bytes in memory, about, besides the JSON
_OWNER = "kept rows: owner"


class _Kept(NamedTuple):
    sequence: int
    row: bytes


class KeptRows:
    """Rows by who sees them and by product; with too many, those not asked for longest go first."""

    def __init__(self, weight_max: int = WEIGHT_MAX) -> None:
        self._weight_max = weight_max
        self._kept: OrderedDict[tuple[object, int], _Kept] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, access: Access, sequence: int, ids: Sequence[int]) -> dict[int, bytes]:
        """Return the rows of those products that are known at a sequence of the tenant."""
        owner, found = _owner(access), {}
        with self._lock:
            for number in ids:
                known = self._kept.get((owner, number))
                if known is not None and known.sequence == sequence:
                    found[number] = known.row
                    self._kept.move_to_end((owner, number))
        return found

    def put(self, access: Access, sequence: int, rows: Mapping[int, bytes]) -> None:
        """Keep rows, unless newer ones are there."""
        owner = _owner(access)
        with self._lock:
            for number, row in rows.items():
                before = self._kept.get((owner, number))
                if before is not None and before.sequence > sequence:
                    continue
                self._weight += len(row) - (len(before.row) if before else -_ENTRY_WEIGHT)
                self._kept[owner, number] = _Kept(sequence, row)
                self._kept.move_to_end((owner, number))
            while self._weight > self._weight_max:
                _, oldest = self._kept.popitem(last=False)
                self._weight -= len(oldest.row) + _ENTRY_WEIGHT


def _owner(access: Access) -> object:
    """Return what stands for an access: made once for each View, locale and definition version."""
    return access.derived.setdefault(_OWNER, object())
