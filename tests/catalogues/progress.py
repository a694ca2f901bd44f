"""How far a load is: writes done, their rate, and the warnings that came back."""

import sys
import threading
import time
from collections import Counter
from typing import Any, TextIO

Json = dict[str, Any]

INTERVAL_SECONDS = 1.0


class Progress:
    """Counts replies, from any thread. to: where a line per second goes; None: nowhere."""

    def __init__(self, total: int, to: TextIO | None = None) -> None:
        self.total = total
        self.done = 0
        self.warnings: Counter[str] = Counter()
        self._to = to
        self._lock = threading.Lock()
        self._started = self._told = time.monotonic()

    def count(self, reply: Json) -> None:
        """Count one write and the codes of its warnings."""
        with self._lock:
            self.done += 1
            self.warnings.update(one["code"] for one in reply.get("warnings", ()))
            now = time.monotonic()
            if now - self._told >= INTERVAL_SECONDS:
                self._told = now
                self._tell("\r")

    def finish(self) -> None:
        """Write the last line."""
        self._tell("\n")

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def _tell(self, end: str) -> None:
        if self._to is not None:
            rate = self.done / max(self.seconds, 0.001)
            self._to.write(f"{self.done:,} of {self.total:,} writes, {rate:,.0f}/s{end}")
            self._to.flush()


def on_terminal(total: int) -> Progress:
    """Return a progress that is shown on the error output."""
    return Progress(total, sys.stderr)
