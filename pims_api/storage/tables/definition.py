"""The table of definitions: one row per thing, with the version that last changed it.

One table for all kinds, so that a process updates its cached definition with one statement: the
rows whose version is newer than its own.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from pims_api.storage.tables.columns import CodePointText, Json, metadata

definition = Table(
    "definition",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", CodePointText, primary_key=True),
    Column("body", Json, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Index(None, "tenant_id", "changed"),
    sqlite_with_rowid=False,
)
