"""The steps lead to exactly the tables that the code works with."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from pims_api.storage.database import open_database
from pims_api.storage.migrations.revisions import revision_of
from pims_api.storage.migrations.upgrade import upgrade
from pims_api.storage.tables import metadata

_OURS_ALONE = ("search", "alembic_version", "api_key_rate")  # they differ between the engines


def _compared(thing: object, name: str | None, *_: object) -> bool:
    return not (name or "").startswith(_OURS_ALONE) and not (name or "").startswith("ix_search")


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_steps_make_the_tables(database_url: str) -> None:
    database = open_database(database_url)
    with database.reading() as connection:
        options = {"include_object": _compared, "compare_type": False}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    database.close()


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    upgrade(database_url)
    database = open_database(database_url)
    with database.reading() as connection:
        assert revision_of(connection).is_current
    database.close()
