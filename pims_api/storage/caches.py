"""The caches of a process, by their class: one place that lists, measures and empties them."""

from threading import Lock
from typing import Any, ClassVar, Protocol, TypeVar

from pims_api.settings import Settings


class Cache(Protocol):
    """A cache of a process. unit: what `size` counts."""

    unit: ClassVar[str]

    @classmethod
    def sized(cls, settings: Settings) -> "Cache":
        """Return an empty cache, as large as the settings say."""
        ...

    @property
    def size(self) -> int:
        """How full the cache is, in its unit."""
        ...


C = TypeVar("C", bound=Cache)


class Caches:
    """One cache of each class, made when it is first asked for."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._made: dict[type[Any], Any] = {}
        self._lock = Lock()

    def of(self, kind: type[C]) -> C:
        """Return the cache of a class."""
        found: C | None = self._made.get(kind)
        if found is None:
            with self._lock:  # two threads must not make one each
                found = self._made.setdefault(kind, kind.sized(self._settings))
        return found

    def put(self, cache: Cache) -> None:
        """Use this cache as the one of its class."""
        with self._lock:
            self._made[type(cache)] = cache

    def clear(self) -> None:
        """Drop all caches; transactions that hold one go on with it."""
        with self._lock:
            self._made.clear()

    def sizes(self) -> dict[str, str]:
        """Return how full each cache is, by the name of its class."""
        return {kind.__name__: f"{one.size} {kind.unit}" for kind, one in self._made.items()}
