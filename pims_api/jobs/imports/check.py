"""The check of an uploaded file before its job is queued: faults of the whole file at once."""

from dataclasses import replace

from pims_api.domain.access.access import Access
from pims_api.errors import Fault, TooLarge
from pims_api.jobs.imports.job import DRY_RUN_BYTES_MAX, ImportTerms
from pims_api.jobs.upload import Intake
from pims_api.services.imports.column_plan import plan_columns
from pims_api.services.imports.type_column import require_known_type
from pims_api.transfer.errors_file import ERROR_COLUMNS
from pims_api.transfer.read import open_table

LOOKED_AT_BYTES_MAX = (
    16 * 1024 * 1024
)  # detecting the encoding and dialect of a larger file takes long


def check_import(intake: Intake, terms: ImportTerms, access: Access) -> None:
    """Raise BadInput when the header of a file has faults; a large file waits for the worker.

    Raises TooLarge for a dry run of a large file.
    """
    if terms.dry_run and intake.size > DRY_RUN_BYTES_MAX:
        message = (
            f"A dry run over HTTP takes a file of at most {DRY_RUN_BYTES_MAX} bytes! "
            "Try a part of the file, or use the command."
        )
        raise TooLarge(faults=[Fault("limit", message, place="import/trial")])
    if intake.size > LOOKED_AT_BYTES_MAX:
        return
    with intake.open_file() as stream, open_table(stream, terms.file) as table:
        if table.columns is not None:
            ignored = terms.choices.ignored.union(ERROR_COLUMNS)
            with table.notes_in_refusals():
                choices = replace(terms.choices, ignored=ignored)
                require_known_type(plan_columns(access, table.columns, choices), table.rows)
