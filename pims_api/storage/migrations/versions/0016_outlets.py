"""What is sent to others, and its runs."""

import sqlalchemy as sa
from alembic import op

from pims_api.storage.tables.columns import CodePointText, Json

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "outlet",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("settings", Json, nullable=False),
        sa.Column("secrets", sa.Text),
        sa.Column("client_id", CodePointText, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("key_id", sa.Integer),
        sa.Column("user", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("state", Json, nullable=False),
        sa.Column("due_at", sa.BigInteger),
    )
    op.create_index("ix_outlet_due", "outlet", ["due_at"])
    op.create_table(
        "outlet_run",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("outlet_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("completed_at", sa.BigInteger),
        sa.Column("job_id", sa.Integer),
        sa.Column("result", Json, nullable=False),
    )
    op.create_index("ix_outlet_run_state", "outlet_run", ["state", "tenant_id"])
