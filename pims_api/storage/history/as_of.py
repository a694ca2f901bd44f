"""Products as of an earlier write: documents with later changes undone."""

from sqlalchemy import bindparam, select

from pims_api.domain.product import Product, Values, fold
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.changes import PRODUCT_ENTITY, whole_old
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change

_LATER = PreparedStatement(
    select(change.c.old, change.c.new)
    .where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.entity == bindparam("entity"),
        change.c.entity_id == bindparam("entity_id"),
        change.c.sequence > bindparam("sequence"),
    )
    .order_by(change.c.sequence.desc())
)


def values_at(snapshot: Snapshot, product: Product, sequence: int) -> Values:
    """Return the document that a product had after a write; empty before it was created."""
    wanted = {
        "tenant_id": snapshot.tenant_id,
        "entity": PRODUCT_ENTITY,
        "entity_id": product.id,
        "sequence": sequence,
    }
    values = product.values
    for old, new in _LATER.all(snapshot.connection, wanted):
        values = fold(values, whole_old(old, new))
    return values
