"""The numbers of products, for the catalogue index: 512 products of an attribute to a row.

PostgreSQL keeps them inline and with room to be replaced within their page, as it does postings.
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
