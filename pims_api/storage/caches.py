"""The caches of a process, by their class: one place that lists, measures and empties them."""

from threading import Lock
from typing import Any, ClassVar, Protocol, TypeVar

from pims_api.settings import Settings


class Cache(Protocol):
    """What a process keeps of what it read. `sized` makes one as large as the settings say."""

    unit: ClassVar[str]

    @classmethod
    def sized(cls, settings: Settings) -> "Cache":
        """Return an empty cache."""
        ...

    @property
    def size(self) -> int:
        """How full it is, in its unit."""
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
            with self._lock:  # two threads must not fill two of them
                found = self._made.setdefault(kind, kind.sized(self._settings))
        return found

    def put(self, cache: Cache) -> None:
        """Use this cache for its class from now on."""
        with self._lock:
            self._made[type(cache)] = cache

    def clear(self) -> None:
        """Forget everything; what was asked for before goes on with what it has."""
        with self._lock:
            self._made.clear()

    def sizes(self) -> dict[str, str]:
        """Return how full each cache is, by the name of its class."""
        return {kind.__name__: f"{one.size} {kind.unit}" for kind, one in self._made.items()}
