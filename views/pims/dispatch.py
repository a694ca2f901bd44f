"""How an action runs: who may, in which transaction, with which reply."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from pims_api.domain.access.permission import NotPermitted, Permission
from pims_api.domain.suggestion import nearest
from pims_api.domain.values.value import read_boolean
from pims_api.errors import Fault, UnknownAction
from pims_api.storage.database import Database
from pims_api.storage.engine.statement import Asked
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork, unit_of_work
from views.caller import Caller, Credentials, caller_snapshot, key_now

Body = Mapping[str, Any]
Reply = dict[str, Any]


class PartlyDone(dict[str, Any]):
    """A reply about several things of which some were refused: HTTP status 207."""


Foresees = Callable[[Body, int], Sequence[Asked]]
ReadHandler = Callable[[Snapshot, Caller, Body], Reply]
WriteHandler = Callable[[UnitOfWork, Caller, Body], Reply]


def _nothing(_body: Body, _tenant_id: int) -> Sequence[Asked]:
    return ()


@dataclass(frozen=True, slots=True)
class Reading:
    """An action that changes nothing. permission: None: every key may.

    foresees: from a tenant and a body to what will be asked first, which then travels along.
    """

    permission: Permission | None
    handle: ReadHandler
    prefetches: Foresees = _nothing


@dataclass(frozen=True, slots=True)
class Writing:
    """An action that may change something.

    pausable: whether it heeds pauseReIndexing. bodiless: whether the body may be left out. brief:
    whether it writes few rows. foresees: as of `Reading`.
    """

    permission: Permission | None
    handle: WriteHandler
    pausable: bool = False
    bodiless: bool = False
    group_commit: bool = False
    prefetches: Foresees = _nothing


Action = Reading | Writing
Actions = Mapping[str, Action]


def choose(actions: Actions, body: Body) -> Action:
    """Return the action that a body names. Raises UnknownAction with the known ones."""
    name = body.get("action")
    action = actions.get(name) if isinstance(name, str) else None
    if action is None:
        known = list(actions)
        hint = nearest(name[:64], known) if isinstance(name, str) else None
        message = f"Unknown action! Known ones: {', '.join(known)}."
        fault = Fault(UnknownAction.code, message, None, "/action", None, known, hint)
        raise UnknownAction(faults=[fault])
    return action


def run(database: Database, sent: Credentials, action: Action, body: Body) -> Reply:
    """Run an action in one transaction of its kind, as the holder of the key.

    A write asks for the key twice: before it takes its turn, so that strangers never wait in the
    line, and when its turn has come, for by then the key may have been withdrawn. The first time,
    having seen the key work before is enough.
    """
    if isinstance(action, Reading):
        prefetch = partial(action.prefetches, body)
        with caller_snapshot(database, sent, prefetch) as (caller, seen):
            permit(caller, action.permission)
            caller.access(seen.definition)  # the locale and the View are refused before any work
            return action.handle(seen, caller, body)
    caller = caller_in_line(database, sent, action.permission)
    tenant_id, paused = caller.key.tenant_id, action.pausable and _pauses(body)
    with unit_of_work(
        database,
        tenant_id,
        caller.actor,
        pause_facets=paused,
        group_commit=action.group_commit,
        prefetched=action.prefetches(body, tenant_id),
    ) as work:
        caller.key = key_now(database, work, sent.key)
        permit(caller, action.permission)
        caller.access(work.definition)
        return action.handle(work, caller, body)


def caller_in_line(database: Database, sent: Credentials, permission: Permission | None) -> Caller:
    """Return who may wait for a turn to write. Raises Unauthorized and Forbidden."""
    known = database.api_key_cache.of(sent.key)
    if known is not None and (permission is None or known.key.may(permission)):
        return Caller(known.key, sent.view, sent.user, sent.locale)
    with caller_snapshot(database, sent) as (caller, seen):
        permit(caller, permission)
        caller.access(seen.definition)
    return caller


def _pauses(body: Body) -> bool:
    """Return whether the body pauses re-indexing; what is no flag is refused by its schema."""
    try:
        return read_boolean(body.get("pauseReIndexing"))
    except ValueError:
        return False


def permit(caller: Caller, permission: Permission | None) -> None:
    """Raise NotPermitted when the caller lacks a permission; None: it needs none."""
    if permission is not None and not caller.may(permission):
        raise NotPermitted(permission)
