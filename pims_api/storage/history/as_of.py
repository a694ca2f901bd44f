"""Products as of an earlier write: documents with later changes undone."""

from sqlalchemy import bindparam, select

from pims_api.domain.product import Product, Values, fold
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.changes import (
    ENTRIES_AT_ONCE,
    PRODUCT_ENTITY,
    SEQUENCE_MAX,
    whole_old,
)
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change

_LATER = PreparedStatement(
    select(change.c.sequence, change.c.old, change.c.new)
    .where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.entity == bindparam("entity"),
        change.c.entity_id == bindparam("entity_id"),
        change.c.sequence > bindparam("sequence"),
        change.c.sequence < bindparam("last"),
    )
    .order_by(change.c.sequence.desc())
    .limit(bindparam("size"))
)


def values_at(snapshot: Snapshot, product: Product, sequence: int) -> Values:
    """Return the document that a product had after a write; empty before it was created."""
    wanted = {
        "tenant_id": snapshot.tenant_id,
        "entity": PRODUCT_ENTITY,
        "entity_id": product.id,
        "sequence": sequence,
        "last": SEQUENCE_MAX,
        "size": ENTRIES_AT_ONCE,
    }
    values = product.values
    while True:
        part = _LATER.all(snapshot.connection, wanted)
        for _, old, new in part:
            values = fold(values, whole_old(old, new))
        if len(part) < ENTRIES_AT_ONCE:
            return values
        wanted["last"] = part[-1].sequence
