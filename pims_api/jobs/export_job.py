"""The job `export`: products of one snapshot, written as a file that waits to be fetched.

An attempt that was interrupted starts again from the beginning, on a new snapshot.
"""

import time
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, cast

from pims_api.domain.access.access import Access
from pims_api.domain.job import RESULT, stored_faults
from pims_api.jobs.chunk_buffer import Pieces
from pims_api.jobs.job_run import JobRun, Progress
from pims_api.services.exports.file import ExportFile
from pims_api.services.exports.products import ProductExport, export_query, plan_export
from pims_api.storage.history.past.state import past_snapshot
from pims_api.storage.jobs.files import PART_BYTES
from pims_api.storage.snapshot import Snapshot, take_snapshot
from pims_api.transfer.tables.table import Format

EXPORT_KIND = "export"
_TOLD_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class ExportTerms:
    """The parameters of an export.

    attributes: outward names, None for all of the View. as_of: the transaction after which products
    are shown; None: the last one when the file is made.
    """

    format: Format = "csv"
    condition: str = ""
    attributes: tuple[str, ...] | None = None
    include_deleted: bool = False
    separator: str | None = None
    view: str | None = None
    locale: str | None = None
    as_of: int | None = None

    def to_payload(self) -> dict[str, Any]:
        """Return the parameters as a JSON object."""
        return asdict(self)

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> "ExportTerms":
        """Return the parameters of such an object."""
        names = payload["attributes"]
        return cls(**payload | {"attributes": None if names is None else tuple(names)})


def planned(seen: Snapshot, access: Access, terms: ExportTerms) -> ProductExport:
    """Return the export with these parameters. Raises BadInput with every fault of them."""
    query = export_query(access, terms.condition, include_deleted=terms.include_deleted)
    return plan_export(seen, access, query, terms.attributes)


def run_export(run: JobRun) -> dict[str, Any]:
    """Write the file of an export; return its format, size and how many products it holds."""
    terms = ExportTerms.from_payload(run.job.payload)
    run.remove_file(RESULT)
    with run.database.reading(deadline=False) as connection:
        seen = take_snapshot(run.database, connection, run.job.tenant_id)
        if terms.as_of is not None:
            seen = past_snapshot(seen, terms.as_of)
        export = planned(seen, run.access(connection, seen.definition), terms)
        size = _write(run, ExportFile(export, terms.format, terms.separator))
    return {"format": terms.format, "products": export.total, "bytes": size}


def _write(run: JobRun, file: ExportFile) -> int:
    stream, passed, told_at = Pieces(), 0, time.monotonic()
    for count in file.write(cast(BinaryIO, stream)):
        passed += count
        run.check_stop()
        if stream.waiting >= PART_BYTES or time.monotonic() - told_at > _TOLD_EVERY_S:
            told_at = time.monotonic()
            run.save(_progress(file, passed), RESULT, stream.take())
    warnings = stored_faults(file.export.warnings())
    done = _progress(file, file.steps) | ({"warnings": warnings} if warnings else {})
    run.save(done, RESULT, stream.take())
    return stream.tell()


def _progress(file: ExportFile, passed: int) -> Progress:
    """Return the progress of an export in products; a format that needs two passes counts each."""
    total = file.export.total
    return {"done": passed * total // max(1, file.steps), "total": total}
