"""Users, who sign in with a password, the logins that failed lately, and keys put out of use."""

import sqlalchemy as sa
from alembic import op

from pims_api.storage.tables.columns import CodePointText

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables and the column."""
    op.add_column("api_key", sa.Column("deactivated_at", sa.BigInteger))
    op.create_table(
        "user_account",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("email", CodePointText, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("quick_login", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("email", name="uq_user_account_email"),
    )
    op.create_table(
        "login_failure",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_login_failure_subject", "login_failure", ["subject", "at"])
