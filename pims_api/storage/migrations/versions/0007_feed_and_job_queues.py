"""Changes are found by the transaction that made them, and a job may wait for its time.

Whoever reads what changed since a transaction walks the new index in the order of commits. What a
job waits for was told by its lease, although nobody held it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index and the column, and say of waiting jobs what their lease said."""
    op.create_index("ix_change_sequence", "change", ["tenant_id", "sequence"])
    op.add_column("job", sa.Column("run_after", sa.BigInteger))
    names = ("state", "lease_until", "run_after")
    jobs = sa.table("job", *map(sa.column, names))
    waiting = jobs.update().where(jobs.c.state == "queued")
    op.execute(waiting.values(run_after=jobs.c.lease_until, lease_until=None))
