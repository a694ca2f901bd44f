"""How a worker is told to stop, by a signal or by the end of the process that started it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

_LOOK_AT_PARENT_S = 1.0


class Stop:
    """A wish to stop, told once and for good.

    parent: the process id of the one that started this process; when that is gone, it is time to
    stop. None: whoever started it does not matter.
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
        """Tell the wish; wakes everybody who waits."""
        self._asked = True
        self._wakes.put(None)

    def wait(self, seconds: float) -> None:
        """Wait that long, or until it is time to stop."""
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
