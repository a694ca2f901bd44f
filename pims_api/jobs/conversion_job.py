"""The job `convert`: an attribute of a large catalogue gets another type.

First every value is looked at, while others go on writing; then all are stored in one transaction,
so nobody ever sees a part of them in the new form. An attempt that ends early leaves nothing.

Source: docs/core.md, Changing the type of an attribute.
"""

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from pims_api.domain.definition import Definition
from pims_api.domain.job import stored_faults
from pims_api.domain.suggestion import Suggestions
from pims_api.errors import refusal
from pims_api.jobs.job_run import JobRun, Progress
from pims_api.services.attributes.convert import look_over, uncounted
from pims_api.services.attributes.requests import AttributeWrite
from pims_api.services.attributes.write import SavedAttributes, edit_attribute, known_attribute
from pims_api.services.definition_imports.attribute_words import AttributeReader
from pims_api.storage.database import Database
from pims_api.storage.history.changes import NO_NOTE, Note
from pims_api.storage.scratch_copy import private_copy
from pims_api.storage.snapshot import take_snapshot
from pims_api.storage.unit_of_work import unit_of_work

CONVERSION_KIND = "convert"
EVERY_PRODUCT = 2**62  # a job may take its time
_TOLD_EVERY_S = 1.0
_PASSES = 2

Outcome = dict[str, Any]
"""What a conversion came to, as its job tells it."""


@dataclass(frozen=True, slots=True)
class ConversionTerms:
    """The parameters of a conversion. definition: what is to change, in the words of requests.

    is_trial: nothing is to be stored.
    """

    attribute: str
    definition: dict[str, Any]
    is_trial: bool = False
    note: Note = NO_NOTE

    def to_payload(self) -> dict[str, Any]:
        """Return the parameters as a JSON object."""
        note = {"reason": self.note.reason, "source_ref": self.note.source_ref}
        told = {"attribute": self.attribute, "definition": self.definition}
        return told | {"is_trial": self.is_trial} | note


def run_conversion(run: JobRun) -> Outcome:
    """Convert the values; return the attribute and how many products have one."""
    payload = run.job.payload
    done = run.job.progress.get("position")
    if done is None:  # no attempt before this one came to its end
        telling = _Telling(run)
        _look(run, telling)
        done = _try(run, telling) if payload["is_trial"] else _convert(run, telling)
    trial = {"is_trial": True} if payload["is_trial"] else {}
    return {"attribute": payload["attribute"], **done, **trial}


class _Telling:
    """How far a job is. It looks at every product twice, and counts each time as a half."""

    def __init__(self, run: JobRun) -> None:
        self._run = run
        self._looked_at = 0
        self._total = 0
        self._told_at = 0.0
        self.is_silent = False  # nobody else can write, so nothing can be told

    def begin(self, total: int) -> None:
        self._total = total

    def __call__(self, looked_at: int) -> None:
        """Count products that were looked at, and tell it from time to time.

        Raises LeaseLost when the job was called off, Interrupted when the worker is to stop.
        """
        self._looked_at += looked_at
        self._run.check_stop()
        if not self.is_silent and time.monotonic() - self._told_at > _TOLD_EVERY_S:
            self._told_at = time.monotonic()
            self._run.save(self.progress())

    def progress(self) -> Progress:
        """Return how far the job is."""
        done = min(self._looked_at // _PASSES, self._total)
        return {"done": done, "total": self._total}

    def end(self, saved: SavedAttributes, came_to: Outcome) -> Progress:
        """Return the progress of a job that is through, with what it came to."""
        progress = {"done": self._total, "total": self._total, "position": came_to}
        warnings = stored_faults(saved.warnings)
        return progress | ({"warnings": warnings} if warnings else {})


def _look(run: JobRun, telling: _Telling) -> None:
    """Raise Conflict, with the first values that do not fit, when there are any."""
    with run.database.reading(deadline=False) as connection:
        seen = take_snapshot(run.database, connection, run.job.tenant_id)
        telling.begin(seen.last_product_id)
        wanted = _wanted(run, seen.definition)
        before = known_attribute(seen.definition, wanted)
        done = look_over(seen, before, wanted, telling)
    if done.misfits:
        raise refusal([*done.faults, *uncounted(done, wanted)])


def _convert(run: JobRun, telling: _Telling) -> Outcome:
    """Convert in one transaction, which also says that it is done; return what it came to."""
    telling.is_silent = run.database.is_sqlite
    with unit_of_work(run.database, run.job.tenant_id, run.actor) as work:
        wanted = _wanted(run, work.definition)
        saved = edit_attribute(work, wanted, EVERY_PRODUCT, telling)
        came_to = {"converted": sum(saved.converted.values())}
        run.save_step(work, telling.end(saved, came_to))
    return came_to


def _try(run: JobRun, telling: _Telling) -> Outcome:
    """Do the same without storing it; on SQLite in a copy, so that nobody waits."""
    with (
        _for_trial(run.database) as database,
        unit_of_work(database, run.job.tenant_id, run.actor) as work,
    ):
        work.dry_run = True
        saved = edit_attribute(work, _wanted(run, work.definition), EVERY_PRODUCT, telling)
    came_to = {"converted": sum(saved.converted.values())}
    run.save(telling.end(saved, came_to))
    return came_to


def _for_trial(database: Database) -> AbstractContextManager[Database]:
    return private_copy(database) if database.is_sqlite else nullcontext(database)


def _wanted(run: JobRun, definition: Definition) -> AttributeWrite:
    name, sent = run.job.payload["attribute"], run.job.payload["definition"]
    known = definition.by_name.get(name)
    return AttributeReader(name, definition, Suggestions()).read(sent, known, is_new=False)
