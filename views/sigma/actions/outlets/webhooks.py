"""Webhooks: listed, made, changed, tried out; and their deliveries."""

from dataclasses import replace
from typing import Any

from pims_api.connectors.addresses import AddressRefused, OutgoingRules, check_url
from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.domain.outlets.webhook import DeliveryState
from pims_api.errors import BadInput, Fault, NotFound
from pims_api.services.outlets import webhooks
from pims_api.services.outlets.outlets import outlets_of
from pims_api.storage.outlets.deliveries import deliveries_of
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.ids import absent
from schemas.sigma.outlets.webhooks import (
    changed_webhook,
    delivery_object,
    webhook_object,
    webhook_of,
)
from views.running import Body
from views.sigma.actions.outlets.naming import outlet_named, outlets
from views.sigma.caller import Caller
from views.transport import current_database

_KIND = OutletKind.WEBHOOK


def check_address(asked: Body) -> None:
    """Raise BadInput for an address that the server does not send to.

    It asks for the addresses of a host, which may take a while, so no transaction is open.
    """
    url = asked["body"]["url"]
    if url is None:
        return
    try:
        check_url(url, OutgoingRules.from_text(current_database().settings.outgoing_allow))
    except AddressRefused as refused:
        raise BadInput(faults=[Fault("range", f"url: {refused}", pointer="/url")]) from None


def list_webhooks(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the webhooks, oldest first."""
    return [_shown(seen, one) for one in outlets_of(seen, outlets(), _KIND)]


def show_webhook(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one webhook."""
    return _shown(seen, _named(seen, asked))


def add_webhook(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Make a webhook and answer with it."""
    wanted = replace(webhook_of(asked["body"]), user=_user(caller))
    return _shown(work, webhooks.add_webhook(work, outlets(), wanted))


def put_webhook(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Replace a webhook and answer with it."""
    before = _named(work, asked)
    wanted = replace(changed_webhook(asked["body"], before), user=_user(caller))
    skip = asked["body"]["skip"]
    return _shown(work, webhooks.change_webhook(work, outlets(), before, wanted, skip=skip))


def delete_webhook(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Delete a webhook with its deliveries."""
    webhooks.delete_webhook(work, _named(work, asked))


def list_deliveries(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the deliveries of a webhook, newest first."""
    query, one = asked["query"], _named(seen, asked)
    state = None if query["status"] is None else DeliveryState(query["status"])
    found = deliveries_of(seen.connection, one, state, query["offset"], query["limit"])
    return [delivery_object(each) for each in found]


def redeliver(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Have a delivery made again, and answer with it."""
    one, number = _named(work, asked), asked["path"]["delivery_id"]
    try:
        return delivery_object(webhooks.ask_again(work, one, number))
    except NotFound as error:
        raise absent("Delivery", number) from error


def test_webhook(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Have a test sent, and answer with its delivery."""
    return delivery_object(webhooks.ask_test(work, _named(work, asked)))


def _named(seen: Snapshot, asked: Body) -> Outlet:
    return outlet_named(seen, _KIND, asked["path"]["webhook_id"])


def _shown(seen: Snapshot, one: Outlet) -> Any:
    return webhook_object(one, webhooks.reader_of(seen, one))


def _user(caller: Caller) -> str | None:
    return caller.actor.name if caller.key is None else None
