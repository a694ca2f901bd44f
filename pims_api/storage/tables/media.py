"""The table of media: images and other files of products, by their addresses."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from pims_api.storage.tables.columns import metadata

media = Table(
    "media",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("product_id", BigInteger),
    Column("variant_id", BigInteger),
    Column("alt_text", Text),
    Column("sort_order", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_media_product", "tenant_id", "product_id"),
    Index("ix_media_variant", "tenant_id", "variant_id"),
)
