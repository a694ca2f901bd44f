"""The tables of what is sent to others: outlets, their runs, and how far webhooks were told."""

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

webhook_reader = Table(
    "webhook_reader",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("outlet_id", Integer, primary_key=True, autoincrement=False),
    # The place of the last change that was told whole, and the events told of the one after it.
    Column("sequence", BigInteger, nullable=False),
    Column("product_id", BigInteger, nullable=False),
    Column("part", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("dead_in_a_row", Integer, nullable=False),
    Column("reason", Text),
    Column("revision", Integer, nullable=False),
    Column("lease", Text),
    Column("lease_until", BigInteger, nullable=False),
)

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("outlet_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("event", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    # Null: a test.
    Column("sequence", BigInteger),
    Column("product_id", BigInteger),
    Column("part", Integer),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", BigInteger),
    Column("next_at", BigInteger),
    Column("status", Integer),
    Column("error", Text),
    # Whether somebody asked for it, beside the feed.
    Column("asked", Boolean, nullable=False),
    Index("ix_webhook_delivery_created", "tenant_id", "outlet_id", "created_at"),
)
