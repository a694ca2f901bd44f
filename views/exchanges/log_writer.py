"""The log of a process: a thread of its own writes the lines, a quarter of a second later.

Lines are made and written many at once. One at a time, between the work of requests, each would
take three times as long, and its request would wait for it; and to wake the thread costs as much as
a request, so it is done seldom.
"""

import atexit
import os
import select
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Lock, Thread

from views.exchanges.log_line import LineOf, LogLine

GATHER_S = 0.25  # from the first line that waits until all that wait are written
WAITING_MAX = 10_000  # lines; where nobody reads the log, the oldest are lost

_PIPE_CHARACTERS = 4_096  # what a pipe takes without a wait, once it says that it takes anything
_LINE_CHARACTERS = 2_048  # hardly a line is longer


class LogWriter:
    """Takes what the log says of requests, and writes it. line_of: makes the lines."""

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._waiting: deque[LogLine] = deque(maxlen=WAITING_MAX)
        self._is_awake, self._starting = Event(), Lock()
        self._thread: Thread | None = None
        self._process = 0  # that of the thread, which outlives no fork

    def add(self, line: LogLine) -> None:
        """Have a line written soon, and at the latest when the process ends."""
        self._waiting.append(line)
        if not self._is_awake.is_set() or self._process != os.getpid():
            self._wake()

    @property
    def waiting(self) -> int:
        """The number of lines that are not written yet."""
        return len(self._waiting)

    def write(self) -> None:
        """Write the lines that wait, as far as somebody takes them."""
        with suppress(OSError, ValueError):  # nobody reads the log: no reason to fail
            while self._waiting and _takes_more():
                sys.stderr.write("".join(self._next()))

    def _next(self) -> Iterator[str]:
        """Take lines out, as many as are written at once."""
        size = 0
        with suppress(IndexError):  # another thread was quicker
            while size < _PIPE_CHARACTERS - _LINE_CHARACTERS:
                line = self._line_of(self._waiting.popleft())
                size += len(line)
                yield line

    def _has_thread(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _wake(self) -> None:
        with self._starting:
            self._is_awake.set()
            if not self._has_thread():
                self._thread = Thread(target=self._go_on, name="log", daemon=True)
                self._thread.start()
                atexit.register(self.write)
            self._process = os.getpid()

    def _go_on(self) -> None:
        while True:
            self._is_awake.wait()
            time.sleep(GATHER_S)
            self._is_awake.clear()  # before the lines are taken, so that none is forgotten
            self.write()


def _takes_more() -> bool:
    """Return whether standard error takes more at once; a full pipe would stop whoever writes."""
    try:
        number = sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        return True  # it is no file
    poll = select.poll()
    poll.register(number, select.POLLOUT)
    return bool(poll.poll(0))
