"""Long terms: the table of the whole texts whose digests are in the index."""

from sqlalchemy import bindparam, delete, select

from pims_api.storage.catalogue_index.bitmaps.terms import MARK
from pims_api.storage.engine.dialect import upsert
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import long_term, posting

LONG_TEXTS_READ = 500  # long terms whose texts one statement fetches

_LONG = select(long_term.c.term, long_term.c.value).where(
    long_term.c.tenant_id == bindparam("tenant_id"),
    long_term.c.term.in_(bindparam("terms", expanding=True)),
)
_KEEP_LONG = PreparedStatement(lambda connection: upsert(connection, long_term))
# EXCEPT, because each engine is slow at NOT IN or at NOT EXISTS over many rows.
_UNUSED_LONG = (
    select(long_term.c.term)
    .where(long_term.c.tenant_id == bindparam("of_tenant"))
    .except_(
        select(posting.c.term).where(
            posting.c.tenant_id == bindparam("of_tenant"), posting.c.term.contains(MARK)
        )
    )
)
_DROP_LONG = PreparedStatement(
    delete(long_term).where(
        long_term.c.tenant_id == bindparam("of_tenant"), long_term.c.term.in_(_UNUSED_LONG)
    )
)


def stored_long_texts(snapshot: Snapshot, terms: list[str]) -> dict[str, str]:
    """Return the stored texts of long terms."""
    texts: dict[str, str] = {}
    for start in range(0, len(terms), LONG_TEXTS_READ):
        wanted = {
            "tenant_id": snapshot.tenant_id,
            "terms": terms[start : start + LONG_TEXTS_READ],
        }
        texts.update((term, text) for term, text in snapshot.connection.execute(_LONG, wanted))
    return texts


def keep_long_texts(work: Snapshot, texts: dict[str, str]) -> None:
    """Store the texts of long terms."""
    if texts:
        rows = [{"tenant_id": work.tenant_id, "term": t, "value": v} for t, v in texts.items()]
        _KEEP_LONG.run_many(work.connection, rows)


def drop_long_texts(work: Snapshot) -> None:
    """Delete the texts of long terms that are in no posting."""
    _DROP_LONG.run(work.connection, {"of_tenant": work.tenant_id})
