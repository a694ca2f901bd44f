"""Whether a key with a rate is let through now, over all processes and machines.

Each process takes a small share of a bucket at a time, at most a two-hundredth, and hands it out
without asking anybody. So a rate below 400 is exact, and a larger one is short by what other
processes have not handed out yet. An empty bucket is not asked again before it lets one through.

Source: docs/core.md, Limits of keys.
"""

from dataclasses import dataclass, field
from threading import Lock
from typing import ClassVar

from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.limits.rate import Rate
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.identity.rates.buckets import Buckets, buckets_of

PART = 200
"""The part of a rate that a process takes at a time is one of so many."""

_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """Whether a request is let through. left: how many more would be now.

    wait_s: seconds, at least 1, until there is one more.
    """

    rate: Rate
    is_given: bool
    left: int
    wait_s: int


@dataclass(slots=True)
class _Share:
    """What a process has of a bucket. full_at, empty_until: of the bucket, when it last asked."""

    rate: Rate
    tokens: int = 0
    full_at: int = 0
    empty_until: int = 0
    lock: Lock = field(default_factory=Lock)

    def allowance(self, now: int, *, is_given: bool) -> Allowance:
        left = self.tokens + self.rate.left(self.full_at, now)
        wait = -(-self.rate.wait_ns(self.full_at, now) // _SECOND_NS)
        return Allowance(self.rate, is_given, left, max(wait, 1))


class RateLimits:
    """The shares that this process has of the buckets of keys."""

    unit: ClassVar[str] = "keys"

    def __init__(self, keys_max: int) -> None:
        self._keys_max = keys_max
        self._shares: dict[tuple[int, int], _Share] = {}
        self._buckets: Buckets | None = None

    @classmethod
    def sized(cls, settings: Settings) -> "RateLimits":
        """Return one that has nothing of any bucket."""
        return cls(settings.key_cache_max)

    @property
    def size(self) -> int:
        """The number of keys with a rate that asked."""
        return len(self._shares)

    def take(self, database: Database, key: ApiKey, rate: Rate) -> Allowance:
        """Return whether one request of a key is let through, which then counts. Raises Busy."""
        share = self._share(key, rate)
        with share.lock:
            now = now_us() * 1_000
            if not share.tokens and not now < share.empty_until <= now + rate.period_ns:
                self._refill(database, share, key, now)
            is_given = share.tokens > 0
            share.tokens -= is_given
            return share.allowance(now, is_given=is_given)

    def look(self, key: ApiKey, rate: Rate) -> Allowance:
        """Return what is left for a key, as far as this process knows; nothing counts."""
        return self._share(key, rate).allowance(now_us() * 1_000, is_given=False)

    def _share(self, key: ApiKey, rate: Rate) -> _Share:
        place = (key.tenant_id, key.id)
        found = self._shares.get(place)
        if found is None or found.rate != rate:
            if len(self._shares) >= self._keys_max:
                self._shares.clear()
            found = self._shares[place] = _Share(rate)
        return found

    def _refill(self, database: Database, share: _Share, key: ApiKey, now: int) -> None:
        if self._buckets is None:
            self._buckets = buckets_of(database)
        taken = self._buckets.take(key, share.rate, now, max(1, share.rate.count // PART))
        share.tokens, share.full_at = taken.given, taken.full_at
        share.empty_until = 0 if taken.given else now + share.rate.wait_ns(taken.full_at, now)
