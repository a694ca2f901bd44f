"""The only place that asks the time."""

import time


def now_us() -> int:
    """Return microseconds since 1970, UTC."""
    return time.time_ns() // 1_000
