"""Every kind of job: those of the core, and those that speak the words of a face.

`pims worker` finds this table by its name, as Gunicorn finds the application.
"""

from collections.abc import Mapping

from pims_api.domain.access.permission import Permission
from pims_api.jobs.kinds import JOB_KINDS, JobKind, NamedFunction

_EXPORT_RUN = NamedFunction("views.sigma.jobs.export_records:run_export")

KINDS: Mapping[str, JobKind] = {
    **JOB_KINDS,
    "export_run": JobKind(Permission.READ, _EXPORT_RUN, "deliveries"),
}
