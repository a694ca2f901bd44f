"""Bring a database to the tables that this version works with."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from pims_api.storage.database import Database, open_database

_STEPS = Path(__file__).parent


def upgrade(url: str) -> None:
    """Apply the steps that the database at the URL lacks; creates a missing SQLite file."""
    database = open_database(url)
    try:
        upgrade_database(database)
    finally:
        database.close()


def upgrade_database(database: Database) -> None:
    """Apply the steps that the database lacks, all of them or none."""
    with database.writing() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def is_up_to_date(connection: Connection) -> bool:
    """Return whether the database has had every step."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    return config
