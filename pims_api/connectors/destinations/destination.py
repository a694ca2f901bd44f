"""What every destination of files does, whatever is behind it."""

from dataclasses import dataclass
from typing import BinaryIO, Protocol

CONNECT_S = 15.0
"""Seconds until a connection must be made."""

ANSWER_S = 120.0
"""Seconds until the other side must have taken a part of a file."""


class DeliveryFailed(Exception):
    """The file did not arrive, and nothing of it is there. Its text may be shown to the caller."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file that is to arrive. path: where. content_type: a media type, for those that keep one.

    size: bytes. id: of the run that made it; a receiver may know by it what it has already.
    """

    path: str
    file: BinaryIO
    size: int
    content_type: str
    id: str


class Destination(Protocol):
    """A place for files that somebody else keeps."""

    def put(self, parcel: Parcel) -> None:
        """Store a file: it is there whole when this returns, or not at all.

        Raises DeliveryFailed.
        """


def missing_extra(name: str) -> DeliveryFailed:
    """Return the refusal of an installation that lacks a library."""
    return DeliveryFailed(
        f"This installation lacks the library for it: pip install 'pims-api[{name}]' adds it."
    )
