"""The tables of the floor, beside ours in the same database. Only the bench makes and reads them.

`bench_value` holds what filters ask for, one row per value, as side tables would: the plain SQL
that the catalogue index is compared with. The floor's writes leave it alone.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

from pims_api.storage.tables.columns import CodePointText

metadata = MetaData()

counter = Table(
    "bench_counter",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    Column("products", BigInteger, nullable=False),
)
product = Table(
    "bench_product",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("sku", CodePointText, nullable=False),
    Column("status", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("updated_by", Text, nullable=False),
    Index("ix_bench_product_sku", "sku", unique=True, postgresql_include=["id"]),
    sqlite_with_rowid=False,
)
document = Table(
    "bench_document",
    metadata,
    Column("product_id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True),
    Column("body", Text, nullable=False),
)
change = Table(
    "bench_change",
    metadata,
    Column("product_id", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
    sqlite_with_rowid=False,
)
value = Table(
    "bench_value",
    metadata,
    Column("attribute", Text, nullable=False),
    Column("term", CodePointText),
    Column("number", Double),
    Column("product_id", BigInteger, nullable=False),
)
Index("ix_bench_value_term", value.c.attribute, value.c.term, value.c.product_id)
Index("ix_bench_value_number", value.c.attribute, value.c.number, value.c.product_id)
made = Table(
    "bench_made",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
