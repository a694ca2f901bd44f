"""Export jobs and their runs on the wire. Source: docs/api/sigma.md, Export jobs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from marshmallow import fields

from pims_api.clock import now_us
from pims_api.connectors.addresses import OutgoingRules
from pims_api.connectors.destinations.kinds import (
    DESTINATIONS,
    address_faults,
    config_faults,
    reuse_faults,
)
from pims_api.domain.catalog import Catalog
from pims_api.domain.definition import Definition
from pims_api.domain.outlets.outlet import Outlet, OutletKind, Run, RunState
from pims_api.domain.outlets.secrets import MaskedSecret, shown, split_secrets
from pims_api.errors import BadInput, Fault, refuse_if_any
from pims_api.services.outlets.export_jobs import RUN_KIND, ExportPlan, due_after, plan_of
from pims_api.services.outlets.schedule import BadSchedule
from schemas.rest.fields import Body, Id, Line, Object, Text, Whole, Word
from schemas.sigma.catalogs.catalog import catalog_id
from schemas.sigma.ids import schema_id, scope_object
from schemas.sigma.outlets.ids import outlet_id
from schemas.sigma.outlets.selection import fault_at, read_selection
from schemas.sigma.records.record import moment

FORMATS = ("csv", "json", "jsonl", "xml")
STATUSES = {"running": RunState.RUNNING, "success": RunState.SUCCESS, "failed": RunState.FAILED}
_WORDS = {RunState.WAITING: "running"} | {state: word for word, state in STATUSES.items()}
_COUNT_MAX = 10**15
# What is told of a run: by the core's name, ours.
_TOLD = {
    "records": "recordCount",
    "bytes": "fileSize",
    "place": "destinationPath",
    "error": "error",
}


class ExportJobBody(Body):
    """An export job, as it is sent and shown."""

    id = Id()
    name = Line(required=True, blank=False, longest=255)
    description = Text()
    destinationType = Word(tuple(DESTINATIONS), required=True)  # noqa: N815
    destinationConfig = Object(required=True)  # noqa: N815
    format = Word(FORMATS, required=True)
    schemaId = Id()  # noqa: N815
    catalogId = Id()  # noqa: N815
    dimensionScope = Object()  # noqa: N815
    schedule = Text()
    compression = Word(("none", "gzip"), load_default="none")
    status = Word(("active", "paused"))


class ExportJobReply(ExportJobBody):
    """An export job with what the server adds."""

    createdAt = fields.String()  # noqa: N815
    updatedAt = fields.String()  # noqa: N815
    lastRunAt = fields.String(allow_none=True)  # noqa: N815
    nextRunAt = fields.String(allow_none=True)  # noqa: N815


class RunBody(Body):
    """A run that somebody else made; without a body, or with an empty one, one is made now.

    Without a status nothing else may be there.
    """

    status = Word(tuple(STATUSES))
    startedAt = Text(longest=64)  # noqa: N815
    completedAt = Text(longest=64)  # noqa: N815
    recordCount = Whole(0, _COUNT_MAX)  # noqa: N815
    fileSize = Whole(0, _COUNT_MAX)  # noqa: N815
    destinationPath = Text()  # noqa: N815
    error = Text()


class RunReply(RunBody):
    """A run."""

    id = fields.String()
    jobId = fields.String()  # noqa: N815


def refuse_addresses(body: Mapping[str, Any], rules: OutgoingRules) -> None:
    """Raise BadInput for a destination that the server does not connect to.

    It asks for the addresses of hosts, which may take a while.
    """
    kind = DESTINATIONS[body["destinationType"]]
    told = address_faults(kind, body["destinationConfig"], rules)
    refuse_if_any([fault_at(("destinationConfig", name), message) for name, message in told])


def export_job_of(
    definition: Definition,
    body: Mapping[str, Any],
    before: Outlet | None = None,
) -> Outlet:
    """Return the export job that a body wants. before: the one that it replaces.

    Raises BadInput with every fault.
    """
    kind = DESTINATIONS[body["destinationType"]]
    kept = _kept_secrets(body, before)
    try:
        config, secrets = split_secrets(body["destinationConfig"], kind.secrets, kept)
    except MaskedSecret as error:
        raise BadInput(faults=[fault_at(("destinationConfig", str(error)), _MASKED)]) from None
    told = config_faults(kind, config | secrets)
    if before is not None:
        reused = reuse_faults(kind, body["destinationConfig"], plan_of(before).config, kept)
        told = chain(told, reused)
    faults = [fault_at(("destinationConfig", name), message) for name, message in told]
    plan = _plan(definition, body, config, faults)
    active = (body["status"] or "active") == "active"
    due = _due(plan, active, faults)
    refuse_if_any(faults)
    made = {"name": body["name"], "settings": plan.to_settings(), "secrets": secrets}
    if before is None:
        base = Outlet(0, 0, OutletKind.EXPORT_JOB, "", {}, client_id=body["id"] or "")
        return _with(base, **made, active=active, due_at=due)
    return _with(before, **made, active=active, due_at=due)


_MASKED = "It has stars, but is not the one that is kept: send it whole!"


def _with(one: Outlet, **changes: Any) -> Outlet:
    values = {name: getattr(one, name) for name in Outlet.__dataclass_fields__}
    return Outlet(**values | changes)


def _kept_secrets(body: Mapping[str, Any], before: Outlet | None) -> dict[str, str]:
    same = before is not None and plan_of(before).destination == body["destinationType"]
    return before.secrets if before is not None and same else {}


def _plan(
    definition: Definition,
    body: Mapping[str, Any],
    config: Mapping[str, Any],
    faults: list[Fault],
) -> ExportPlan:
    chosen = read_selection(definition, body, faults)
    return ExportPlan(
        destination=body["destinationType"],
        format=body["format"],
        config=dict(config),
        description=body["description"],
        type_id=chosen.type_id,
        catalog_id=chosen.catalog_id,
        scope=chosen.scope,
        schedule=(body["schedule"] or "").strip(),
        gzip=body["compression"] == "gzip",
    )


def _due(plan: ExportPlan, active: bool, faults: list[Fault]) -> int | None:
    try:
        return due_after(plan, active=active, now=now_us())
    except BadSchedule as error:
        faults.append(fault_at(("schedule",), str(error)))
        return None


def export_job_object(definition: Definition, one: Outlet, last: Run | None) -> dict[str, Any]:
    """Return an export job as this face shows it. last: its last run."""
    plan = plan_of(one)
    kind = definition.type_ids.get(plan.type_id or 0)
    catalog = definition.things(Catalog).get(plan.catalog_id or 0)
    return {
        "id": outlet_id(one),
        "name": one.name,
        "description": plan.description,
        "destinationType": plan.destination,
        "destinationConfig": shown(plan.config, one.secrets),
        "format": plan.format,
        "schemaId": None if kind is None else schema_id(kind),
        "catalogId": None if catalog is None else catalog_id(catalog),
        "dimensionScope": None if plan.scope is None else scope_object(definition, plan.scope),
        "schedule": plan.schedule or None,
        "compression": "gzip" if plan.gzip else "none",
        "status": "active" if one.active else "paused",
        "createdAt": moment(one.created_at),
        "updatedAt": moment(one.updated_at),
        "lastRunAt": None if last is None else moment(last.started_at),
        "nextRunAt": None if one.due_at is None else moment(one.due_at),
    }


def run_of(one: Outlet, body: Mapping[str, Any], now: int) -> Run:
    """Return the run that a body records. Raises BadInput."""
    state = STATUSES[body["status"]]
    started, completed = _moment_of(body, "startedAt"), _moment_of(body, "completedAt")
    if started is None:
        started = now if completed is None else min(now, completed)
    if completed is None and state is not RunState.RUNNING:
        completed = max(started, now)
    if completed is not None and completed < started:
        message = "It must not be before startedAt!"
        raise BadInput(faults=[fault_at(("completedAt",), message)])
    told = {known: body[name] for known, name in _TOLD.items()}
    return Run(one.tenant_id, one.id, 0, RUN_KIND, state, started, completed, None, told)


def refuse_without_status(body: Mapping[str, Any]) -> None:
    """Raise BadInput for a body that tells of a run, but not how it ended."""
    told = [
        name for name in ("startedAt", "completedAt", *_TOLD.values()) if body[name] is not None
    ]
    if told:
        message = f"It is required beside {told[0]}; send nothing to have the job run now!"
        raise BadInput(faults=[fault_at(("status",), message)])


def _moment_of(body: Mapping[str, Any], name: str) -> int | None:
    text = body[name]
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = found.replace(tzinfo=UTC)
        # In UTC it may be before the first year or after the last, which cannot be shown.
        return int(found.astimezone(UTC).timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        message = "It must be a time such as 2026-11-29T10:00:00Z!"
        raise BadInput(faults=[fault_at((name,), message)]) from None


def run_object(one: Outlet, run: Run) -> dict[str, Any]:
    """Return a run as this face shows it."""
    told = run.result
    return {
        "id": f"run-{run.id}",
        "jobId": outlet_id(one),
        "status": _WORDS[run.state],
        "startedAt": moment(run.started_at),
        "completedAt": None if run.completed_at is None else moment(run.completed_at),
        **{name: told.get(known) for known, name in _TOLD.items()},
    }
