"""Webhooks and their deliveries on the wire. Source: docs/api/sigma.md, Webhooks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marshmallow import Schema, fields

from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.domain.outlets.webhook import SECRET, Delivery, DeliveryState, Event, Reader
from pims_api.domain.suggestion import nearest
from pims_api.errors import Fault, pointer_to, refuse_if_any
from schemas.rest.fields import Body, Flag, Id, Line, Text, Texts, Whole, Word
from schemas.sigma.ids import RECORD, VARIANT, made_id
from schemas.sigma.outlets.ids import outlet_id
from schemas.sigma.records.record import LIMIT_MAX, OFFSET_MAX, moment

NAME_LENGTH_MAX = 255
URL_LENGTH_MAX = 2_000
SECRET_LENGTH_MAX = 255
MASK = "•" * 8
_MASKS = frozenset("•*")
_SHOWN_MAX = 64
EVENTS = tuple(str(one) for one in Event)


class WebhookBody(Body):
    """A webhook, as it is sent."""

    id = Id()
    name = Line(required=True, blank=False, longest=NAME_LENGTH_MAX)
    description = Text()
    url = Text(required=True, blank=False, longest=URL_LENGTH_MAX)
    events = Texts(required=True, metadata={"items": {"enum": list(EVENTS)}})
    secret = Text(longest=SECRET_LENGTH_MAX)
    active = Flag(load_default=True)


class ChangedWebhookBody(Body):
    """A webhook in place of another one; with `skip` what is not sent stays as it is."""

    name = Line(blank=False, longest=NAME_LENGTH_MAX)
    description = Text()
    url = Text(blank=False, longest=URL_LENGTH_MAX)
    events = Texts(metadata={"items": {"enum": list(EVENTS)}})
    secret = Text(longest=SECRET_LENGTH_MAX)
    active = Flag()
    skip = Flag(load_default=False)


class WebhookReply(Schema):
    """A webhook, as it is shown."""

    id = fields.String()
    name = fields.String()
    description = fields.String(allow_none=True)
    url = fields.String()
    events = fields.List(fields.String())
    secret = fields.String(allow_none=True)
    active = fields.Boolean()
    reason = fields.String(allow_none=True)
    createdAt = fields.DateTime()  # noqa: N815
    updatedAt = fields.DateTime()  # noqa: N815


class DeliveriesQuery(Body):
    """Which deliveries."""

    status = Word([str(one) for one in DeliveryState])
    offset = Whole(0, OFFSET_MAX, in_query=True, load_default=0)
    limit = Whole(1, LIMIT_MAX, in_query=True, load_default=LIMIT_MAX)


class DeliveryReply(Schema):
    """A delivery, as it is shown."""

    deliveryId = fields.String()  # noqa: N815
    event = fields.String()
    entityId = fields.String(allow_none=True)  # noqa: N815
    status = fields.String()
    attempts = fields.Integer()
    timestamp = fields.DateTime()
    lastAttemptAt = fields.DateTime(allow_none=True)  # noqa: N815
    nextAttemptAt = fields.DateTime(allow_none=True)  # noqa: N815
    responseStatus = fields.Integer(allow_none=True)  # noqa: N815
    error = fields.String(allow_none=True)


def webhook_of(body: Mapping[str, Any]) -> Outlet:
    """Return the webhook that a body wants. Raises BadInput with every fault."""
    refuse_if_any([*_event_faults(body["events"]), *_secret_faults(body["secret"])])
    settings = {
        "description": body["description"],
        "url": body["url"],
        "events": _events(body["events"]),
    }
    secrets = {SECRET: body["secret"]} if body["secret"] else {}
    return Outlet(
        0,
        0,
        OutletKind.WEBHOOK,
        body["name"],
        settings,
        secrets,
        client_id=body["id"] or "",
        active=body["active"],
    )


def changed_webhook(body: Mapping[str, Any], before: Outlet) -> Outlet:
    """Return the webhook that a body wants in place of another one. Raises BadInput.

    A secret that is not sent, or sent as it is shown, stays; an empty one is removed.
    """
    sent, faults = dict(body), []
    for name in ("name", "url", "events"):
        if sent[name] is None and not sent["skip"]:
            faults.append(Fault("required", f"{name} is required!", pointer=pointer_to(name)))
    is_masked = sent["secret"] is not None and _is_masked(sent["secret"])
    is_kept = sent["secret"] is None or (is_masked and SECRET in before.secrets)
    faults += _event_faults(sent["events"] or EVENTS) if sent["events"] != [] else _no_events()
    faults += [] if is_kept else _secret_faults(sent["secret"])
    refuse_if_any(faults)
    settings = dict(before.settings)
    if not sent["skip"] or sent["description"] is not None:
        settings["description"] = sent["description"]
    settings |= {name: sent[name] for name in ("url",) if sent[name] is not None}
    if sent["events"] is not None:
        settings["events"] = _events(sent["events"])
    secrets = before.secrets if is_kept else ({SECRET: sent["secret"]} if sent["secret"] else {})
    if sent["active"] is None:
        sent["active"] = before.active if sent["skip"] else True
    return replace(
        before,
        name=before.name if sent["name"] is None else sent["name"],
        settings=settings,
        secrets=secrets,
        active=sent["active"],
    )


def _events(sent: list[str]) -> list[str]:
    return [one for one in EVENTS if one in sent]


def _no_events() -> list[Fault]:
    message = f"events must name at least one of {', '.join(EVENTS)}!"
    return [Fault("required", message, pointer="/events")]


def _event_faults(sent: Any) -> list[Fault]:
    if not sent:
        return _no_events()
    faults = []
    for place, one in enumerate(sent):
        if one not in EVENTS:
            hint = nearest(one[:_SHOWN_MAX], EVENTS)
            message = f"There is no event {one[:_SHOWN_MAX]!r}! Known ones: {', '.join(EVENTS)}."
            pointer = pointer_to("events", place)
            faults.append(Fault("range", message, pointer=pointer, allowed=EVENTS, nearest=hint))
    return faults


def _is_masked(secret: str) -> bool:
    return bool(secret) and set(secret) <= _MASKS


def _secret_faults(secret: str | None) -> list[Fault]:
    if secret is None or not _is_masked(secret):
        return []
    message = "secret is masked, but there is none that could be kept: send it whole!"
    return [Fault("range", message, pointer="/secret")]


def webhook_object(one: Outlet, reader: Reader) -> dict[str, Any]:
    """Return a webhook as this face shows it. reader: how far it was told."""
    return {
        "id": outlet_id(one),
        "name": one.name,
        "description": one.settings["description"],
        "url": one.settings["url"],
        "events": one.settings["events"],
        "secret": MASK if one.secrets.get(SECRET) else None,
        "active": one.active,
        "reason": None if one.active else reader.reason,
        "createdAt": moment(one.created_at),
        "updatedAt": moment(one.updated_at),
    }


def delivery_object(one: Delivery) -> dict[str, Any]:
    """Return a delivery as this face shows it."""
    return {
        "deliveryId": one.id,
        "event": one.event,
        "entityId": _entity_id(one),
        "status": str(one.state),
        "attempts": one.attempts,
        "timestamp": moment(one.created_at),
        "lastAttemptAt": None if one.tried_at is None else moment(one.tried_at),
        "nextAttemptAt": None if one.next_at is None else moment(one.next_at),
        "responseStatus": one.status,
        "error": one.error,
    }


def _entity_id(one: Delivery) -> str | None:
    if one.place is None:
        return None
    prefix = VARIANT if one.event.startswith("variant.") else RECORD
    return made_id(prefix, one.place.product_id)
