"""What limits a key: its rate, the networks that it comes from, the secret before.

And its last requests that were refused. How much of a rate is used is a table on PostgreSQL alone;
SQLite has it in a file of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table, and the one that only one engine has."""
    for name, kind in (
        ("rate", sa.Text),
        ("allow_from", sa.Text),
        ("previous_digest", sa.Text),
        ("previous_until", sa.BigInteger),
    ):
        op.add_column("api_key", sa.Column(name, kind))
    op.create_table(
        "api_key_refusal",
        sa.Column("tenant_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("refused_at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":  # a restored backup of before may find it there
        op.execute(
            "CREATE UNLOGGED TABLE IF NOT EXISTS api_key_rate (tenant_id INTEGER, key_id INTEGER,"
            " full_at BIGINT NOT NULL, PRIMARY KEY (tenant_id, key_id))"
        )
