"""Times of the clock at which something is due, by five fields of cron, in UTC.

Source: docs/export-jobs.md, Schedules.
"""

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

SCHEDULE_LENGTH_MAX = 100
_MICROSECONDS = 1_000_000


class BadSchedule(ValueError):
    """A text that is no schedule. Its message says what one is."""


def next_time(schedule: str, after: int) -> int:
    """Return when a schedule is due next, in microseconds since 1970. Raises BadSchedule.

    >>> next_time("30 2 * * *", 0) // 1_000_000
    9000
    """
    if len(schedule) > SCHEDULE_LENGTH_MAX or len(schedule.split()) != 5:
        raise BadSchedule("A schedule has five fields, such as `30 2 * * 1-5`, in UTC!")
    begin = datetime.fromtimestamp(after / _MICROSECONDS, UTC)
    try:
        found = next(CronSim(schedule, begin))
    except CronSimError as error:
        raise BadSchedule(f"This is no schedule such as `30 2 * * 1-5`: {error}!") from None
    except StopIteration:
        raise BadSchedule("This time never comes!") from None
    return int(found.timestamp()) * _MICROSECONDS
