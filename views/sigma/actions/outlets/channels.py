"""Channels: listed, made, shown, replaced, deleted."""

from dataclasses import replace
from typing import Any

from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.errors import NotFound, Subject, taken
from pims_api.services.channels.channel import plan_of
from pims_api.services.channels.runs import refuse_while_running
from pims_api.services.outlets.outlets import (
    add_outlet,
    change_outlet,
    delete_outlet,
    find_outlet,
    outlets_of,
)
from pims_api.storage.outlets.mappings import drop_mappings
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import absent
from schemas.sigma.outlets.channels import channel_object, channel_of, leads_elsewhere
from schemas.sigma.outlets.ids import made_number
from views.running import Body
from views.sigma.actions.outlets.naming import outlets
from views.sigma.caller import Caller

_KIND = OutletKind.CHANNEL


def list_channels(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the channels, oldest first."""
    return [channel_object(seen.definition, one) for one in outlets_of(seen, outlets(), _KIND)]


def show_channel(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one channel."""
    return channel_object(seen.definition, named(seen, asked))


def add_channel(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Make a channel and answer with it."""
    wanted = channel_of(work.definition, asked["body"])
    _refuse_taken(work, wanted)
    made = add_outlet(work, outlets(), _owned(wanted, caller))
    return channel_object(work.definition, made)


def put_channel(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace a channel and answer with it; whoever does so is who it sends for from now on."""
    before = named(work, asked)
    wanted = channel_of(work.definition, asked["body"], before)
    refuse_while_running(work, before)
    _refuse_taken(work, wanted)
    if leads_elsewhere(before, wanted):
        drop_mappings(work.connection, before)
    changed = replace(_owned(wanted, caller), key_id=work.actor.key_id)
    if changed != before:
        changed = replace(changed, state={})  # the next push looks at every record
    stored = change_outlet(work, outlets(), before, changed)
    return channel_object(work.definition, stored)


def delete_channel(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a channel with its mappings and logs; products and records stay."""
    one = named(work, asked)
    refuse_while_running(work, one)
    delete_outlet(work, one)


def named(seen: Snapshot, asked: Body) -> Outlet:
    """Return the channel that an address names. Raises NotFound."""
    text = asked["path"]["channel_id"]
    try:
        return find_outlet(seen, outlets(), _KIND, made_number(_KIND, text))
    except NotFound as error:
        raise absent("Channel", text) from error


def user_of(caller: Caller) -> str | None:
    """Return the e-mail address of a user who asks; None: a key does."""
    return caller.actor.name if caller.key is None else None


def _owned(wanted: Outlet, caller: Caller) -> Outlet:
    return replace(wanted, user=user_of(caller))


def _refuse_taken(work: UnitOfWork, wanted: Outlet) -> None:
    """Raise Conflict when another channel has the alias."""
    alias = plan_of(wanted).alias
    for one in outlets_of(work, outlets(), _KIND):
        if one.id != wanted.id and plan_of(one).alias == alias:
            raise taken(Subject.CHANNEL, alias)
