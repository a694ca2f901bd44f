"""The catalogue index: for every term, which products have it, as bitmaps in blocks.

PostgreSQL keeps the bits inline and leaves room in each page, so that a changed block is replaced
within its page and the table does not swell (storage PLAIN and fillfactor, set in the migration).
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

# A value too long for an index key enters `posting` by a digest; this keeps what it stands for.
long_term = Table(
    "long_term",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("term", CodePointText, primary_key=True),
    Column("value", CodePointText, nullable=False),
)
