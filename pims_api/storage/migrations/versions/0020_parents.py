"""The index tells which products have variants, of those that are indexed already."""

from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from alembic import op

from pims_api.storage.catalogue_index.bitmaps.blocks import encode_offsets, place

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_VARIATION_SKUS, _HAS_VALUE = 7, "*"

_tenants = sa.table("tenant", *map(sa.column, ("id", "sequence", "indexed_id")))
_products = sa.table("product", *map(sa.column, ("tenant_id", "id", "parent_id")))
_postings = sa.table(
    "posting",
    *map(sa.column, ("tenant_id", "attribute_id", "scope", "term", "block")),
    sa.column("bits", sa.LargeBinary),
    sa.column("changed"),
)


def upgrade() -> None:
    """Add the rows of each tenant."""
    for tenant in list(op.get_bind().execute(_tenants.select())):
        rows = _rows(tenant)
        if rows:
            op.get_bind().execute(_postings.insert(), rows)


def _rows(tenant: Any) -> list[dict[str, Any]]:
    columns = _products.c
    indexed = (columns.tenant_id == tenant.id) & (columns.id <= tenant.indexed_id)
    wanted = sa.select(columns.parent_id).distinct().where(indexed, columns.parent_id.is_not(None))
    parents = sorted(op.get_bind().execute(wanted).scalars())
    same = {
        "tenant_id": tenant.id,
        "attribute_id": _VARIATION_SKUS,
        "scope": "",
        "term": _HAS_VALUE,
        "changed": tenant.sequence,
    }
    return [
        same | {"block": block, "bits": encode_offsets([offset for _, offset in found])}
        for block, found in groupby(map(place, parents), itemgetter(0))
    ]
