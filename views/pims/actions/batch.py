"""batch: many creates and edits in one request."""

from pims_api.garbage import without_collection
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.products.batch import Totals, read_batch
from views.pims.caller import Caller
from views.pims.rows.chunk import row_reader, write_chunk
from views.running import Body, PartlyDone, Reply


@without_collection()  # which would look at all the rows that were read, for nothing
def batch(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Write the rows in one transaction and answer with what became of each."""
    terms, sent = read_batch(body)
    caller.warnings += terms.request.warnings
    reader = row_reader(work, caller, terms)
    written = write_chunk(work, caller, terms, [reader.read(row) for row in sent], sent)
    totals = Totals()
    totals.add(written.outcomes)
    reply: Reply = {"status": "OK", "rows": written.shown, "totals": totals.as_object()}
    if terms.dry_run:
        reply["dry_run"] = True
    reply |= written.replies.about_batch(terms.full, caller.warnings)
    return PartlyDone(reply) if totals.rejected else reply
