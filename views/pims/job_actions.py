"""What the addresses of jobs do, and who may ask for it."""

from pims_api.domain.access.api_key import EXPORT
from views.pims.actions import manage_jobs
from views.pims.dispatch import Reading, Writing

START_EXPORT = Writing((EXPORT,), manage_jobs.start_export, bodiless=True)
LIST_JOBS = Reading((), manage_jobs.list_jobs)
SHOW_JOB = Reading((), manage_jobs.show_job)
CANCEL_JOB = Writing((), manage_jobs.cancel_job, bodiless=True)
