"""The index has the times of changes up to a sequence; those after it are read from history."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Until now the index has had every time."""
    column = sa.Column("updates_indexed", sa.BigInteger, nullable=False, server_default="0")
    op.add_column("tenant", column)
    tenant = sa.table("tenant", sa.column("sequence"), sa.column("updates_indexed"))
    op.execute(tenant.update().values(updates_indexed=tenant.c.sequence))
