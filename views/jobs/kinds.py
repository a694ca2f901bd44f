"""Every kind of job: those of the core, and those that speak the words of a face.

`pims worker` finds this table by its name, as Gunicorn finds the application.
"""

from collections.abc import Mapping
from typing import Any

from pims_api.domain.access.permission import Permission
from pims_api.jobs.job_run import JobRun
from pims_api.jobs.kinds import JOB_KINDS, JobKind
from pims_api.jobs.outlets.delivery import run_delivery
from pims_api.services.outlets.export_jobs import RUN_KIND
from views.sigma.jobs.export_records import write_records


def _run_export(run: JobRun) -> dict[str, Any]:
    return run_delivery(run, write_records)


KINDS: Mapping[str, JobKind] = {
    **JOB_KINDS,
    RUN_KIND: JobKind(Permission.READ, _run_export, "deliveries"),
}
