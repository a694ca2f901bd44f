"""The tables of history: one row per transaction, one per thing that it changed.

And what is kept for a while of the replies to requests that may come again.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from pims_api.storage.tables.columns import Json, metadata

transaction = Table(
    "transaction",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    # Shown in history: the name that came with the request, else the masked key.
    Column("actor", Text, nullable=False),
    Column("key_id", Integer),
    Column("reason", Text),
    Column("source_ref", Text),
    # The job of which it was a step.
    Column("job_id", Integer),
    # Of what it stored and of the digest before it, see `chain`.
    Column("digest", Text),
    sqlite_with_rowid=False,
)
Index(
    "ix_transaction_job",
    transaction.c.tenant_id,
    transaction.c.job_id,
    transaction.c.sequence,
    sqlite_where=transaction.c.job_id.is_not(None),
)

change = Table(
    "change",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("entity_id", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    # A place in `new` that is missing here was unset before; null in `new` means unset since.
    Column("old", Json, nullable=False),
    Column("new", Json, nullable=False),
    # In the order of commits, for the change feed.
    Index("ix_change_sequence", "tenant_id", "sequence"),
    # With row ids on SQLite, so that rows stay in the order of insertion: see migration 0005.
)

kept_reply = Table(
    "kept_reply",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    # Whose name it is: a key's by its id, a user's by its e-mail address.
    Column("holder", Text, primary_key=True),
    # What has the name: a request, or a row of one.
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    # Of the request, so that another one with the name is found out.
    Column("digest", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("status", Integer, nullable=False),
    Column("reply", LargeBinary, nullable=False),
)
