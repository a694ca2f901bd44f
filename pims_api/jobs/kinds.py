"""The kinds of jobs. One look shows them all."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pims_api.domain.access.permission import Permission
from pims_api.jobs.channels.channel_run import run_channel
from pims_api.jobs.conversion_job import CONVERSION_KIND, run_conversion
from pims_api.jobs.export_job import EXPORT_KIND, run_export
from pims_api.jobs.flat_products.bulk_job import run_bulk
from pims_api.jobs.flat_products.export_job import FLAT_EXPORT_KIND, run_flat_export
from pims_api.jobs.imports.job import IMPORT_KIND, run_import
from pims_api.jobs.job_run import JobRun
from pims_api.jobs.reverts.job import REVERT_KIND, run_revert
from pims_api.services.channels.runs import JOB_KIND as CHANNEL_KIND
from pims_api.settings import Settings

CHANNELS = "channels"


@dataclass(frozen=True, slots=True)
class JobKind:
    """What a worker does for a job. permission: what its key needs.

    run: does it, from where the last attempt came to, and returns what there is to tell at the end.
    queue: jobs of two queues are done at the same time; `workers_of` says how many of one are.
    """

    permission: Permission
    run: Callable[[JobRun], dict[str, Any]]
    queue: str = "default"


JOB_KINDS: Mapping[str, JobKind] = {
    IMPORT_KIND: JobKind(Permission.IMPORT_FILES, run_import, "imports"),
    REVERT_KIND: JobKind(Permission.EDIT_PRODUCTS, run_revert, "imports"),
    EXPORT_KIND: JobKind(Permission.EXPORT_FILES, run_export, "exports"),
    CONVERSION_KIND: JobKind(Permission.MANAGE_DEFINITIONS, run_conversion, "conversions"),
    "bulk_import": JobKind(Permission.IMPORT_FILES, run_bulk, "imports"),
    "bulk_update": JobKind(Permission.EDIT_PRODUCTS, run_bulk, "imports"),
    "bulk_delete": JobKind(Permission.DELETE_PRODUCTS, run_bulk, "imports"),
    FLAT_EXPORT_KIND: JobKind(Permission.EXPORT_FILES, run_flat_export, "exports"),
    CHANNEL_KIND: JobKind(Permission.EDIT_PRODUCTS, run_channel, CHANNELS),
}

KINDS_MODULE = "views.jobs.kinds"
"""Where every kind of job is; faces have some that speak their words."""


def load_kinds() -> Mapping[str, JobKind]:
    """Return every kind of job, those of the faces too, which the core knows by name alone."""
    kinds: Mapping[str, JobKind] = importlib.import_module(KINDS_MODULE).KINDS
    return kinds


def workers_of(queue: str, settings: Settings) -> int:
    """Return how many jobs of a queue are done at the same time.

    Runs of channels mostly wait for shops, and no shop's slowness is to hold up the others.
    """
    return settings.channel_runs if queue == CHANNELS else 1
