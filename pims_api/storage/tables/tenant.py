"""The tables of tenants and their API keys."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text, UniqueConstraint

from pims_api.storage.tables.columns import CodePointText, Json, metadata

tenant = Table(
    "tenant",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", CodePointText, nullable=False, unique=True),
    # Counts the tenant's committed writes. Every write raises it first. That locks the tenant, and
    # numbers its transactions without gaps in the order of commits.
    Column("sequence", BigInteger, nullable=False),
    # The sequence of the last write that changed a definition; at least 1.
    Column("definition_version", BigInteger, nullable=False),
    # The sequence of the last write after which category filter values are counted anew.
    Column("facet_sequence", BigInteger, nullable=False),
    # The highest product id. Ids have no gaps, are never reused, and are positions in bitmaps.
    Column("last_product_id", BigInteger, nullable=False),
    # The highest product id in catalogue index and full text; see `unindexed_products`.
    Column("indexed_id", BigInteger, nullable=False, server_default="0"),
    # The sequence up to which the index has the times of changes; see `waiting_updates`.
    Column("updates_indexed", BigInteger, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    # The sequence of the last write that changed a key.
    Column("keys_changed", BigInteger, nullable=False, server_default="0"),
    # Its UUID, and that of the organization which owns it; neither ever changes.
    Column("uuid", Text, nullable=False, server_default=""),
    Column("org", Text, nullable=False, server_default=""),
)

api_key = Table(
    "api_key",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("public_id", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("mask", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("permissions", Json, nullable=False),
    Column("views", Json, nullable=False),
    Column("default_view", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("deactivated_at", BigInteger),
    Column("rate", Text),
    Column("allow_from", Json),
    # Of the secret before, which works until then; history tells the time alone.
    Column("previous_digest", Text),
    Column("previous_until", BigInteger),
    UniqueConstraint("public_id"),
)

# Beside the keys, whose rows history proves: uses are no changes of a key.
api_key_use = Table(
    "api_key_use",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("key_id", Integer, primary_key=True, autoincrement=False),
    Column("used_at", BigInteger, nullable=False),
)

# The last requests of a key that were refused, which are no changes of it either.
api_key_refusal = Table(
    "api_key_refusal",
    metadata,
    Column("tenant_id", Integer, primary_key=True, autoincrement=False),
    Column("key_id", Integer, primary_key=True, autoincrement=False),
    Column("refused_at", BigInteger, primary_key=True, autoincrement=False),
    Column("code", Text, nullable=False),
    Column("action", Text, nullable=False),
)
