"""Which products changed since a sequence of the tenant."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, bindparam, or_, select, type_coerce

from pims_api.domain.attributes.attribute import STATUS
from pims_api.storage.engine.statement import PreparedStatement
from pims_api.storage.history.changes import PRODUCT_ENTITY
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.tables import change


class Changed(NamedTuple):
    """Numbers of products that changed.

    moved: those that got or lost a status, and perhaps a few others.
    """

    products: set[int]
    moved: set[int]


def _holds(values: ColumnElement[dict[str, object]]) -> ColumnElement[bool]:
    return type_coerce(values, Text).like(bindparam("held"))


_SINCE = PreparedStatement(
    select(change.c.entity_id, or_(_holds(change.c.old), _holds(change.c.new)))
    .where(
        change.c.tenant_id == bindparam("tenant_id"),
        change.c.sequence > bindparam("since"),
        change.c.entity == bindparam("entity"),
    )
    .limit(bindparam("most"))
)


def changed_products(seen: Snapshot, since: int, most: int, status: str) -> Changed | None:
    """Return the products that changed; None for more than so many changes.

    status: of those that are told apart, for having got or lost it.
    """
    asked = {"tenant_id": seen.tenant_id, "since": since, "entity": PRODUCT_ENTITY}
    asked |= {"most": most + 1, "held": f'%"{STATUS}":"{status}"%'}
    found = _SINCE.all(seen.connection, asked)
    if len(found) > most:
        return None
    return Changed({number for number, _ in found}, {number for number, held in found if held})
