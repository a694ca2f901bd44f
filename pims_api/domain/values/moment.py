"""Moments of a catalogue: the number of a transaction, or a point in time.

Source: docs/core.md, Moments.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    _DAY.pattern + r"T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the two. at: microseconds since 1970."""

    transaction: int | None = None
    at: int | None = None


def read_time(text: str) -> int:
    """Return a date (its 00:00 UTC) or an ISO 8601 time with zone as microseconds since 1970.

    Raises ValueError for what is neither.

    >>> read_time("1970-01-02"), read_time("1970-01-01T01:00:00.5+01:00")
    (86400000000, 500000)
    """
    if _DAY.fullmatch(text):
        text += "T00:00Z"
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return (datetime.fromisoformat(text) - _EPOCH) // _US
