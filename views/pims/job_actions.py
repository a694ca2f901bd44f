"""What the addresses of jobs do, and who may ask for it."""

from pims_api.domain.access.permission import Permission
from views.pims.actions import manage_jobs
from views.pims.dispatch import Reading, Writing

START_EXPORT = Writing(Permission.EXPORT_FILES, manage_jobs.start_export, bodiless=True)
LIST_JOBS = Reading(None, manage_jobs.list_jobs)
SHOW_JOB = Reading(None, manage_jobs.show_job)
CANCEL_JOB = Writing(None, manage_jobs.cancel_job, bodiless=True)
