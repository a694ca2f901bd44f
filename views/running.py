"""Authentication, permissions and transactions of an action, the same for every face.

A face brings its `Credentials`, which authenticate its callers, and handlers that run in the
transaction opened here.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from pims_api.deadline import Work, ending_within
from pims_api.domain.access.access import Access
from pims_api.domain.access.permission import NotPermitted, Permission
from pims_api.domain.definition import Definition
from pims_api.errors import Fault, PimsError
from pims_api.services.keys.authentication import Prefetch
from pims_api.services.transactions.answered_once import Once, answer_once
from pims_api.storage.database import Database
from pims_api.storage.engine.statement import Asked
from pims_api.storage.history.changes import NO_NOTE, Actor, Note
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work

Body = Mapping[str, Any]
Reply = dict[str, Any]


class PartlyDone(dict[str, Any]):
    """A reply about several things of which some were refused: HTTP status 207."""


class NothingYet(dict[str, Any]):
    """A reply that may come later: its caller waits so many seconds for something to tell."""

    def __init__(self, reply: Reply, seconds: float) -> None:
        super().__init__(reply)
        self.seconds = seconds


class Caller(Protocol):
    """Who is asking: the holder of a key, a user."""

    @property
    def tenant_id(self) -> int:
        """The tenant whose data the caller works with."""

    @property
    def actor(self) -> Actor:
        """How history names the caller."""

    @property
    def warnings(self) -> list[Fault]:
        """What the caller should know about how the request was understood."""

    def may(self, permission: Permission) -> bool:
        """Return whether the caller is allowed to do that."""

    def access(self, definition: Definition) -> Access:
        """Return what the caller sees. Raises NotFound, Forbidden."""


Who = TypeVar("Who", bound=Caller)
Seen = TypeVar("Seen", bound=Snapshot)
Who_co = TypeVar("Who_co", bound=Caller, covariant=True)


class Credentials(Protocol[Who_co]):
    """The credentials of a request, not verified yet."""

    def remembered(self, database: Database) -> Who_co | None:
        """Return the caller that the process authenticated earlier; it may be out of date."""

    def snapshot(
        self, database: Database, prefetch: Prefetch
    ) -> AbstractContextManager[tuple[Who_co, Snapshot]]:
        """Open a read transaction for the caller. Raises Unauthorized."""

    def caller_in(self, database: Database, snapshot: Snapshot) -> Who_co:
        """Authenticate the caller in an open transaction. Raises Unauthorized."""


Prefetches = Callable[[Body, int], Sequence[Asked]]
"""From a body and a tenant's id to the statements to prefetch."""


def nothing(*_: Any) -> Sequence[Asked]:
    """Prefetch nothing."""
    return ()


@contextmanager
def reading_as(
    database: Database,
    credentials: Credentials[Who],
    permission: Permission | None,
    prefetch: Prefetch = nothing,
) -> Iterator[tuple[Who, Snapshot]]:
    """Open a read transaction for a caller with a permission. Raises Unauthorized, NotPermitted.

    permission: None: every caller may. The access is compiled at once, so that a refusal of it
    precedes all work. Raises TooSlow past the deadline, and when too many others are slow.
    """
    deadline = ending_within(database.settings.read_deadline_s, places=database.slow_places)
    with deadline, credentials.snapshot(database, prefetch) as (caller, snapshot):
        permit(caller, permission)
        caller.access(snapshot.definition)
        yield caller, snapshot


@contextmanager
def writing_as(
    database: Database,
    credentials: Credentials[Who],
    permission: Permission | None,
    *,
    pause_facets: bool = False,
    group_commit: bool = False,
    prefetch: Prefetch = nothing,
) -> Iterator[tuple[Who, UnitOfWork]]:
    """Open a write transaction for a caller with a permission. Raises Unauthorized, NotPermitted.

    Waiting for the lock is part of the deadline. Raises TooSlow when it is over.

    The caller is authenticated twice: before the write lock, so that strangers never queue for it,
    and while it is held, because the key may have been withdrawn meanwhile. pause_facets,
    group_commit: see `unit_of_work`.
    """
    with ending_within(database.settings.write_deadline_s, Work.WRITING):
        caller = admit(database, credentials, permission)
        with unit_of_work(
            database,
            caller.tenant_id,
            caller.actor,
            pause_facets=pause_facets,
            group_commit=group_commit,
            prefetched=prefetch(caller.tenant_id),
        ) as work:
            caller = credentials.caller_in(database, work)
            permit(caller, permission)
            caller.access(work.definition)
            yield caller, work


def admit(database: Database, credentials: Credentials[Who], permission: Permission | None) -> Who:
    """Authenticate the caller before it queues for the write lock.

    A remembered caller is enough: it is authenticated again under the lock. Raises Unauthorized,
    NotPermitted.
    """
    known = remembered(database, credentials)
    if known is not None and (permission is None or known.may(permission)):
        return known
    with reading_as(database, credentials, permission) as (caller, _):
        return caller


def remembered(database: Database, credentials: Credentials[Who]) -> Who | None:
    """Return the caller that the process authenticated earlier, if it would be let in now.

    One that would not may have been changed since: a transaction will tell.
    """
    try:
        return credentials.remembered(database)
    except PimsError:
        return None


def permit(caller: Caller, permission: Permission | None) -> None:
    """Raise NotPermitted when the caller lacks a permission; None: it needs none."""
    if permission is not None and not caller.may(permission):
        raise NotPermitted(permission)


def _never(_body: Body) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Reading(Generic[Who]):
    """An action that changes nothing. permission: None: every caller may."""

    permission: Permission | None
    handle: Callable[[Snapshot, Who, Body], Any]
    prefetches: Prefetches = nothing


@dataclass(frozen=True, slots=True)
class Writing(Generic[Who]):
    """An action that may change something.

    bodiless: whether the body may be left out. group_commit: whether the write is short. pauses:
    whether a body pauses the counting of facets. kept_of: from a reply to what is kept of it for a
    request with a name; None: all of it.
    """

    permission: Permission | None
    handle: Callable[[UnitOfWork, Who, Body], Any]
    bodiless: bool = False
    group_commit: bool = False
    pauses: Callable[[Body], bool] = _never
    prefetches: Prefetches = nothing
    kept_of: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """What a face reads of every body and tells of every write.

    note_of: from a body to the reason of the change. Raises BadInput. tell: from the transaction of
    a change, at its end, and the reply to what is told of both.
    """

    note_of: Callable[[Body], Note] = lambda _: NO_NOTE
    tell: Callable[[UnitOfWork, Any], Any] = lambda _, reply: reply


PLAIN = Telling()


def run(
    database: Database,
    credentials: Credentials[Who],
    action: Reading[Who] | Writing[Who],
    body: Body,
    telling: Telling = PLAIN,
    once: Once | None = None,
) -> Any:
    """Return the reply of an action, run in one transaction of its kind.

    once: the name of a request that writes; with one, an Answer is returned.
    """
    if isinstance(action, Reading):
        reply, place = _read(database, credentials, action, body)
        if isinstance(reply, NothingYet) and database.watch.wait(*place, reply.seconds):
            reply, _ = _read(database, credentials, action, body)
        return reply
    with writing_as(
        database,
        credentials,
        action.permission,
        pause_facets=action.pauses(body),
        group_commit=action.group_commit,
        prefetch=partial(action.prefetches, body),
    ) as (caller, work):
        note = telling.note_of(body)
        if note is not NO_NOTE:
            work.actor = replace(work.actor, note=note)
        if once is not None:
            act = partial(_told, telling, action, work, caller, body)
            return answer_once(work, once, act, action.kept_of)
        return _told(telling, action, work, caller, body)


def _told(telling: Telling, action: Writing[Who], work: UnitOfWork, caller: Who, body: Body) -> Any:
    """Return the reply of a writing action with what is told of its transaction."""
    return telling.tell(work, _handled(action.handle, work, caller, body))


def _read(
    database: Database, credentials: Credentials[Who], action: Reading[Who], body: Body
) -> tuple[Any, tuple[int, int]]:
    """Return the reply of a reading action, and the tenant and the last write that it saw."""
    prefetch = partial(action.prefetches, body)
    with reading_as(database, credentials, action.permission, prefetch) as (caller, snapshot):
        reply = _handled(action.handle, snapshot, caller, body)
        return reply, (snapshot.tenant_id, snapshot.sequence)


def _handled(handle: Callable[[Seen, Who, Body], Reply], seen: Seen, who: Who, body: Body) -> Reply:
    """Return the reply of an action. A refusal gets the warnings of the caller."""
    try:
        return handle(seen, who, body)
    except PimsError as refused:
        refused.warnings = (*_beside(who.warnings, refused.warnings), *refused.warnings)
        raise


def _beside(warnings: Iterable[Fault], others: Collection[Fault]) -> list[Fault]:
    """Return the warnings that are not among others.

    Of a body with very many unknown keys both are long and hold the same objects.
    """
    same = set(map(id, others))
    return [one for one in warnings if id(one) not in same and one not in others]
