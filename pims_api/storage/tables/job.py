"""The tables of background jobs and their files."""

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
    # Token and expiry of the worker's lease. A write for a running job names the token.
    Column("lease", Text),
    Column("lease_until", BigInteger),
    Column("attempts", Integer, nullable=False),
    # A queued job is not begun before this time.
    Column("run_after", BigInteger),
    # Without the tenant: workers serve all of them.
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
