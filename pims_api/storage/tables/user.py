"""The tables of users and of logins that failed."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint

from pims_api.storage.tables.columns import CodePointText, metadata

user = Table(
    "user_account",
    metadata,
    Column("tenant_id", Integer, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("email", CodePointText, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("quick_login", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("email"),
)

# Shared by all workers and nodes; rows are dropped when they are older than a login is held up.
login_failure = Table(
    "login_failure",
    metadata,
    # A digest of an e-mail address or of a network address.
    Column("subject", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_login_failure_subject", "subject", "at"),
)
