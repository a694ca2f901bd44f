"""The highest product id that is in catalogue index and full text; so far, the last one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; every product is indexed."""
    column = sa.Column("indexed_id", sa.BigInteger, nullable=False, server_default="0")
    op.add_column("tenant", column)
    tenants = sa.table("tenant", sa.column("indexed_id"), sa.column("last_product_id"))
    op.execute(tenants.update().values(indexed_id=tenants.c.last_product_id))
