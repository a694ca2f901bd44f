"""The tables of the catalogue index: for every term, the products that have it, as bitmaps.

PostgreSQL stores the bits inline and leaves free room in each page (storage PLAIN and fillfactor,
see migration 0001), so that a changed block is replaced within its page and the table does not
bloat.
"""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from pims_api.storage.tables.columns import Bits, CodePointText, metadata

posting = Table(
    "posting",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("attribute_id", Integer, primary_key=True, autoincrement=False),
    Column("scope", Text, primary_key=True),
    Column("term", CodePointText, primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("bits", Bits, nullable=False),
    Column("changed", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# The text behind a long term, which holds only a digest of it.
long_term = Table(
    "long_term",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("term", CodePointText, primary_key=True),
    Column("value", CodePointText, nullable=False),
)
