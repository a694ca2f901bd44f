"""Bulk jobs and exports: asked for, listed, and the files of exports."""

from typing import Any

from flask import Response

from pims_api.domain.job import INPUT, RESULT, USER, Job, JobState
from pims_api.domain.tenant_ids import Numbered
from pims_api.errors import NotFound
from pims_api.jobs.flat_products.export_job import FLAT_EXPORT_KIND
from pims_api.jobs.kinds import JOB_KINDS
from pims_api.services.jobs import add_job, find_job, jobs_of_kind
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.jobs.files import (
    StoredFile,
    add_part,
    file_of,
    files_of,
    in_parts,
    part_sizes,
    read_part,
)
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.tenant.ids import absent, number_in
from schemas.tenant.jobs import (
    check_payload,
    export_object,
    job_object,
    kind_of,
    payload_text,
)
from views.running import Body, permit
from views.tenant.caller import Caller
from views.transport import current_database

JOBS_LISTED_MAX = 100
PAYLOAD_BYTES_MAX = 20 * 1024 * 1024  # of all jobs of a list together


def list_jobs(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the jobs of a type, newest first."""
    kind, ids = kind_of(asked["query"]["type"]), tenant_ids(seen)
    found = jobs_of_kind(seen, caller.key, _user(caller), kind, JOBS_LISTED_MAX)
    files, left, shown = files_of(seen.connection, found), PAYLOAD_BYTES_MAX, []
    for job in found:
        payload = _payload(seen, job, left) if INPUT in files[job.id] else None
        left -= len(payload or b"")
        shown.append(job_object(ids, job, payload, files[job.id]))
    return shown


def add_bulk_job(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Queue a bulk job and answer with it."""
    kind, payload = kind_of(asked["body"]["job_type"]), asked["body"]["payload"]
    permit(caller, JOB_KINDS[kind].permission)
    check_payload(kind, payload)
    job, text = _added(work, caller, kind), payload_text(payload)
    for part in in_parts([text]):
        add_part(work.connection, file_of(job, INPUT), part)
    return job_object(tenant_ids(work), job, text, {INPUT})


def add_export(work: UnitOfWork, caller: Caller, _asked: Body) -> Any:
    """Queue an export and answer with the id of its job."""
    return export_object(tenant_ids(work), _added(work, caller, FLAT_EXPORT_KIND))


def send_file(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the file that an export made."""
    number = number_in(tenant_ids(seen), Numbered.JOB, asked["path"]["job_id"], "The id of a job")
    try:
        job = find_job(seen, caller.key, number or 0, _user(caller))
    except NotFound:
        raise absent("export") from None
    if job.kind != FLAT_EXPORT_KIND:
        raise absent("export")
    stored = StoredFile(current_database().reading, file_of(job, RESULT))
    if job.state is not JobState.DONE or not stored.size:
        raise absent("file: the export is not done, or its file is kept no longer")
    response = Response(stored.parts(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="products.csv"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.content_length = stored.size
    return response


def _added(work: UnitOfWork, caller: Caller, kind: str) -> Job:
    user = _user(caller)
    return add_job(work, kind, {} if user is None else {USER: user})


def _user(caller: Caller) -> str | None:
    """Return the name of a caller who has no key."""
    return caller.actor.name if caller.key is None else None


def _payload(seen: Snapshot, job: Job, bytes_max: int) -> bytes | None:
    """Return what was sent with a job, as JSON; None where it is longer."""
    place = file_of(job, INPUT)
    sizes = part_sizes(seen.connection, place)
    if sum(size for _, size in sizes) > bytes_max:
        return None
    return b"".join(read_part(seen.connection, place, number) for number, _ in sizes)
