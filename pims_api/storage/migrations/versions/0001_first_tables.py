"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pims_api.storage.tables.columns import CodePointText

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything that an empty database needs."""
    _tenants()
    _definitions()
    _products()
    _postings()
    _history()
    _full_text()


def _tenants() -> None:
    op.create_table(
        "tenant",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", CodePointText, nullable=False, unique=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("definition_version", sa.BigInteger, nullable=False),
        sa.Column("facet_sequence", sa.BigInteger, nullable=False),
        sa.Column("last_product_id", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "api_key",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("public_id", sa.Text, nullable=False, unique=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("mask", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("permissions", sa.Text, nullable=False),
        sa.Column("views", sa.Text, nullable=False),
        sa.Column("default_view", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
    )


def _definitions() -> None:
    op.create_table(
        "definition",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", CodePointText, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_definition_tenant_id_changed", "definition", ["tenant_id", "changed"])


def _products() -> None:
    op.create_table(
        "product",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sku", CodePointText, nullable=False),
        sa.Column("path", CodePointText, nullable=False),
        sa.Column("parent_id", sa.BigInteger),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("product_type", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("updated_by", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    covering: dict[str, Any] = {"postgresql_include": ["id"]}
    op.create_index("ix_product_sku", "product", ["tenant_id", "sku"], unique=True, **covering)
    op.create_index("ix_product_path", "product", ["tenant_id", "path"], **covering)
    has_parent = sa.text("parent_id IS NOT NULL")
    op.create_index(
        "ix_product_parent",
        "product",
        ["tenant_id", "parent_id"],
        sqlite_where=has_parent,
        postgresql_where=has_parent,
    )
    op.create_table(
        "document",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("product_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("values", sa.Text, nullable=False),
    )
    op.create_table(
        "category_link",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("category_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("product_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unique_value",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("attribute_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("term", CodePointText, primary_key=True),
        sa.Column("product_id", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


def _postings() -> None:
    op.create_table(
        "posting",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("attribute_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("term", CodePointText, primary_key=True),
        sa.Column("block", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("bits", sa.LargeBinary, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "long_term",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("term", CodePointText, primary_key=True),
        sa.Column("value", CodePointText, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE posting ALTER COLUMN bits SET STORAGE PLAIN")
        op.execute("ALTER TABLE posting SET (fillfactor = 50)")


def _history() -> None:
    op.create_table(
        "transaction",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("key_id", sa.Integer),
        sa.Column("reason", sa.Text),
        sa.Column("source_ref", sa.Text),
        sa.Column("idempotency_key", sa.Text),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "change",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("entity", sa.Text, primary_key=True),
        sa.Column("entity_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("old", sa.Text, nullable=False),
        sa.Column("new", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )


def _full_text() -> None:
    # The engines only store tokens that our tokenizer made; each is one word of theirs.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search USING fts5("
            "tokens, detail=none, columnsize=0, tokenize=\"ascii tokenchars '_'\")"
        )
        return
    op.create_table(
        "search",
        sa.Column("tenant_id", sa.Integer, primary_key=True),
        sa.Column("product_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("tokens", postgresql.TSVECTOR, nullable=False),
    )
    op.create_index("ix_search_tokens", "search", ["tokens"], postgresql_using="gin")
