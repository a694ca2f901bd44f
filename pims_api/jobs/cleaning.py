"""The removal of old files of jobs, of abandoned uploads and of replies that were kept."""

from pims_api.domain.job import FILES, Job
from pims_api.storage.database import Database
from pims_api.storage.identity.kept_replies import remove_some as remove_some_replies
from pims_api.storage.jobs.files import file_of, remove_some
from pims_api.storage.jobs.queue import jobs_received_before, jobs_with_files, remove_job

RECEIVING_HOURS_MAX = 24
_HOUR_US = 60 * 60 * 1_000_000


def remove_old_files(database: Database, now: int) -> None:
    """Remove the files of old jobs, and uploads that stopped coming in.

    now: microseconds since 1970.
    """
    kept_us = int(database.settings.job_file_days * 24 * _HOUR_US)
    with database.reading() as connection:
        old = [one for one in jobs_with_files(connection, now - kept_us) if one.is_over]
        left = list(jobs_received_before(connection, now - RECEIVING_HOURS_MAX * _HOUR_US))
    for job in old:
        remove_files(database, job)
    for job in left:
        drop_job(database, job)


def remove_old_replies(database: Database, now: int) -> None:
    """Remove the replies that are kept no longer, in short transactions.

    now: microseconds since 1970.
    """
    more = True
    while more:
        with database.writing() as connection:
            more = remove_some_replies(connection, now - database.settings.replies_kept_us)
            connection.commit()


def remove_files(database: Database, job: Job) -> None:
    """Remove every file of a job, in short transactions."""
    for name in FILES:
        while _remove_some(database, job, name):
            pass


def drop_job(database: Database, job: Job) -> None:
    """Remove a job that was never queued, with its uploaded file."""
    remove_files(database, job)
    with database.writing() as connection:
        remove_job(connection, job)
        connection.commit()


def _remove_some(database: Database, job: Job, name: str) -> bool:
    with database.writing() as connection:
        found = remove_some(connection, file_of(job, name))
        connection.commit()
    return found
