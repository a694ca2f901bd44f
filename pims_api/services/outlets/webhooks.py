"""Webhooks: made, changed, tried out. What is sent, and how far each was told, is not decided here.

Source: docs/webhooks.md.
"""

import uuid
from dataclasses import replace
from typing import Any

from pims_api.domain.outlets.outlet import Outlet
from pims_api.domain.outlets.webhook import (
    TEST_EVENT,
    Delivery,
    DeliveryState,
    FeedPlace,
    Reader,
    restarted,
)
from pims_api.errors import Subject, absent
from pims_api.services.outlets.outlets import add_outlet, change_outlet, delete_outlet
from pims_api.storage.history.changes import EntityChange
from pims_api.storage.history.feed import ID_MAX
from pims_api.storage.outlets.deliveries import (
    find_delivery,
    put_deliveries,
    remove_deliveries,
)
from pims_api.storage.outlets.outlets import OUTLET_ENTITY, Outlets
from pims_api.storage.outlets.readers import (
    add_reader,
    change_reader,
    find_reader,
    move_reader,
    remove_reader,
    touch_reader,
)
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork


def add_webhook(work: UnitOfWork, outlets: Outlets, wanted: Outlet) -> Outlet:
    """Store a new webhook, which is told what happens from now on. Raises Conflict."""
    made = add_outlet(work, outlets, wanted)
    add_reader(work.connection, Reader(work.tenant_id, made.id, _now(work)))
    return made


def change_webhook(
    work: UnitOfWork, outlets: Outlets, before: Outlet, wanted: Outlet, *, skip: bool = False
) -> Outlet:
    """Store a webhook that was changed. skip: whether what it was not told yet is left out.

    Whoever gives it another address is its maker from then on, by whose rights it is told: else
    somebody who sees less could send to himself what the first maker sees.
    """
    if wanted.settings["url"] != before.settings["url"]:
        wanted = replace(wanted, key_id=work.actor.key_id)
    else:
        wanted = replace(wanted, key_id=before.key_id, user=before.user)
    changed = change_outlet(work, outlets, before, wanted)
    reader = reader_of(work, before)
    if skip:
        remove_deliveries(work.connection, before, only_waiting=True)
        move_reader(work.connection, restarted(reader, _now(work)))
        if changed == before:  # else it is in history already
            _tell(work, before, {"skipped_to": work.sequence})
    elif changed.active and not before.active:
        change_reader(work.connection, restarted(reader))
    elif changed != before:
        touch_reader(work.connection, reader)
    return changed


def delete_webhook(work: UnitOfWork, one: Outlet) -> None:
    """Delete a webhook with its secret and its deliveries."""
    remove_deliveries(work.connection, one)
    remove_reader(work.connection, one.tenant_id, one.id)
    delete_outlet(work, one)


def reader_of(seen: Snapshot, one: Outlet) -> Reader:
    """Return how far a webhook was told."""
    found = find_reader(seen.connection, one.tenant_id, one.id)
    return found or Reader(one.tenant_id, one.id, FeedPlace(seen.sequence))


def ask_test(work: UnitOfWork, one: Outlet) -> Delivery:
    """Have a webhook told that somebody tries it out, switched on or not."""
    made = Delivery(
        one.tenant_id,
        one.id,
        str(uuid.uuid4()),
        TEST_EVENT,
        DeliveryState.PENDING,
        work.at,
        asked=True,
    )
    return _ask(work, one, made)


def ask_again(work: UnitOfWork, one: Outlet, number: str) -> Delivery:
    """Have a delivery made again, under the same id, switched on or not. Raises NotFound.

    One that the feed waits with is tried at once.
    """
    found = find_delivery(work.connection, one, number)
    if found is None:
        raise absent(Subject.DELIVERY)
    if found.state is not DeliveryState.PENDING:
        return _ask(work, one, replace(found, state=DeliveryState.PENDING, asked=True))
    if not found.asked:
        change_reader(work.connection, replace(reader_of(work, one), next_at=0))
        _tell(work, one, {"delivery": number})
    return found


def switch_off(work: UnitOfWork, outlets: Outlets, known: Reader, reason: str) -> None:
    """Switch a webhook off for a reason, unless it was changed since it was known so."""
    before = outlets.find(work.connection, work.tenant_id, known.outlet_id)
    reader = find_reader(work.connection, work.tenant_id, known.outlet_id)
    if before is None or reader is None or reader.revision != known.revision:
        return
    change_outlet(work, outlets, before, replace(before, active=False))
    change_reader(work.connection, replace(reader, reason=reason, next_at=0))


def _ask(work: UnitOfWork, one: Outlet, asked: Delivery) -> Delivery:
    put_deliveries(work.connection, one, [asked])
    _tell(work, one, {"delivery": asked.id})
    return asked


def _tell(work: UnitOfWork, one: Outlet, told: dict[str, Any]) -> None:
    """Give the transaction its entry in history, without which it would not be kept."""
    work.record(EntityChange(OUTLET_ENTITY, one.id, {}, told))


def _now(work: UnitOfWork) -> FeedPlace:
    """Return the place after all that was written so far, this transaction included."""
    return FeedPlace(work.sequence, ID_MAX)
