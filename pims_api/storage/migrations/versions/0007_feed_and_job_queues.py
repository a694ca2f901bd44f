"""An index of changes by transaction, and a time before which a job is not begun.

The change feed reads the new index in the order of commits. The time of a job was stored as its
lease, although no worker held it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index and the column; move the time of queued jobs from their lease."""
    op.create_index("ix_change_sequence", "change", ["tenant_id", "sequence"])
    op.add_column("job", sa.Column("run_after", sa.BigInteger))
    names = ("state", "lease_until", "run_after")
    jobs = sa.table("job", *map(sa.column, names))
    waiting = jobs.update().where(jobs.c.state == "queued")
    op.execute(waiting.values(run_after=jobs.c.lease_until, lease_until=None))
