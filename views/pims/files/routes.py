"""The addresses that take or give files: imports come in, results and refused rows go out."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BufferedReader
from typing import BinaryIO

import orjson
from flask import Response, request

from pims_api.domain.access.permission import Permission
from pims_api.domain.job import ERRORS, RESULT, Job, JobState
from pims_api.errors import Fault, NotFound
from pims_api.jobs.imports.check import check_import
from pims_api.jobs.imports.job import IMPORT_KIND, require_rights
from pims_api.jobs.imports.refused_rows import errors_file, refused_rows
from pims_api.jobs.upload import Intake, receiving
from pims_api.services.jobs import find_job
from pims_api.services.transactions.answered_once import Answer, answer_once
from pims_api.storage.jobs.files import PART_BYTES, StoredFile, file_of
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.transfer.tables.table import Format
from schemas.pims.job import (
    JSON,
    job_object,
    read_errors_format,
    read_file_query,
    refused_row_object,
)
from schemas.pims.messages import worded
from schemas.pims.transfer_requests import read_import_terms
from views.headers import name_of
from views.pims.caller import Credentials, checked, credentials
from views.pims.dry_run import with_transaction, with_warnings
from views.pims.files.upload import Upload
from views.running import Reply, reading_as
from views.transport import answer_response, as_json, current_database

CONTENT_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def start_import(permission: Permission, locale: str | None = None) -> Response:
    """Take a file in and answer with the job that imports it.

    The key is asked for before the file is read, and again when it is there.
    """
    database = current_database()
    sent = checked(database, credentials(request, locale))
    upload = Upload(request, database.settings.import_bytes_max)
    with reading_as(database, sent, permission) as (caller, _):
        tenant_id, actor = caller.tenant_id, caller.actor
    read_import_terms(upload.options)  # what stands in the address is refused before the file
    name_of(request, ())
    with receiving(database, tenant_id, actor, IMPORT_KIND) as intake:
        intake.store(upload.chunks())
        return answer_response(_queued(intake, upload, sent, permission))


def _queued(intake: Intake, upload: Upload, sent: Credentials, permission: Permission) -> Answer:
    """Check what came in and hand it to the workers, for the View that applies now."""
    terms = read_import_terms(upload.options)
    once = None if terms.dry_run else upload.once(as_json)
    sent = replace(sent, view=terms.view or sent.view)
    with reading_as(intake.database, sent, permission) as (caller, seen):
        require_rights(caller.key, terms.choices)
        access = caller.access(seen.definition)
    terms = replace(terms, view=access.policy.name, locale=access.locale)
    check_import(intake, terms, access)
    payload = terms.to_payload() | {"name": upload.name}

    def tell(work: UnitOfWork, queue: Callable[[], Job]) -> Answer:
        def act() -> Reply:
            told: Reply = {"status": "OK", "job": job_object(queue(), ())}
            return with_transaction(work, with_warnings(told, caller.warnings))

        return as_json(act()) if once is None else answer_once(work, once, act)

    return intake.queue(replace(caller.actor, note=terms.note), payload, tell)


def send_errors(permission: Permission | None, job_id: int, locale: str | None = None) -> Response:
    """Answer with the rows that an import refused, in the format in which they came."""
    sent = checked(current_database(), credentials(request, locale))
    job, stored = _file(job_id, sent, permission, ERRORS)
    if not job.progress.get("totals", {}).get("rejected"):
        raise _no_file("No row was refused.")
    lines = BufferedReader(stored, PART_BYTES)
    kind, pieces = errors_file(lines, worded)
    if read_errors_format(request.args.to_dict(), kind) == JSON:
        lines.seek(0)
        return Response(_as_json(lines), content_type="application/json")
    return _download(pieces, kind, f"job-{job.id}-errors.{kind}")


def _as_json(lines: BinaryIO) -> Iterator[bytes]:
    """Yield a JSON object with all refused rows, however many they are."""
    yield b'{"status":"OK","rows":['
    for number, (row, faults) in enumerate(refused_rows(lines)):
        yield (b"," if number else b"") + orjson.dumps(refused_row_object(row, faults))
    yield b"]}"


def send_result(permission: Permission | None, job_id: int, locale: str | None = None) -> Response:
    """Answer with the file that an export made."""
    sent = checked(current_database(), credentials(request, locale))
    read_file_query(request.args.to_dict())
    job, stored = _file(job_id, sent, permission, RESULT)
    if job.state is not JobState.DONE:
        raise _no_file("The file is not ready.")
    kind = job.result["format"]
    response = _download(stored.parts(), kind, f"products.{kind}")
    response.content_length = stored.size
    return response


def _file(
    job_id: int, sent: Credentials, permission: Permission | None, name: str
) -> tuple[Job, StoredFile]:
    database = current_database()
    with reading_as(database, sent, permission) as (caller, seen):
        job = find_job(seen, caller.key, job_id)
    stored = StoredFile(database.reading, file_of(job, name))
    if not stored.size:
        raise _no_file("The job has no such file, or has it no longer.")
    return job, stored


def _no_file(message: str) -> NotFound:
    return NotFound(faults=[Fault("not_found", message)])


def _download(pieces: Iterator[bytes], kind: Format, name: str) -> Response:
    response = Response(pieces, content_type=CONTENT_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
