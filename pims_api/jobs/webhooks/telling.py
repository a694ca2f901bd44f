"""What a webhook is told, as the face of its maker says it: the bodies, not how they are sent."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pims_api.domain.outlets.outlet import Outlet
from pims_api.domain.outlets.webhook import Delivery, FeedPlace
from pims_api.storage.snapshot import Snapshot

BODY_BYTES_MAX = 64 * 1024
TELLING_MODULE = "views.jobs.webhooks"


@dataclass(frozen=True, slots=True)
class Message:
    """An event that is to be told. after: how far the webhook was told once it is."""

    delivery: Delivery
    body: bytes
    after: FeedPlace


@dataclass(frozen=True, slots=True)
class Batch:
    """The next events. end: how far the webhook was told after them, and what it did not want.

    more: whether there may be more by now.
    """

    messages: Sequence[Message]
    end: FeedPlace
    more: bool = False


class Telling(Protocol):
    """What tells events in the words of a face."""

    def batch(self, seen: Snapshot, one: Outlet, place: FeedPlace, size: int) -> Batch:
        """Return the events of the next changes, at most so many, that a webhook wants.

        Raises Forbidden when its maker may not see them any more.
        """

    def body(self, seen: Snapshot, one: Outlet, asked: Delivery) -> bytes | None:
        """Return the body of a delivery that somebody asked for; None: there is nothing to tell.

        Raises Forbidden.
        """


class NamedTelling:
    """What tells webhooks in the words of their face, which the core knows by name alone.

    It is imported when there is something to tell.
    """

    def batch(self, seen: Snapshot, one: Outlet, place: FeedPlace, size: int) -> Batch:
        """Return the next events of a webhook. Raises Forbidden."""
        return _load().batch(seen, one, place, size)

    def body(self, seen: Snapshot, one: Outlet, asked: Delivery) -> bytes | None:
        """Return the body of a delivery that somebody asked for. Raises Forbidden."""
        return _load().body(seen, one, asked)


def _load() -> Telling:
    telling: Telling = importlib.import_module(TELLING_MODULE).TELLING
    return telling
