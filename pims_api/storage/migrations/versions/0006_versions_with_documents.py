"""Version and last change of a product move from the product row to the document's row.

Every change of a product wrote both rows, on two distant pages. Now most write the document only.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KEY = ("tenant_id", "product_id")
_MOVED = ("version", "updated_at", "updated_by")


def upgrade() -> None:
    """Recreate the table of documents with these columns, in the order of the products."""
    op.rename_table("document", "document_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_document RENAME TO pk_document_before")
    documents = op.create_table(
        "document",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("product_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("updated_by", sa.Text, nullable=False),
        sa.Column("values", sa.Text, nullable=False),
    )
    op.execute(documents.insert().from_select([*_KEY, *_MOVED, "values"], _stored()))
    op.drop_table("document_before")
    for name in _MOVED:
        op.drop_column("product", name)


def _stored() -> sa.Select[Any]:
    before = sa.table("document_before", *map(sa.column, (*_KEY, "values")))
    product = sa.table("product", *map(sa.column, ("tenant_id", "id", *_MOVED)))
    same = (product.c.tenant_id == before.c.tenant_id) & (product.c.id == before.c.product_id)
    return (
        sa.select(
            *(before.c[name] for name in _KEY),
            *(product.c[name] for name in _MOVED),
            before.c["values"],
        )
        .join_from(before, product, same)
        .order_by(before.c.tenant_id, before.c.product_id)
    )
