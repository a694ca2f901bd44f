"""Moments of a catalogue: the number of a transaction, or a point in time.

Source: docs/core.md, Moments.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    _DAY.pattern + r"T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.([0-9]{1,6}))?)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_US_DIGITS = 6  # of a second


@dataclass(frozen=True, slots=True)
class Moment:
    """The number of a transaction, or the first and the last microsecond since 1970 of a time."""

    transaction: int | None = None
    first: int | None = None
    last: int | None = None


def read_time(text: str) -> Moment:
    """Return a date (its 00:00 UTC) or an ISO 8601 time with zone as a moment.

    It is as long as it is written exactly: a whole second, or a part of one. A fraction of zeros
    counts as none, because programs add one to the seconds that dates are told in. Raises
    ValueError for what is neither a date nor a time.

    >>> read_time("1970-01-02")
    Moment(transaction=None, first=86400000000, last=86400999999)
    >>> read_time("1970-01-01T01:00:00.25+01:00")
    Moment(transaction=None, first=250000, last=259999)
    """
    if _DAY.fullmatch(text):
        text += "T00:00Z"
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    fraction = found[1] or ""
    digits = len(fraction) if fraction.strip("0") else 0
    first = (datetime.fromisoformat(text) - _EPOCH) // _US
    return Moment(first=first, last=first + 10 ** (_US_DIGITS - digits) - 1)
