"""Graceful shutdown of a worker, by a signal or when its parent process ends."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

_LOOK_AT_PARENT_S = 1.0


class Stop:
    """A flag that asks a worker to stop; once set it stays set.

    parent: the id of the parent process, whose end sets the flag too. None: no parent is watched.
    """

    def __init__(self, parent: int | None = None) -> None:
        self._parent = parent
        self._asked = False
        # A signal may come at any moment; putting into this queue is safe even then.
        self._wakes: SimpleQueue[None] = SimpleQueue()

    @property
    def asked(self) -> bool:
        return self._asked or (self._parent is not None and os.getppid() != self._parent)

    def ask(self) -> None:
        """Set the flag, and wake every thread that waits."""
        self._asked = True
        self._wakes.put(None)

    def wait(self, seconds: float) -> None:
        """Wait that long, or until the flag is set."""
        while seconds > 0 and not self.asked:
            step = min(seconds, _LOOK_AT_PARENT_S)
            try:
                self._wakes.get(timeout=step)
                self._wakes.put(None)  # there may be others who wait
            except Empty:
                seconds -= step


@contextmanager
def stopped_by_signals(stop: Stop) -> Iterator[None]:
    """Request the shutdown on SIGTERM and SIGINT while the block lasts."""
    signals = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(one, lambda *_: stop.ask()) for one in signals]
    try:
        yield
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)
