"""On SQLite, changes are stored in the order of insertion, with an index by product.

A table without row ids stored them beside the older ones of their product: each change of an old
product split a full page, and each creation took an overflow page.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COLUMNS = ("tenant_id", "entity", "entity_id", "sequence", "old", "new")


def upgrade() -> None:
    """Recreate the table, the oldest changes first."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.rename_table("change", "change_before")
    changes = op.create_table(
        "change",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("entity", sa.Text, primary_key=True),
        sa.Column("entity_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("old", sa.Text, nullable=False),
        sa.Column("new", sa.Text, nullable=False),
    )
    before = sa.table("change_before", *map(sa.column, _COLUMNS))
    in_order = sa.select(before).order_by(before.c.sequence, before.c.entity_id)
    op.execute(changes.insert().from_select(_COLUMNS, in_order))
    op.drop_table("change_before")
