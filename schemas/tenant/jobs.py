"""Bulk jobs and exports of the tenant face. Source: docs/api/tenant.md, Bulk jobs."""

from collections.abc import Mapping
from typing import Any

import orjson
from marshmallow import Schema, fields

from pims_api.domain.job import RESULT, Job, JobState
from pims_api.domain.tenant_ids import Numbered, TenantIds, uuid_of
from pims_api.domain.values.value import JsonNumber
from pims_api.errors import BadInput, Fault
from pims_api.jobs.flat_products.bulk_job import BULK_KINDS
from pims_api.jobs.flat_products.export_job import FLAT_EXPORT_KIND
from pims_api.services.flat_products.bulk import BulkKind
from schemas.rest.fields import Anything, Body, Word
from schemas.tenant.ids import owned
from schemas.tenant.moments import second_text

FILE_ADDRESS = "/api/v1/pim/export/{}/file"
USUAL = "BULK_UPDATE"
_KINDS: Mapping[str, str] = {kind.upper(): kind for kind in BULK_KINDS} | {
    "EXPORT": FLAT_EXPORT_KIND
}
_TYPES = {kind: word for word, kind in _KINDS.items()}
_OVER = {JobState.DONE: "COMPLETED", JobState.FAILED: "FAILED"}
_ERRORS_SHOWN = 100


class BulkJobQuery(Body):
    """Which jobs."""

    type = Word(tuple(_KINDS), load_default=USUAL)


class BulkJobBody(Body):
    """A new bulk job. payload: a list of objects, or of UUIDs where they are to be deleted."""

    job_type = Word([one for one in _KINDS if one != "EXPORT"], required=True)
    payload = Anything(required=True)


class EntryErrorReply(Schema):
    """Why an entry could not be applied; rows are counted from 0."""

    row = fields.Integer()
    error = fields.String()


class BulkJobReply(Schema):
    """A job, and how far it is."""

    id = fields.UUID()
    org_id = fields.UUID()
    tenant_id = fields.UUID()
    job_type = fields.String(metadata={"enum": list(_KINDS)})
    status = fields.String(metadata={"enum": ["PENDING", "PROCESSING", *_OVER.values()]})
    payload_json = fields.String(allow_none=True)
    total_items = fields.Integer()
    processed_items = fields.Integer()
    failed_items = fields.Integer()
    errors = fields.List(fields.Nested(EntryErrorReply()))
    file_url = fields.String(allow_none=True)
    created_by = fields.String()
    created_at = fields.DateTime()
    updated_at = fields.DateTime()


class ExportReply(Schema):
    """An export that was asked for."""

    status = fields.String()
    message = fields.String()
    job_id = fields.UUID()


def kind_of(word: str) -> str:
    """Return the kind of the jobs of a type."""
    return _KINDS[word]


def check_payload(kind: str, payload: Any) -> None:
    """Refuse a payload that is no list of what the entries of a job are. Raises BadInput."""
    if not (isinstance(payload, list) and payload):
        raise _wrong("payload must be a list with at least one entry!")
    is_entry, noun = _is_object, "an object"
    if BULK_KINDS[kind] is BulkKind.DELETE:
        is_entry, noun = _is_uuid, "a UUID"
    for row, one in enumerate(payload):
        if not is_entry(one):
            raise _wrong(f"Entry {row} of payload must be {noun}!")


def payload_text(payload: Any) -> bytes:
    """Return a payload as JSON, its numbers as they came."""
    return orjson.dumps(payload, _as_it_came, orjson.OPT_PASSTHROUGH_SUBCLASS)


def job_object(
    ids: TenantIds, job: Job, payload: bytes | None, files: frozenset[str] | set[str]
) -> dict[str, Any]:
    """Return a job as this face shows it. files: the names of those that it has."""
    progress, number = job.progress, job_id(ids, job)
    rows = progress.get("rows", [])
    has_file = job.kind == FLAT_EXPORT_KIND and job.state is JobState.DONE and RESULT in files
    return {
        **owned(ids, number),
        "job_type": _TYPES[job.kind],
        "status": _status(job),
        "payload_json": None if payload is None else payload.decode(),
        "total_items": progress.get("total", 0),
        "processed_items": progress.get("done", 0),
        "failed_items": progress.get("totals", {}).get("failed", 0),
        "errors": rows[:_ERRORS_SHOWN],
        "file_url": FILE_ADDRESS.format(number) if has_file else None,
        "created_by": job.created_by,
        "created_at": second_text(job.created_at),
        "updated_at": second_text(_changed_at(job)),
    }


def export_object(ids: TenantIds, job: Job) -> dict[str, Any]:
    """Return the answer to who asks for an export."""
    message = (
        "The export is queued. Ask for the jobs of the type EXPORT: "
        "when this one is COMPLETED, its file_url says where the file is."
    )
    return {"status": "success", "message": message, "job_id": job_id(ids, job)}


def job_id(ids: TenantIds, job: Job) -> str:
    """Return the UUID of a job."""
    return ids.of_number(Numbered.JOB, job.id)


def _status(job: Job) -> str:
    begun = job.state is JobState.RUNNING or job.started_at is not None
    return _OVER.get(job.state, "PROCESSING" if begun else "PENDING")


def _changed_at(job: Job) -> int:
    at: int = job.finished_at or job.progress.get("at") or job.started_at or job.created_at
    return at


def _is_object(entry: Any) -> bool:
    return isinstance(entry, dict)


def _is_uuid(entry: Any) -> bool:
    is_text = isinstance(entry, str) and not isinstance(entry, JsonNumber)
    return is_text and uuid_of(entry) is not None


def _as_it_came(value: Any) -> Any:
    if isinstance(value, JsonNumber):
        return orjson.Fragment(str(value))
    raise TypeError


def _wrong(message: str) -> BadInput:
    return BadInput(faults=[Fault("type", message)])
