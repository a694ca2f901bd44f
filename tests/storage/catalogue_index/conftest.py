"""One database per engine and test file; every catalogue is a tenant of its own in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pims_api.storage.database import Database, open_database
from tests.databases.fresh import ENGINES, FreshDatabase
from tests.storage.catalogue_index.catalogue import Catalogue
from tests.waiting import waiting_at_most

MakeCatalogue = Callable[..., Catalogue]


# How many products may wait for the index: none, or some of nearly every catalogue.
LATE_MAX = (0, 3)


@pytest.fixture(scope="module", params=LATE_MAX, autouse=True)
def late_max(request: pytest.FixtureRequest) -> Iterator[int]:
    with waiting_at_most(request.param) as count:
        yield count


@pytest.fixture(scope="module", params=ENGINES)
def database(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> Iterator[Database]:
    with fresh_database(request.param) as url:
        made = open_database(url)
        yield made
        made.close()


@pytest.fixture
def catalogue(database: Database) -> MakeCatalogue:
    """`catalogue({"price": "1"}, {}, first_id=1)`: products with these values, S1, S2, …"""

    def make(*documents: dict[str, Any], first_id: int = 1) -> Catalogue:
        return Catalogue(database, list(documents), first_id)

    return make
