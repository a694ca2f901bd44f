"""The job that exports flat products: a CSV file of one snapshot, that waits to be fetched.

An attempt that was interrupted starts again from the beginning, on a new snapshot.
"""

from typing import Any, BinaryIO, cast

from pims_api.clock import now_us
from pims_api.domain.job import RESULT
from pims_api.jobs.chunk_buffer import Pieces
from pims_api.jobs.job_run import JobRun, Progress
from pims_api.services.flat_products.export_rows import FlatExport
from pims_api.storage.jobs.files import PART_BYTES
from pims_api.storage.snapshot import take_snapshot
from pims_api.transfer.csv.write import open_csv_writer

FLAT_EXPORT_KIND = "flat_export"
COLUMNS = (
    "Product Title",
    "Description",
    "Category",
    "Brand",
    "Status",
    "SKU",
    "Barcode",
    "Retail Price",
    "Cost Price",
)


def run_flat_export(run: JobRun) -> dict[str, Any]:
    """Write the file; return its format, size and how many products it holds."""
    run.remove_file(RESULT)
    with run.database.reading(deadline=False) as connection:
        seen = take_snapshot(run.database, connection, run.job.tenant_id)
        export = FlatExport(seen, run.seeing(connection)(seen.definition))
        size = _write(run, export)
    return {"format": "csv", "products": export.total, "bytes": size}


def _write(run: JobRun, export: FlatExport) -> int:
    stream, done = Pieces(), 0
    run.save(_progress(export, done))
    with open_csv_writer(cast("BinaryIO", stream), COLUMNS) as writer:
        for count, rows in export.blocks():
            for row in rows:
                writer.write(row)
            done += count
            run.check_stop()
            if stream.waiting >= PART_BYTES:
                run.save(_progress(export, done), RESULT, stream.take())
    run.save(_progress(export, done), RESULT, stream.take())
    return stream.tell()


def _progress(export: FlatExport, done: int) -> Progress:
    return {"done": done, "total": export.total, "at": now_us()}
