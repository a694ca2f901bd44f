"""The tables of products: a narrow row to find and order them by, and the document.

Version and time of the last change are in the document's row, so that most changes write one row
only.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from pims_api.storage.tables.columns import CodePointText, Json, metadata

product = Table(
    "product",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("sku", CodePointText, nullable=False),
    # The SKUs from the root product down: the default order of lists.
    Column("path", CodePointText, nullable=False),
    Column("parent_id", BigInteger),
    Column("status", Text, nullable=False),
    Column("product_type", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Index("ix_product_sku", "tenant_id", "sku", unique=True),
    Index("ix_product_path", "tenant_id", "path"),
    sqlite_with_rowid=False,
)
Index(
    "ix_product_parent",
    product.c.tenant_id,
    product.c.parent_id,
    sqlite_where=product.c.parent_id.is_not(None),
)

document = Table(
    "document",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("product_id", BigInteger, primary_key=True, autoincrement=False),
    # Before the values: SQLite reads a row from its start, and a long row takes several pages.
    Column("version", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_by", Text, nullable=False),
    Column("values", Json, nullable=False),
)

category_link = Table(
    "category_link",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("category_id", Integer, primary_key=True, autoincrement=False),
    Column("product_id", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

unique_value = Table(
    "unique_value",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("attribute_id", Integer, primary_key=True, autoincrement=False),
    Column("scope", Text, primary_key=True),
    # The comparable text of the value, with a digest if it is long; see `bitmaps.terms`.
    Column("term", CodePointText, primary_key=True),
    Column("product_id", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
