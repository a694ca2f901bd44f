"""The bodies of webhooks. Source: docs/webhooks.md, Bodies."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from pims_api.domain.access.sight import Sight
from pims_api.domain.outlets.outlet import Outlet
from pims_api.domain.outlets.webhook import (
    Delivery,
    DeliveryState,
    Event,
    FeedPlace,
    delivery_id,
    wanted_events,
)
from pims_api.domain.workflow import type_of, workflow_of
from pims_api.jobs.webhooks.telling import BODY_BYTES_MAX, Batch, Message
from pims_api.services.products.lineages import Lineage, lineages
from pims_api.storage.history.each_change import RecordChange, change_at, changes_after
from pims_api.storage.history.feed import ID_MAX
from pims_api.storage.history.trail import TrailEntry
from pims_api.storage.snapshot import Snapshot
from schemas.sigma.outlets.ids import outlet_id
from schemas.sigma.records.audit import audit_object
from schemas.sigma.records.record import moment
from views.sigma.actions.records.showing import (
    asked_by_guards,
    record_objects,
    variant_objects,
    writers_of,
)
from views.sigma.webhooks.happenings import Happening, happenings
from views.sigma.webhooks.maker import sight_of_maker

_STATES = ("fromStateId", "toStateId")


class SigmaTelling:
    """Tells events as this face shows records and variants."""

    def batch(self, seen: Snapshot, one: Outlet, place: FeedPlace, size: int) -> Batch:
        """Return the events of the next changes, at most so many, that a webhook wants.

        Raises Forbidden when its maker may not see them any more.
        """
        sight = sight_of_maker(seen, one)
        changes = changes_after(seen, place.sequence, place.product_id, size)
        if not changes:
            return Batch((), max(place, FeedPlace(seen.sequence, ID_MAX)))
        found = happenings(seen, sight, wanted_events(one), changes)
        if place.part:
            first = changes[0][:2]
            found = [e for e in found if e.place[:2] != first or e.place.part >= place.part]
        before = dict(zip((each[:2] for each in changes), _befores(place, changes), strict=True))
        bodies = _bodies(seen, sight, one, found)
        messages = [
            Message(_delivery(one, each), body, _after(each, before[each.change[:2]]))
            for each, body in zip(found, bodies, strict=True)
        ]
        return Batch(messages, FeedPlace(*changes[-1][:2]), more=True)

    def body(self, seen: Snapshot, one: Outlet, asked: Delivery) -> bytes | None:
        """Return the body of a delivery that somebody asked for; None: there is nothing to tell.

        Raises Forbidden.
        """
        sight = sight_of_maker(seen, one)
        if asked.place is None:
            return _encoded(_envelope(one, asked, {"webhookId": outlet_id(one)}))
        change = change_at(seen, asked.place.sequence, asked.place.product_id)
        changes = () if change is None else (change,)
        found = happenings(seen, sight, frozenset(Event), changes)
        mine = [each for each in found if each.place == asked.place]
        return next(iter(_bodies(seen, sight, one, mine)), None)


def _befores(place: FeedPlace, changes: Sequence[RecordChange]) -> list[FeedPlace]:
    return [place._replace(part=0), *(FeedPlace(*one[:2]) for one in changes[:-1])]


def _after(one: Happening, before: FeedPlace) -> FeedPlace:
    """Return how far a webhook was told after an event. before: the change before its change."""
    if one.is_last:
        return FeedPlace(*one.change[:2])
    return before._replace(part=one.place.part + 1)


def _delivery(one: Outlet, each: Happening) -> Delivery:
    number, event = delivery_id(one, each.place), each.event.event
    pending = DeliveryState.PENDING
    return Delivery(one.tenant_id, one.id, number, event, pending, each.at, each.place)


def _bodies(seen: Snapshot, sight: Sight, one: Outlet, found: Sequence[Happening]) -> list[bytes]:
    """Return the bodies of events, in a fixed number of queries."""
    chains = lineages(seen, [each.product for each in found])
    objects = _objects(seen, sight, chains)
    held = [side for each in found for side in (each.change.old, each.change.new)]
    writers = writers_of(seen, sight, chains, held)
    bodies = []
    for each, chain, shown, writer in zip(found, chains, objects, writers, strict=True):
        workflow = workflow_of(seen.definition, type_of(seen.definition, chain[0].values))
        effective = asked_by_guards(sight, chain, writer)
        change = each.change
        entry = TrailEntry(*change[:2], 0, "", change.old, change.new)
        told = audit_object(entry, chain[-1], writer, effective, workflow, {})
        bodies.append(
            _encoded(_envelope(one, _delivery(one, each), shown | _of_change(each, told)))
        )
    return bodies


def _objects(seen: Snapshot, sight: Sight, chains: Sequence[Lineage]) -> list[dict[str, Any]]:
    """Return records and variants as a GET shows them. chains: each with what is above it."""
    records = iter(record_objects(seen, sight, [one[0] for one in chains if len(one) == 1]))
    variants = iter(variant_objects(seen, sight, [one for one in chains if len(one) > 1]))
    return [next(records if len(one) == 1 else variants) for one in chains]


def _of_change(each: Happening, told: Mapping[str, Any]) -> dict[str, Any]:
    names = ["changes"]
    if each.event.event is Event.ENTITY_TRANSITION:
        names += [name for name in _STATES if name in told]
    return {name: told[name] for name in names}


def _envelope(one: Outlet, delivery: Delivery, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "deliveryId": delivery.id,
        "event": str(delivery.event),
        "timestamp": moment(delivery.created_at),
        "workspaceId": f"ws-{one.tenant_id}",
        "data": data,
    }


def _encoded(envelope: dict[str, Any]) -> bytes:
    """Return a body, without changes, then without values, where it would be too long."""
    body = orjson.dumps(envelope)
    for left_out in ("changes", "values"):
        if len(body) <= BODY_BYTES_MAX:
            break
        data = {name: value for name, value in envelope["data"].items() if name != left_out}
        envelope = envelope | {"data": data, "truncated": True}
        body = orjson.dumps(envelope)
    return body
