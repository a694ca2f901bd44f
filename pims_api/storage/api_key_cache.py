"""The keys that a process has seen working, and up to which change of its tenant's keys.

Every transaction reads its tenant's row anyway, and there the last change of a key is told. As long
as none has changed since, a key need not be looked up again; a withdrawn one stops at once.
"""

from dataclasses import dataclass
from typing import ClassVar

from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey, digest
from pims_api.settings import Settings


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key as it was after the write with the number `keys_changed`, and all writes since."""

    key: ApiKey
    keys_changed: int


class ApiKeyCache:
    """Keys by the digest of their text."""

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
        """How many keys are remembered."""
        return len(self._known)

    def of(self, text: str) -> KnownKey | None:
        """Return what is remembered of the key that this text is, unless it has expired."""
        known = self._known.get(digest(text))
        return known if known is not None and known.key.works_at(now_us()) else None

    def saw(self, text: str, key: ApiKey, keys_changed: int) -> None:
        """Remember a key that has just been found to work."""
        if len(self._known) >= self._keys_max:
            self._known.clear()
        self._known[digest(text)] = KnownKey(key, keys_changed)

    def forget(self) -> None:
        """Forget every key."""
        self._known.clear()
