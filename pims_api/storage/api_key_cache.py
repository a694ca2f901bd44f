"""A cache of API keys that worked, each with the tenant's last change of any key at that time.

Every transaction reads its tenant's row anyway, and `keys_changed` there is the sequence of the
last write that changed a key. As long as it is the same, a cached key need not be looked up again;
a revoked one stops working at once.
"""

from dataclasses import dataclass
from typing import ClassVar

from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey, digest
from pims_api.settings import Settings


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key, valid as long as the tenant's `keys_changed` is this one."""

    key: ApiKey
    keys_changed: int


class ApiKeyCache:
    """API keys by the digest of their text."""

    unit: ClassVar[str] = "keys"

    def __init__(self, keys_max: int) -> None:
        self._keys_max = keys_max
        self._known: dict[str, KnownKey] = {}

    @classmethod
    def sized(cls, settings: Settings) -> "ApiKeyCache":
        """Return an empty cache."""
        return cls(settings.key_cache_max)

    @property
    def size(self) -> int:
        """The number of keys cached."""
        return len(self._known)

    def of(self, text: str) -> KnownKey | None:
        """Return the cached key with this text, unless it has expired."""
        known = self._known.get(digest(text))
        return known if known is not None and known.key.works_at(now_us()) else None

    def saw(self, text: str, key: ApiKey, keys_changed: int) -> KnownKey:
        """Cache a key that has just been found to work, and return it."""
        if len(self._known) >= self._keys_max:
            self._known.clear()
        known = self._known[digest(text)] = KnownKey(key, keys_changed)
        return known

    def forget(self) -> None:
        """Empty the cache."""
        self._known.clear()
