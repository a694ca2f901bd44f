"""Dates and times of a sheet: numbers of days since an epoch, told apart by the cell's format."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

# Excel counts a 29 February 1900 that never was; from 1 March on, this is the day before day 1.
_EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 # a sheet knows no time zones
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_FIRST_OF_MARCH_1900 = 61
_DAYS_MAX = 2_958_466  # 1 January 10000
_DAY_MS = 86_400_000


def moment_text(token: str, *, since_1904: bool) -> str:
    """Return a date as YYYY-MM-DD, with a time as YYYY-MM-DDTHH:MM:SS, a mere time as HH:MM:SS.

    Raises ValueError when the number is no date.

    >>> moment_text("45292", since_1904=False), moment_text("45292.5", since_1904=False)
    ('2024-01-01', '2024-01-01T12:00:00')
    """
    days, milliseconds = divmod(_milliseconds(token), _DAY_MS)
    if days == 0 and not since_1904:
        return _clock(milliseconds)
    epoch = _EPOCH_1904 if since_1904 else _EPOCH_1900
    if not since_1904 and days < _FIRST_OF_MARCH_1900:
        if days == _FIRST_OF_MARCH_1900 - 1:
            raise ValueError(token)
        days += 1
    date = (epoch + timedelta(days=days)).date().isoformat()
    return f"{date}T{_clock(milliseconds)}" if milliseconds else date


def duration_text(token: str) -> str:
    """Return hours, minutes and seconds as H:MM:SS. Raises ValueError when it is no number."""
    hours, rest = divmod(_milliseconds(token), 3_600_000)
    return f"{hours}{_clock(rest)[2:]}"


def _milliseconds(token: str) -> int:
    try:
        days = Decimal(token)
        if 0 <= days < _DAYS_MAX:
            return int((days * _DAY_MS).to_integral_value())
    except InvalidOperation:
        pass
    raise ValueError(token)


def _clock(milliseconds: int) -> str:
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return f"{text}.{milliseconds:03}" if milliseconds else text
