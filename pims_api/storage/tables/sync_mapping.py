"""The table of sync mappings: which product of another system a record is."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from pims_api.storage.tables.columns import CodePointText, Json, metadata

sync_mapping = Table(
    "sync_mapping",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("outlet_id", Integer, primary_key=True, autoincrement=False),
    Column("record_id", BigInteger, primary_key=True, autoincrement=False),
    Column("external_id", CodePointText, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("checksum", Text),
    Column("remote", Text),
    Column("pushed_at", BigInteger),
    Column("pulled_at", BigInteger),
    Column("variant_ids", Json, nullable=False),
    Column("variants", Json, nullable=False),
    Column("tags", Json, nullable=False),
    Column("media", Json, nullable=False),
    Column("here", Json, nullable=False),
    Column("there", Json, nullable=False),
    Index("ix_sync_mapping_external", "tenant_id", "outlet_id", "external_id", unique=True),
)
