"""An LRU cache whose entries have a version.

Another process may change anything at any time. So a reader compares the version of an entry with
one that it read in its own snapshot: a block version, or the sequence of the tenant.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class _Cached(NamedTuple, Generic[V]):
    version: int
    value: V
    weight: int


class VersionedCache(Generic[K, V]):
    """Values by key, bounded by weight and number; the least recently used ones go first.

    weigh: the weight of a value, in the unit of weight_max. entries_max: None for any number.
    """

    def __init__(
        self, weigh: Callable[[V], int], weight_max: int, entries_max: int | None = None
    ) -> None:
        self._weigh = weigh
        self._weight_max = weight_max
        self._entries_max = entries_max
        self._cached: OrderedDict[K, _Cached[V]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def last(self, key: K) -> V | None:
        """Return the value of a key, whatever its version."""
        with self._lock:
            found = self._cached.get(key)
            if found is None:
                return None
            self._cached.move_to_end(key)
            return found.value

    def at(self, versions: Mapping[K, int]) -> dict[K, V]:
        """Return the values of those keys that have exactly the given version."""
        known: dict[K, V] = {}
        with self._lock:
            for key, version in versions.items():
                found = self._cached.get(key)
                if found is not None and found.version == version:
                    self._cached.move_to_end(key)
                    known[key] = found.value
        return known

    def put(self, key: K, version: int, value: V, join: Callable[[V, V], V] | None = None) -> None:
        """Store a value, unless a newer version is there.

        join: makes one of two values of the same version, the earlier first; None: the later wins.
        """
        with self._lock:
            before = self._cached.get(key)
            if before is not None:
                if before.version > version:
                    return
                if join is not None and before.version == version:
                    value = join(before.value, value)
                self._weight -= before.weight
                del self._cached[key]
            weight = self._weigh(value)
            if weight <= self._weight_max:  # a heavier one would evict all the others
                self._cached[key] = _Cached(version, value, weight)
                self._weight += weight
                self._evict()

    @property
    def weight(self) -> int:
        """The weight of all values together."""
        return self._weight

    def _evict(self) -> None:
        while self._weight > self._weight_max or self._is_full:
            _, oldest = self._cached.popitem(last=False)
            self._weight -= oldest.weight

    @property
    def _is_full(self) -> bool:
        return self._entries_max is not None and len(self._cached) > self._entries_max
