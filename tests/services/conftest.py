"""A catalogue that is exported."""

from collections.abc import Iterator

import pytest

from tests.databases.kept import opened_database
from tests.services.exports.export_shop import ExportShop


@pytest.fixture
def export_shop(database_url: str) -> Iterator[ExportShop]:
    """A tenant with an attribute of every type and two products."""
    with opened_database(database_url) as database:
        yield ExportShop(database, "acme")
