"""The tables of webhooks: how far each was told, and what became of its deliveries."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from pims_api.storage.tables.columns import metadata

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
