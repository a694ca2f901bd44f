"""Upgrade of a database to the present tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from pims_api.storage.database import Database, open_database

_STEPS = Path(__file__).parent


def upgrade(url: str) -> None:
    """Apply the missing migrations to the database at a URL; creates a missing SQLite file."""
    database = open_database(url)
    try:
        upgrade_database(database)
    finally:
        database.close()


def upgrade_database(database: Database) -> None:
    """Apply the missing migrations, all of them or none."""
    with database.writing() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def is_up_to_date(connection: Connection) -> bool:
    """Return whether the database has every migration."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    return config
