"""The keys that a process has seen working within the last second.

A reader is spared the look-up; a writer too while it stands in line, but with its work, in the same
transaction, the key itself is asked for once more: nobody writes with a key that was withdrawn. A
process forgets them all when it changes a key itself, others notice within that second.

Source: docs/api/pims.md, Keys.
"""

import time

from pims_api.clock import now_us
from pims_api.domain.api_key import ApiKey, digest

KNOWN_S = 1.0
KEYS_MAX = 10_000  # remembered at a time


class KnownKeys:
    """Keys by the digest of their text, each with when it was last seen."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[ApiKey, float]] = {}

    def recent(self, text: str) -> ApiKey | None:
        """Return the key that this text was a moment ago, if it was asked for."""
        key, at = self._seen.get(digest(text), (None, 0.0))
        if key is None or time.monotonic() - at >= KNOWN_S or not key.works_at(now_us()):
            return None
        return key

    def saw(self, text: str, key: ApiKey) -> None:
        """Remember a key that has just been found to work."""
        if len(self._seen) >= KEYS_MAX:
            self._seen.clear()
        self._seen[digest(text)] = (key, time.monotonic())

    def forget(self) -> None:
        """Forget every key, for one of them has changed."""
        self._seen.clear()
