"""The deadline of a request, and how many slow requests a process runs at a time.

Whoever serves a request opens its deadline (`ending_within`). From then on every statement and
every loop whose length a caller can choose asks `check_deadline`, in the same thread.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from enum import Enum
from typing import TypeVar

from pims_api.errors import Busy

SLOW_AFTER_S = 1.0  # from here on a request takes one of the places for slow ones

Item = TypeVar("Item")


class Work(Enum):
    """The part of a request that takes long: what it is called, and what makes it cheaper."""

    REQUEST = ("the request as a whole", "Ask for less at once!")
    CONDITION = (
        "its condition",
        "Use fewer comparisons, above all fewer LIKE whose pattern begins with a wildcard!",
    )
    SEARCH = ("its search", "Search for fewer words, or for whole ones!")
    ORDER = ("its order", "Order by fewer attributes, or narrow down what is listed!")
    FACETS = ("the counts of its category filters", "Ask for a smaller category!")
    HISTORY = ("the history of the product", "Ask for the whole history, without a user, by pages!")
    CHANGES = ("the changes it asks for", "Ask for fewer at once, or with a simpler condition!")
    PRODUCTS = ("the products shown", "Ask for fewer products or fewer attributes!")
    WRITING = ("what it stores", "Send less at once, or leave it to a command or an import!")


class TooSlow(Busy):
    """What was asked for takes longer than a request may; nothing was stored."""

    retry_after_s = 30


class Deadline(AbstractContextManager[None]):
    """The time that a request has, while its block lasts. seconds: how much it is.

    work: what the request is at now. places: for slow requests; None: this one may be slow.
    next_look: by the monotonic clock; before it nothing is to be decided.
    """

    def __init__(self, seconds: float, work: Work, places: "SlowPlaces | None") -> None:
        self.seconds = seconds
        self.work = work
        self.next_look = self._end = 0.0
        self._places = places
        self._has_place = False
        self._refused: TooSlow | None = None

    def __enter__(self) -> None:
        now = time.monotonic()
        self._end = now + self.seconds
        self.next_look = now + min(self.seconds, SLOW_AFTER_S)
        _current.set(self)

    def __exit__(self, *_: object) -> None:
        _current.set(None)
        if self._places is not None and self._has_place:
            self._places.give_back()

    def left_s(self) -> float:
        """Return the seconds that are left, below 0 when it is over."""
        return self._end - time.monotonic()

    def refusal(self) -> TooSlow | None:
        """Return why the request must end now, or None; it takes a place when it is slow.

        What was refused once stays so.
        """
        now = time.monotonic()
        if self._refused is None and now >= self.next_look:
            if now >= self._end:
                self._refused = self.overdue()
            elif not self._take_place():
                self._refused = self._crowded()
        return self._refused

    def expect(self, seconds: float) -> None:
        """Refuse work that takes these seconds, where the time or the places do not allow it."""
        if seconds > self.left_s():
            self._refused = self.overdue()
        elif seconds > SLOW_AFTER_S and not self._take_place():
            self._refused = self._crowded()
        if self._refused is not None:
            self.next_look = 0.0

    def _take_place(self) -> bool:
        """Take one of the places for slow requests. Return whether the request has one."""
        if not self._has_place:
            self._has_place = self._places is None or self._places.take()
        if self._has_place:
            self.next_look = self._end
        return self._has_place

    def overdue(self) -> TooSlow:
        """Return the refusal of a request that has used up its time."""
        what, advice = self.work.value
        return TooSlow(
            f"The request takes longer than {self.seconds:g} seconds, above all for {what}; "
            f"nothing was stored. {advice}"
        )

    def _crowded(self) -> TooSlow:
        """Return the refusal of a slow request while enough others are under way."""
        what, advice = self.work.value
        return TooSlow(
            f"The request is slow, at the moment for {what}, and the server answers as many slow "
            f"requests as it may; nothing was stored. Try again later. {advice}"
        )


class SlowPlaces:
    """The places for slow requests of a process, so that others are answered meanwhile."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    def take(self) -> bool:
        """Take a place, if one is free. Return whether it was."""
        return self._free.acquire(blocking=False)

    def give_back(self) -> None:
        """Free a place that was taken."""
        self._free.release()


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)
_WITHIN = nullcontext()  # what is part of a request changes nothing about its deadline


def ending_within(
    seconds: float, work: Work = Work.REQUEST, places: SlowPlaces | None = None
) -> AbstractContextManager[None]:
    """Give a block a deadline, unless it is part of one that has a deadline already.

    places: for slow requests; None: the block may be slow.
    """
    return _WITHIN if _current.get() is not None else Deadline(seconds, work, places)


@contextmanager
def without_deadline() -> Iterator[None]:
    """Lift the deadline for the block: for what reads a whole catalogue."""
    outer = _current.get()
    _current.set(None)
    try:
        yield
    finally:
        _current.set(outer)


def current_deadline() -> Deadline | None:
    """Return the deadline of the request under way, if it has one."""
    return _current.get()


def check_deadline() -> None:
    """Raise TooSlow when the request under way must end."""
    deadline = _current.get()
    if deadline is not None and time.monotonic() >= deadline.next_look:
        refusal = deadline.refusal()
        if refusal is not None:
            raise refusal


def expect_s(seconds: float) -> None:
    """Raise TooSlow when work that takes these seconds cannot be done in the time that is left.

    Work that takes long gets one of the places for slow requests before it begins.
    """
    deadline = _current.get()
    if deadline is not None:
        deadline.expect(seconds)
        check_deadline()


def checking_deadline(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the same items. Raises TooSlow between two of them when the request must end."""
    deadline = _current.get()
    for one in items:
        if deadline is not None and time.monotonic() >= deadline.next_look:
            check_deadline()
        yield one


def must_end() -> bool:
    """Return whether the request under way must end."""
    deadline = _current.get()
    return deadline is not None and deadline.refusal() is not None


def working_on(work: Work) -> None:
    """Say what the request under way is at, for its refusal."""
    deadline = _current.get()
    if deadline is not None:
        deadline.work = work


def wait_at_most(seconds: float) -> float:
    """Return how many seconds the request under way may wait for something, at most these."""
    deadline = _current.get()
    return seconds if deadline is None else max(0.0, min(seconds, deadline.left_s()))
