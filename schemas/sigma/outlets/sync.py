"""Runs of channels on the wire: logs, mappings, tests. Source: docs/api/sigma.md, Sync."""

from typing import Any

from marshmallow import Schema, fields

from pims_api.connectors.base import OutsideFound, OutsideNotFound
from pims_api.connectors.kinds import CONNECTORS
from pims_api.domain.outlets.outlet import Outlet, Run
from pims_api.domain.outlets.sync_mapping import SyncMapping
from pims_api.services.channels.channel import plan_of
from pims_api.services.channels.runs import NO_RESULT
from schemas.rest.fields import Body, Whole
from schemas.sigma.outlets.ids import outlet_id
from schemas.sigma.records.record import moment

LOGS_MAX, LOGS_DEFAULT = 500, 50
_PLACES = {"record": "entityId", "product": "externalId"}


class LogsQuery(Body):
    """How many logs."""

    limit = Whole(1, LOGS_MAX, in_query=True, load_default=LOGS_DEFAULT)


class SyncErrorReply(Schema):
    """What went wrong with an item, or with the run."""

    entityId = fields.String()  # noqa: N815
    externalId = fields.String()  # noqa: N815
    message = fields.String()


class SyncLogReply(Schema):
    """One run of a channel."""

    id = fields.String()
    channelId = fields.String()  # noqa: N815
    direction = fields.String()
    status = fields.String()
    startedAt = fields.String()  # noqa: N815
    completedAt = fields.String(allow_none=True)  # noqa: N815
    pushed = fields.Integer()
    pulled = fields.Integer()
    skipped = fields.Integer()
    failed = fields.Integer()
    errors = fields.List(fields.Nested(SyncErrorReply()))


class SyncMappingReply(Schema):
    """A record and its product in the other system."""

    id = fields.String()
    channelId = fields.String()  # noqa: N815
    entityId = fields.String()  # noqa: N815
    externalId = fields.String()  # noqa: N815
    externalVariantIds = fields.List(fields.String())  # noqa: N815
    lastPushedAt = fields.String(allow_none=True)  # noqa: N815
    lastPulledAt = fields.String(allow_none=True)  # noqa: N815
    checksum = fields.String(allow_none=True)


class ConnectionReply(Schema):
    """Whether the other system can be reached, and what it says of itself."""

    ok = fields.Boolean()
    shopName = fields.String()  # noqa: N815
    shopUrl = fields.String()  # noqa: N815
    plan = fields.String()
    productCount = fields.Integer()  # noqa: N815
    warnings = fields.List(fields.String())
    error = fields.String()
    message = fields.String()


def log_object(one: Outlet, run: Run) -> dict[str, Any]:
    """Return a run as this face shows it."""
    told = NO_RESULT | run.result
    return {
        "id": f"log-{one.id}-{run.id}",
        "channelId": outlet_id(one),
        "direction": run.kind,
        "status": run.state.value,
        "startedAt": moment(run.started_at),
        "completedAt": None if run.completed_at is None else moment(run.completed_at),
        **{name: told[name] for name in NO_RESULT},
        "errors": [_error_object(one) for one in told["errors"]],
    }


def _error_object(error: dict[str, str]) -> dict[str, str]:
    return {_PLACES.get(name, name): text for name, text in error.items()}


def mapping_object(one: Outlet, mapping: SyncMapping) -> dict[str, Any]:
    """Return a mapping as this face shows it."""
    return {
        "id": f"map-{one.id}-{mapping.record_id}",
        "channelId": outlet_id(one),
        "entityId": plan_of(one).id_of(mapping.record_id),
        "externalId": mapping.external_id,
        "externalVariantIds": mapping.variant_ids,
        "lastPushedAt": _moment(mapping.pushed_at),
        "lastPulledAt": _moment(mapping.pulled_at),
        "checksum": mapping.checksum,
    }


def connection_object(one: Outlet, found: OutsideFound | OutsideNotFound) -> dict[str, Any]:
    """Return what a test of a connection found."""
    if isinstance(found, OutsideNotFound):
        return {"ok": False, "error": found.error, "message": found.message}
    plan = plan_of(one)
    told = {
        "ok": True,
        "shopName": found.name,
        "shopUrl": CONNECTORS[plan.type].shown(plan.config)["shopUrl"],
        "plan": found.plan,
        "productCount": found.products,
    }
    return told | ({"warnings": list(found.warnings)} if found.warnings else {})


def _moment(at: int | None) -> str | None:
    return None if at is None else moment(at)
