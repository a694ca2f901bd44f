"""Upgrade of a database to the present tables."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from pims_api.storage.database import Database, open_database
from pims_api.storage.migrations.revisions import Revision, revision_of

Tell = Callable[[int, int], None]
"""Is told how many rows of how many a long step has done."""

_STEPS = Path(__file__).parent


def _nobody(_done: int, _total: int) -> None:
    """Tell nobody."""


def upgrade(url: str) -> None:
    """Apply the missing migrations to the database at a URL; creates a missing SQLite file."""
    database = open_database(url)
    try:
        upgrade_database(database)
    finally:
        database.close()


def upgrade_database(database: Database, tell: Tell = _nobody) -> Revision:
    """Apply the missing migrations, all of them or none; creates a missing SQLite file.

    Returns the revision before. That of a newer program stays: nothing is changed then.
    """
    database.make_file()
    with database.writing() as connection:
        before = revision_of(connection)
        if before.is_current or before.is_newer:
            return before
        _apply(connection, tell)
        connection.commit()
    return before


def _apply(connection: Connection, tell: Tell) -> None:
    """Have Alembic make the steps; it is loaded for this alone, and takes longer than to look."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    config.attributes |= {"connection": connection, "tell": tell}
    command.upgrade(config, "head")
