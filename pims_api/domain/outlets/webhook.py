"""Webhooks: which events a receiver is told of, how far it was told, and what became of it.

Source: docs/webhooks.md.
"""

import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from pims_api.domain.outlets.outlet import Outlet

SECRET = "secret"  # noqa: S105 - the name of it
DEAD_IN_A_ROW_MAX = 20
DELIVERED_KEPT = 100  # of each webhook

_NAMESPACE = uuid.UUID("2c0d4a0e-6f0b-5f0e-9d43-4b1a8d2f6a77")


class Event(StrEnum):
    """What happened to a record or a variant."""

    ENTITY_CREATED = "entity.created"
    ENTITY_UPDATED = "entity.updated"
    ENTITY_DELETED = "entity.deleted"
    ENTITY_TRANSITION = "entity.transition"
    VARIANT_CREATED = "variant.created"
    VARIANT_UPDATED = "variant.updated"
    VARIANT_DELETED = "variant.deleted"


TEST_EVENT = "webhook.test"


class DeliveryState(StrEnum):
    """How a delivery stands. PENDING: it is yet to be sent, for the first time or again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


class FeedPlace(NamedTuple):
    """How far a webhook was told.

    All events of the changes up to the one of a product in a write are told, and of the change
    after it so many as `part` says.
    """

    sequence: int
    product_id: int = 0
    part: int = 0


class EventPlace(NamedTuple):
    """The place of an event: the write, the product, and which of the events of that change."""

    sequence: int
    product_id: int
    part: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event that is told to a webhook. Times in microseconds since 1970.

    place: of the event; None: a test. asked: whether somebody asked for it, beside the feed.
    next_at: when it is tried again. status: of the last answer. error: why it failed.
    """

    tenant_id: int
    outlet_id: int
    id: str
    event: str
    state: DeliveryState
    created_at: int
    place: EventPlace | None = None
    attempts: int = 0
    tried_at: int | None = None
    next_at: int | None = None
    status: int | None = None
    error: str | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """A webhook as a reader of the feed.

    place: how far it was told. attempts: at the next event. next_at: when that is tried again.
    dead_in_a_row: deliveries that were given up. reason: why it was switched off. revision: changes
    with every change of the webhook, so that who sends notices. lease, lease_until: who sends for
    it now.
    """

    tenant_id: int
    outlet_id: int
    place: FeedPlace
    attempts: int = 0
    next_at: int = 0
    dead_in_a_row: int = 0
    reason: str | None = None
    revision: int = 0
    lease: str | None = None
    lease_until: int = 0


def delivery_id(one: Outlet, place: EventPlace) -> str:
    """Return the id of a delivery, the same whenever it is made."""
    name = "/".join(map(str, (one.tenant_id, one.id, one.created_at, *place)))
    return str(uuid.uuid5(_NAMESPACE, name))


def restarted(reader: Reader, place: FeedPlace | None = None) -> Reader:
    """Return a reader that begins afresh where it stopped, or at a place."""
    return replace(
        reader, place=place or reader.place, attempts=0, next_at=0, dead_in_a_row=0, reason=None
    )


def wanted_events(one: Outlet) -> frozenset[str]:
    """Return the events that a webhook is told of."""
    found: Any = one.settings["events"]
    return frozenset(found)
