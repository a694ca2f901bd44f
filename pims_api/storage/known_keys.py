"""The keys that a process has seen working within the last second.

Only to let a caller stand in line: with its work, in the same transaction, the key itself is asked
for once more. So nobody writes with a key that was withdrawn, and writes that go well pay for one
look-up, not two.
"""

import time

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
        return key if time.monotonic() - at < KNOWN_S else None

    def saw(self, text: str, key: ApiKey) -> None:
        """Remember a key that has just been found to work."""
        if len(self._seen) >= KEYS_MAX:
            self._seen.clear()
        self._seen[digest(text)] = (key, time.monotonic())
