"""The kinds of jobs of the core; `load_kinds` returns those of the faces, too."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

from pims_api.domain.access.permission import Permission
from pims_api.jobs.job_run import JobRun
from pims_api.settings import Settings

CHANNELS = "channels"


@dataclass(frozen=True, slots=True)
class NamedFunction:
    """A function that is imported when it is first called: a worker loads what its jobs need.

    place: `module:function`.
    """

    place: str

    def __call__(self, run: JobRun) -> dict[str, Any]:
        done: dict[str, Any] = resolve_name(self.place)(run)
        return done


@dataclass(frozen=True, slots=True)
class JobKind:
    """What a worker does for a job. permission: what its key needs.

    run: does it, from where the last attempt came to, and returns what there is to tell at the end.
    queue: jobs of two queues are done at the same time; `workers_of` says how many of one are.
    """

    permission: Permission
    run: Callable[[JobRun], dict[str, Any]]
    queue: str = "default"


_BULK = NamedFunction("pims_api.jobs.flat_products.bulk_job:run_bulk")
_CONVERSION = NamedFunction("pims_api.jobs.conversion_job:run_conversion")
_EXPORT = NamedFunction("pims_api.jobs.export_job:run_export")
_FLAT_EXPORT = NamedFunction("pims_api.jobs.flat_products.export_job:run_flat_export")
_IMPORT = NamedFunction("pims_api.jobs.imports.job:run_import")
_REVERT = NamedFunction("pims_api.jobs.reverts.job:run_revert")
_CHANNEL = NamedFunction("pims_api.jobs.channels.channel_run:run_channel")

JOB_KINDS: Mapping[str, JobKind] = {
    "import": JobKind(Permission.IMPORT_FILES, _IMPORT, "imports"),
    "revert": JobKind(Permission.EDIT_PRODUCTS, _REVERT, "reverts"),
    "export": JobKind(Permission.EXPORT_FILES, _EXPORT, "exports"),
    "convert": JobKind(Permission.MANAGE_DEFINITIONS, _CONVERSION, "conversions"),
    "bulk_import": JobKind(Permission.IMPORT_FILES, _BULK, "bulk"),
    "bulk_update": JobKind(Permission.EDIT_PRODUCTS, _BULK, "bulk"),
    "bulk_delete": JobKind(Permission.DELETE_PRODUCTS, _BULK, "bulk"),
    "flat_export": JobKind(Permission.EXPORT_FILES, _FLAT_EXPORT, "exports"),
    "channel_run": JobKind(Permission.EDIT_PRODUCTS, _CHANNEL, CHANNELS),
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
