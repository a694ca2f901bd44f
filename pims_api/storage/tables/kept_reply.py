"""The table of replies that are kept for requests which may come again."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from pims_api.storage.tables.columns import metadata

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
