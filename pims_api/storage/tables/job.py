"""Work for later: what is to be done and how far it is, and the files that come with it."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from pims_api.storage.tables.columns import Json, metadata

job = Table(
    "job",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("payload", Json, nullable=False),
    Column("progress", Json, nullable=False),
    Column("result", Json, nullable=False),
    Column("errors", Json, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("key_id", Integer),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    # Which worker has it, and until when. Whoever writes for a job proves that it still has it.
    Column("lease", Text),
    Column("lease_until", BigInteger),
    Column("attempts", Integer, nullable=False),
    # Until then a waiting job is left alone.
    Column("run_after", BigInteger),
    # Workers look for work of every tenant.
    Index("ix_job_state", "state", "created_at"),
)

job_file = Table(
    "job_file",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("job_id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
