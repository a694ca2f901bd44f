"""A catalogue that is exported."""

from collections.abc import Iterator

import pytest

from pims_api.storage.database import Database
from tests.environment import settings_of
from tests.services.exports.export_shop import ExportShop


@pytest.fixture
def export_shop(database_url: str) -> Iterator[ExportShop]:
    """A tenant with an attribute of every type and two products."""
    database = Database(settings_of(database_url))
    yield ExportShop(database, "acme")
    database.close()
