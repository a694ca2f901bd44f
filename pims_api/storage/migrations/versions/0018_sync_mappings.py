"""Which products of other systems records are."""

import sqlalchemy as sa
from alembic import op

from pims_api.storage.tables.columns import CodePointText, Json

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "sync_mapping",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("outlet_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("record_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("external_id", CodePointText, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("archived", sa.Boolean, nullable=False),
        sa.Column("checksum", sa.Text),
        sa.Column("remote", sa.Text),
        sa.Column("pushed_at", sa.BigInteger),
        sa.Column("pulled_at", sa.BigInteger),
        sa.Column("variant_ids", Json, nullable=False),
        sa.Column("variants", Json, nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.Column("media", Json, nullable=False),
        sa.Column("here", Json, nullable=False),
        sa.Column("there", Json, nullable=False),
    )
    op.create_index(
        "ix_sync_mapping_external",
        "sync_mapping",
        ["tenant_id", "outlet_id", "external_id"],
        unique=True,
    )
