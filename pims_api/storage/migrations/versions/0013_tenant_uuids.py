"""Every tenant has a UUID and belongs to an organization, which has one too."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_tenants = sa.table("tenant", *map(sa.column, ("id", "uuid", "org")))


def upgrade() -> None:
    """Add the columns and give each tenant its own."""
    for name in ("uuid", "org"):
        op.add_column("tenant", sa.Column(name, sa.Text, nullable=False, server_default=""))
    connection = op.get_bind()
    for row in list(connection.execute(sa.select(_tenants.c.id))):
        ids = {"uuid": str(uuid4()), "org": str(uuid4())}
        connection.execute(_tenants.update().where(_tenants.c.id == row.id).values(ids))
