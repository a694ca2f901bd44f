"""The tables of what is sent to others: outlets, and their runs."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from pims_api.storage.tables.columns import CodePointText, Json, metadata

outlet = Table(
    "outlet",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("settings", Json, nullable=False),
    # A JSON object of credentials, sealed.
    Column("secrets", Text),
    Column("client_id", CodePointText, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("key_id", Integer),
    Column("user", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("state", Json, nullable=False),
    Column("due_at", BigInteger),
    # Without the tenant: workers serve all of them.
    Index("ix_outlet_due", "due_at"),
)

outlet_run = Table(
    "outlet_run",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("outlet_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("completed_at", BigInteger),
    Column("job_id", Integer),
    Column("result", Json, nullable=False),
    Index("ix_outlet_run_state", "state", "tenant_id"),
)
