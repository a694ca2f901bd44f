"""Outlets of a tenant: added, changed, deleted, each with an entry in history.

History keeps their settings, never their secrets.

Source: docs/core.md, Outlets.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.errors import LimitExceeded, Subject, absent, taken
from pims_api.storage.history.changes import EntityChange
from pims_api.storage.outlets.outlets import (
    OUTLET_ENTITY,
    Outlets,
    last_outlet_id,
    remove_outlet,
)
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

OUTLETS_MAX = 200  # of a kind, of one tenant

SUBJECTS = {
    OutletKind.WEBHOOK: Subject.WEBHOOK,
    OutletKind.EXPORT_JOB: Subject.EXPORT_JOB,
    OutletKind.CHANNEL: Subject.CHANNEL,
}
_TOLD = ("kind", "name", "settings", "client_id", "active")


def outlets_of(seen: Snapshot, outlets: Outlets, kind: OutletKind) -> list[Outlet]:
    """Return the tenant's outlets of a kind, oldest first."""
    return outlets.of_kind(seen.connection, seen.tenant_id, kind)


def find_outlet(seen: Snapshot, outlets: Outlets, kind: OutletKind, number: int | None) -> Outlet:
    """Return an outlet by its number. Raises NotFound."""
    found = outlets.find(seen.connection, seen.tenant_id, number) if number else None
    if found is None or found.kind is not kind:
        raise absent(SUBJECTS[kind])
    return found


def add_outlet(work: UnitOfWork, outlets: Outlets, wanted: Outlet) -> Outlet:
    """Store a new outlet and return it. wanted: without id and times.

    Raises Conflict for an id of a client that is taken, LimitExceeded.
    """
    known = outlets_of(work, outlets, wanted.kind)
    if wanted.client_id and wanted.client_id in {one.client_id for one in known}:
        raise taken(SUBJECTS[wanted.kind], wanted.client_id)
    if len(known) >= OUTLETS_MAX:
        raise LimitExceeded(f"There are {OUTLETS_MAX} of them, as many as may be: delete some!")
    number = last_outlet_id(work.connection, work.tenant_id) + 1
    made = replace(
        wanted,
        tenant_id=work.tenant_id,
        id=number,
        key_id=work.actor.key_id,
        created_at=work.at,
        updated_at=work.at,
    )
    outlets.add(work.connection, made)
    work.record(EntityChange(OUTLET_ENTITY, number, {}, _told(made)))
    return made


def change_outlet(work: UnitOfWork, outlets: Outlets, before: Outlet, wanted: Outlet) -> Outlet:
    """Store an outlet that was changed, and return it; nothing is stored where nothing differs."""
    if wanted == before:
        return before
    changed = replace(wanted, updated_at=work.at)
    outlets.change(work.connection, changed)
    old, new = _told(before), _told(changed)
    if before.secrets != changed.secrets:
        new["secrets"] = "changed"
    differing = [name for name in new if old.get(name) != new[name]]
    work.record(
        EntityChange(OUTLET_ENTITY, before.id, _some(old, differing), _some(new, differing))
    )
    return changed


def delete_outlet(work: UnitOfWork, one: Outlet) -> None:
    """Delete an outlet with its secrets and its runs; history keeps what it was."""
    remove_outlet(work.connection, one)
    work.record(EntityChange(OUTLET_ENTITY, one.id, _told(one), {}))


def _told(one: Outlet) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _TOLD}


def _some(told: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: told.get(name) for name in names}
