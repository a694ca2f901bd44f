"""The job `import`: an uploaded file, imported step by step.

Each step commits its products, its position and its refused rows together, so the next attempt
after a crash neither repeats nor skips a row.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission import Permission
from pims_api.domain.access.permission_group import groups_granting
from pims_api.domain.attributes.attribute import ValueType
from pims_api.domain.job import ERRORS, FAULTS_MAX, INPUT, stored_faults
from pims_api.errors import Busy, Fault, Forbidden
from pims_api.jobs.imports.causes import Causes
from pims_api.jobs.imports.product_import import (
    ImportState,
    ImportStep,
    ImportTask,
    import_products,
    totals_of,
)
from pims_api.jobs.imports.refused_rows import first_line, refused_line
from pims_api.jobs.job_run import JobRun, Progress
from pims_api.services.imports.column_plan import ATTRIBUTES_MISSING, ImportChoices
from pims_api.services.imports.preview import row_difference
from pims_api.services.products.batch import RowStatus
from pims_api.services.products.value_rules import CATEGORIES_MISSING, DICTIONARY_MISSING
from pims_api.storage.history.changes import Note
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from pims_api.transfer.file_format import FileFormat
from pims_api.transfer.read import open_table
from pims_api.transfer.tables.table import Table

IMPORT_KIND = "import"
DRY_RUN_BYTES_MAX = 5 * 1024 * 1024  # for on PostgreSQL writers wait until a trial is over
DIFFERENCES_MAX = 100  # that a trial tells of
VALUE_LENGTH_MAX = 255  # characters of a value that the warning of a row repeats
_SPOOL_BYTES = 1024 * 1024
_OF_ROW = "row"  # the key of a stored warning that is about a row: its line
_NEEDED = {  # to have it made
    ATTRIBUTES_MISSING: Permission.MANAGE_DEFINITIONS,
    CATEGORIES_MISSING: Permission.ADD_CATEGORIES,
    DICTIONARY_MISSING: Permission.EDIT_PRODUCTS,
}


@dataclass(frozen=True, slots=True)
class ImportTerms:
    """The parameters of an import. view, locale: of the access that the columns are read with.

    reason, source_ref: why, as of `Note`.
    """

    file: FileFormat = field(default_factory=FileFormat)
    choices: ImportChoices = field(default_factory=ImportChoices)
    pause_facets: bool = False
    dry_run: bool = False
    view: str | None = None
    locale: str | None = None
    reason: str | None = None
    source_ref: str | None = None

    @property
    def note(self) -> Note:
        """Why the file is imported."""
        return Note(self.reason, self.source_ref)

    def to_payload(self) -> dict[str, Any]:
        """Return the parameters as a JSON object."""
        choices = asdict(self.choices)
        sets = {name: sorted(choices[name]) for name in ("ignored", "missing")}
        return asdict(self) | {"choices": choices | sets}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> "ImportTerms":
        """Return the parameters of such an object."""
        choices = payload["choices"]
        sets = {name: frozenset(choices[name]) for name in ("ignored", "missing")}
        types = {name: ValueType(kind) for name, kind in choices.get("types", {}).items()}
        return cls(
            file=FileFormat(**payload["file"]),
            choices=ImportChoices(**choices | sets | {"types": types}),
            pause_facets=payload["pause_facets"],
            dry_run=payload["dry_run"],
            view=payload["view"],
            locale=payload["locale"],
            reason=payload.get("reason"),
            source_ref=payload.get("source_ref"),
        )


def require_rights(key: ApiKey | None, choices: ImportChoices) -> None:
    """Raise Forbidden when a key lacks the permissions to create what the choices let be created.

    Source: docs/core.md, Permissions.
    """
    for what in sorted(choices.missing):
        if key is not None and not key.may(_NEEDED[what]):
            needed = groups_granting(_NEEDED[what])
            message = f"Access denied! Making {what} needs {' or '.join(needed)}."
            fault = Fault("forbidden", message, place="import/missing", allowed=needed)
            raise Forbidden(faults=[fault])


def run_import(run: JobRun) -> dict[str, Any]:
    """Import the file of a job; return its result beside the totals."""
    terms = ImportTerms.from_payload(run.job.payload)
    with run.database.reading() as connection:
        require_rights(run.key(connection), terms.choices)
    task = _task(run, terms)
    return _try(run, task) if terms.dry_run else _import(run, task)


def _task(run: JobRun, terms: ImportTerms) -> ImportTask:
    @contextmanager
    def opened() -> Iterator[Table]:
        with run.open_file(INPUT) as stream, open_table(stream, terms.file) as table:
            yield table

    def access_of(seen: Snapshot) -> Access:
        return run.access(seen.connection, seen.definition)

    return ImportTask(
        database=run.database,
        tenant_id=run.job.tenant_id,
        actor=run.actor,
        open_table=opened,
        access_of=access_of,
        choices=terms.choices,
        pause_facets=terms.pause_facets,
        dry_run=terms.dry_run,
    )


def _import(run: JobRun, task: ImportTask) -> dict[str, Any]:
    before = run.job.progress
    state = ImportState.at(before["position"], before["totals"]) if before else None
    warnings = before.get("warnings", [])
    causes = Causes.from_object(before.get("causes", ()))

    def record(work: UnitOfWork, step: ImportStep) -> None:
        _add_warnings(warnings, step)
        _count_causes(causes, step)
        progress = _progress(step) | {"warnings": warnings, "causes": causes.to_object()}
        run.save_step(work, progress, ERRORS, b"".join(_refused(step)))

    with closing(import_products(task, state, record)) as steps:
        for step in steps:
            if state is None:  # the columns are in order, no row was written yet
                state = step.state
                _add_warnings(warnings, step)
                head = first_line(step.table)
                run.save(_progress(step) | {"warnings": warnings}, ERRORS, head)
            run.check_stop()
    return {}


def _try(run: JobRun, task: ImportTask) -> dict[str, Any]:
    """Run the import as a dry run; return its result. Each attempt starts from the beginning."""
    differences: list[dict[str, Any]] = []
    progress: Progress = {}
    warnings: list[dict[str, Any]] = []
    made: dict[str, Any] = {}
    causes = Causes()
    with SpooledTemporaryFile(_SPOOL_BYTES) as refused:
        with closing(import_products(task)) as steps:
            for step in steps:
                if not progress:
                    refused.write(first_line(step.table))
                _add_warnings(warnings, step)
                _count_causes(causes, step)
                progress = _progress(step) | {"warnings": warnings, "causes": causes.to_object()}
                refused.writelines(_refused(step))
                differences += _differences(step, DIFFERENCES_MAX - len(differences))
                made = step.made.to_object()
                _tell_trial(run, progress)
                run.check_stop()
        refused.seek(0)
        run.write_file(ERRORS, refused)
    run.save(progress)
    return {"dry_run": True, "differences": differences, "made": made}


def _add_warnings(warnings: list[dict[str, Any]], step: ImportStep) -> None:
    """Add the warnings of a step: of the file and of rows, at most FAULTS_MAX of each."""
    of_rows = sum(_OF_ROW in one for one in warnings)
    of_file = len(warnings) - of_rows
    warnings += stored_faults(step.warnings[: FAULTS_MAX - of_file])
    warnings += stored_faults(islice(_row_warnings(step), FAULTS_MAX - of_rows))


def _row_warnings(step: ImportStep) -> Iterator[Fault]:
    for row, outcome in step.rows:
        for one in outcome.warnings:
            is_short = isinstance(one.value, str) and len(one.value) <= VALUE_LENGTH_MAX
            yield replace(one, row=row.line, value=one.value if is_short else None)


def _count_causes(causes: Causes, step: ImportStep) -> None:
    for _, outcome in step.rows:
        if outcome.status is RowStatus.REJECTED:
            causes.add(outcome.faults)


def _tell_trial(run: JobRun, progress: Progress) -> None:
    """Save the progress of a dry run, if it can be; raises LeaseLost when the job was cancelled."""
    with suppress(Busy):  # the next step tells it
        run.save(progress)
    run.has_moved = False  # another attempt would begin anew


def _progress(step: ImportStep) -> Progress:
    read = step.table.position() if step.state.turn == 0 else step.table.size
    return {
        "done": read,
        "total": step.table.size,
        "totals": totals_of(step.state),
        "position": step.state.position(),
    }


def _refused(step: ImportStep) -> Iterator[bytes]:
    for row, outcome in step.rows:
        if outcome.status is RowStatus.REJECTED:
            yield refused_line(row, outcome)


def _differences(step: ImportStep, count_max: int) -> list[dict[str, Any]]:
    found = (row_difference(step.access, row.line, outcome) for row, outcome in step.rows)
    return [asdict(one) for one in found if one][: max(0, count_max)]
