"""Media: images and other files of products."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "media",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("product_id", sa.BigInteger),
        sa.Column("variant_id", sa.BigInteger),
        sa.Column("alt_text", sa.Text),
        sa.Column("sort_order", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_media_product", "media", ["tenant_id", "product_id"])
    op.create_index("ix_media_variant", "media", ["tenant_id", "variant_id"])
