"""An end to connections on which nothing moves, for clients that would wait much longer."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LOOKS = 10  # in the time that silence may last


@contextmanager
def patience(seconds: float, give_up: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Call `give_up` in a thread of its own when that many seconds pass without a step.

    Yields what is called at each step.
    """
    over = threading.Event()
    moved = [time.monotonic()]

    def watch() -> None:
        while not over.wait(seconds / _LOOKS):
            if time.monotonic() - moved[0] > seconds:
                give_up()
                return

    def step() -> None:
        moved[0] = time.monotonic()

    thread = threading.Thread(target=watch, name="patience", daemon=True)
    thread.start()
    try:
        yield step
    finally:
        over.set()
        thread.join()
