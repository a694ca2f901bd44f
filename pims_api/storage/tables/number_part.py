"""The table of numbers in the catalogue index: one row per attribute, scope and 512 products.

Stored inline with free room in each page on PostgreSQL, like postings.
"""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from pims_api.storage.tables.columns import Bits, metadata

number_part = Table(
    "number_part",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("attribute_id", Integer, primary_key=True, autoincrement=False),
    Column("scope", Text, primary_key=True),
    Column("part", BigInteger, primary_key=True, autoincrement=False),
    Column("bits", Bits, nullable=False),
    Column("changed", BigInteger, nullable=False),
)
