"""Requests with names: each is done once, and answered again as it was.

What is kept is stored in the transaction of the write, whose turn other requests of the tenant
wait for: so two of one name at the same time are one after the other.

Source: docs/core.md, Names of requests.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pims_api.errors import NameReused
from pims_api.storage.identity.kept_replies import KeptReply, Named
from pims_api.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered. replayed: whether it was kept."""

    status: int
    body: bytes
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Once:
    """The name of a request.

    digest: of all that makes the request what it is. render: from a reply to the answer.
    """

    name: str
    digest: bytes
    render: Callable[[Any], Answer]


def answer_once(
    work: UnitOfWork,
    once: Once,
    act: Callable[[], Any],
    kept_of: Callable[[Any], Any] | None = None,
) -> Answer:
    """Return what is kept for a request, or else the answer of its reply, which is kept then.

    kept_of: from the reply to what is kept of it; None: all of it. Raises NameReused where another
    request has the name, and what the action does: then nothing is kept, nor of a dry run.
    """
    known = work.kept_replies(Named.REQUEST, [once.name]).get(once.name)
    if known is not None:
        if known.digest != once.digest:
            raise NameReused
        return Answer(known.status, known.reply, replayed=True)
    with without_traces(work):
        reply = act()
    answer = once.render(reply)
    kept = answer if kept_of is None else once.render(kept_of(reply))
    work.keep([KeptReply(Named.REQUEST, once.name, once.digest, kept.body, kept.status)])
    return answer


@contextmanager
def without_traces(work: UnitOfWork) -> Iterator[None]:
    """Roll back what the block wrote unless it stays, so that replies can be kept alone."""
    with work.attempt() as savepoint:
        yield
        if not work.stores():
            savepoint.rollback()
