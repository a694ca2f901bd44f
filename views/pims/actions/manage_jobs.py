"""The actions of jobs: queue an export, list, show and cancel jobs."""

from dataclasses import replace

from pims_api.domain.job import Job
from pims_api.jobs.export_job import EXPORT_KIND, planned
from pims_api.services import jobs
from pims_api.services.lists.as_of import sequence_as_of
from pims_api.storage.jobs.files import files_of
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.body import Request
from schemas.pims.job import job_object, read_cancellation, read_job_query, read_page
from schemas.pims.transfer_requests import read_export_terms
from views.pims.caller import Caller
from views.pims.dry_run import with_warnings
from views.running import Body, Reply


def start_export(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Ask for an export and answer with its job; what is wrong with it is told at once."""
    request, terms = read_export_terms(body)
    caller.hear(request)
    caller.view_name = terms.view or caller.view_name
    access = caller.access(work.definition)
    planned(work, access, terms)  # raises BadInput with its faults
    moment = request.values["as_of"]
    as_of = None if moment is None else sequence_as_of(work, moment, "export/as_of").sequence
    terms = replace(terms, view=access.policy.name, locale=access.locale, as_of=as_of)
    job = jobs.add_job(work, EXPORT_KIND, terms.to_payload())
    shown = job_object(job, ())
    if request.dry_run:
        shown |= {"id": None, "links": {}}  # that job will never be there
    return _tried(work, caller, request, shown)


def list_jobs(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with a page of the jobs that the caller may see, newest first."""
    page, request = read_page(body)
    caller.hear(request)
    found, total = jobs.list_jobs(seen, caller.key, page)
    files = files_of(seen.connection, found)
    shown = [job_object(one, files[one.id]) for one in found]
    return with_warnings({"status": "OK", "jobs": shown, "total_count": total}, caller.warnings)


def show_job(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with a job: how far it is, and what became of it."""
    caller.hear(read_job_query(body))
    return _told(seen, caller, jobs.find_job(seen, caller.key, body["job_id"]))


def cancel_job(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Call off a job and answer with it."""
    number = body["job_id"]
    request = caller.hear(read_cancellation(body))
    job = jobs.cancel_job(work, caller.key, number)
    return _tried(work, caller, request, _shown(work, job))


def _tried(work: UnitOfWork, caller: Caller, request: Request, shown: Reply) -> Reply:
    reply: Reply = {"status": "OK", "job": shown}
    work.dry_run = request.dry_run
    if work.dry_run:
        reply |= {"dry_run": True}
    return with_warnings(reply, caller.warnings)


def _told(seen: Snapshot, caller: Caller, job: Job) -> Reply:
    return with_warnings({"status": "OK", "job": _shown(seen, job)}, caller.warnings)


def _shown(seen: Snapshot, job: Job) -> Reply:
    return job_object(job, files_of(seen.connection, [job])[job.id])
