"""Rates: how often a key may ask. A bucket of so many requests that fills evenly.

The state of a bucket is one time, when it will be full again: every request moves it on by the time
that one request needs to be refilled (GCRA, the generic cell rate algorithm). What is refused moves
nothing.

Source: docs/core.md, Limits of keys.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

COUNT_MAX = 100_000
UNITS = {"s": 1, "m": 60, "h": 3_600}  # seconds

_RATE = re.compile(r"([1-9][0-9]{0,5})/([smh])")
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests at once and in each period. unit: s, m or h."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count}/{self.unit}"

    @property
    def seconds(self) -> int:
        """The period."""
        return UNITS[self.unit]

    @property
    def period_ns(self) -> int:
        """The period in nanoseconds."""
        return self.seconds * _SECOND_NS

    @property
    def each_ns(self) -> int:
        """The nanoseconds after which one more request is let through."""
        return self.period_ns // self.count

    def take(self, full_at: int, now: int, wanted: int = 1) -> "Taken":
        """Return how many of some wanted requests a bucket lets through, and its new state.

        full_at: when it is full, as of the last time; 0 for a new one. now: the present time. Both
        are in nanoseconds. A state later than an empty bucket has is that of another rate or clock.
        """
        since = self._full_at(full_at, now)
        given = min(wanted, (now + self.period_ns - since) // self.each_ns)
        return Taken(given, since + given * self.each_ns)

    def left(self, full_at: int, now: int) -> int:
        """Return how many requests a bucket lets through at once at a time."""
        return self.take(full_at, now, self.count).given

    def wait_ns(self, full_at: int, now: int) -> int:
        """Return the nanoseconds until a bucket lets one more through than it does at a time."""
        needed = (self.left(full_at, now) + 1) * self.each_ns
        return self._full_at(full_at, now) + needed - self.period_ns - now

    def _full_at(self, full_at: int, now: int) -> int:
        return min(max(full_at, now), now + self.period_ns)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a bucket let through. full_at: when it will be full again."""

    given: int
    full_at: int


@lru_cache(maxsize=1_024)
def read_rate(text: str) -> Rate:
    """Return the rate of a text. Raises ValueError.

    >>> read_rate("50/s").seconds, read_rate("3/m").each_ns
    (1, 20000000000)
    """
    found = _RATE.fullmatch(text)
    if found is None or int(found[1]) > COUNT_MAX:
        raise ValueError(f"a number from 1 to {COUNT_MAX}, a slash and s, m or h, such as 50/s")
    return Rate(int(found[1]), found[2])
