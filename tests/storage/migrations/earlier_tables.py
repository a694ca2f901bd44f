"""Tables as an earlier step of the migrations left them, for tests of later ones."""

from sqlalchemy import Connection, column, select, table, text, update

from pims_api.storage.tables import document

MOVED = (document.c.version, document.c.updated_at, document.c.updated_by)


def without_limits(connection: Connection) -> None:
    """Bring a database back to what the step before 0022 left."""
    connection.execute(text("DROP TABLE IF EXISTS api_key_rate"))
    connection.execute(text("DROP TABLE api_key_refusal"))
    for name in ("rate", "allow_from", "previous_digest", "previous_until"):
        connection.execute(text(f"ALTER TABLE api_key DROP COLUMN {name}"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0021'"))


def without_kept_replies(connection: Connection) -> None:
    """Bring a database back to what the step before 0021 left."""
    without_limits(connection)
    connection.execute(text("DROP TABLE kept_reply"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0020'"))


def without_parents(connection: Connection) -> None:
    """Bring a database back to what the step before 0020 left."""
    without_kept_replies(connection)
    connection.execute(text("DELETE FROM posting WHERE attribute_id = 7"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0019'"))


def without_webhooks(connection: Connection) -> None:
    """Bring a database back to what the step before 0019 left."""
    without_parents(connection)
    connection.execute(text("DROP TABLE webhook_delivery"))
    connection.execute(text("DROP TABLE webhook_reader"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0018'"))


def without_mappings(connection: Connection) -> None:
    """Bring a database back to what the step before 0018 left."""
    without_webhooks(connection)
    connection.execute(text("DROP TABLE sync_mapping"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0017'"))


def without_outlets(connection: Connection) -> None:
    """Bring a database back to what the step before 0017 left."""
    without_mappings(connection)
    connection.execute(text("DROP TABLE outlet"))
    connection.execute(text("DROP TABLE outlet_run"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0016'"))


def with_every_time(connection: Connection) -> None:
    """Bring a database where no time of a change waits back to the step before 0016."""
    without_outlets(connection)
    connection.execute(text("ALTER TABLE tenant DROP COLUMN updates_indexed"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0015'"))


def without_chain(connection: Connection) -> None:
    """Bring a database back to what the step before 0015 left."""
    with_every_time(connection)
    connection.execute(text("DROP INDEX ix_transaction_job"))
    connection.execute(text('ALTER TABLE "transaction" DROP COLUMN job_id'))
    connection.execute(text('ALTER TABLE "transaction" DROP COLUMN digest'))
    connection.execute(text('ALTER TABLE "transaction" ADD COLUMN idempotency_key TEXT'))
    connection.execute(text("UPDATE alembic_version SET version_num = '0014'"))


def without_media(connection: Connection) -> None:
    """Bring a database back to what the step before 0014 left."""
    without_chain(connection)
    connection.execute(text("DROP TABLE media"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0013'"))


def without_uuids(connection: Connection) -> None:
    """Bring a database back to what the step before 0013 left."""
    without_media(connection)
    for name in ("uuid", "org"):
        connection.execute(text(f"ALTER TABLE tenant DROP COLUMN {name}"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0012'"))


def without_key_uses(connection: Connection) -> None:
    """Bring a database back to what the step before 0012 left."""
    without_uuids(connection)
    connection.execute(text("DROP TABLE api_key_use"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0011'"))


def without_users(connection: Connection) -> None:
    """Bring a database back to what the step before 0011 left."""
    without_key_uses(connection)
    connection.execute(text("DROP TABLE user_account"))
    connection.execute(text("DROP TABLE login_failure"))
    connection.execute(text("ALTER TABLE api_key DROP COLUMN deactivated_at"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0010'"))


def without_presence(connection: Connection) -> None:
    """Bring a database back to what the step before 0010 left."""
    without_users(connection)
    for statement in (
        "DELETE FROM posting WHERE attribute_id IN (11, 12)",
        "DELETE FROM number_part WHERE attribute_id IN (11, 12)",
        "DELETE FROM posting WHERE term = '*' AND attribute_id NOT IN"
        " (SELECT attribute_id FROM posting WHERE term >= '=')",
    ):
        connection.execute(text(statement))
    connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))


def without_feed(connection: Connection) -> None:
    """Bring a database back to what step 0006 left."""
    without_presence(connection)
    connection.execute(text("DROP INDEX ix_change_sequence"))
    connection.execute(text("ALTER TABLE job DROP COLUMN run_after"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))


def versions_back_in_rows(connection: Connection) -> None:
    """Bring a database back to what step 0005 left."""
    without_feed(connection)
    rows = table("product", column("tenant_id"), column("id"), *(column(one.name) for one in MOVED))
    same = (document.c.tenant_id == rows.c.tenant_id) & (document.c.product_id == rows.c.id)
    for one in MOVED:
        kind = one.type.compile(connection.dialect)
        connection.execute(text(f"ALTER TABLE product ADD COLUMN {one.name} {kind}"))
        value = select(one).where(same).scalar_subquery()
        connection.execute(update(rows).values({one.name: value}))
        connection.execute(text(f"ALTER TABLE document DROP COLUMN {one.name}"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
