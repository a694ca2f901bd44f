"""A database with one tenant, and what acts in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pims_api.storage.database import Database
from tests.databases.kept import opened_database
from tests.storage.shop import Shop, new_shop


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database, its connections closed after the test."""
    with opened_database(database_url) as made:
        yield made


@pytest.fixture
def shop(database: Database) -> Shop:
    """The tenant 1."""
    return new_shop(database)


@pytest.fixture
def stored(shop: Shop) -> Callable[..., None]:
    """`stored("A", title="Rod")`: one transaction that gives a product these values."""

    def store(sku: str, **values: Any) -> None:
        shop.save(sku, values)

    return store
