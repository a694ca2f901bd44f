"""One database per engine and test file; every catalogue is a tenant of its own in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pims_api.storage.database import Database, open_database
from tests.databases.fresh import ENGINES, FreshDatabase
from tests.storage.catalogue_index.catalogue import Catalogue
from tests.waiting import waiting_at_most

MakeCatalogue = Callable[..., Catalogue]


@pytest.fixture(scope="module", autouse=True)
def late_max(engine: str) -> Iterator[None]:
    """Let some products of nearly every catalogue wait for the index, on SQLite also none."""
    with waiting_at_most(0 if engine == "sqlite, none waits" else 3):
        yield


@pytest.fixture(scope="module", params=(*ENGINES, "sqlite, none waits"))
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def database(engine: str, fresh_database: FreshDatabase) -> Iterator[Database]:
    with fresh_database(engine.partition(",")[0]) as url:
        made = open_database(url)
        yield made
        made.close()


@pytest.fixture
def catalogue(database: Database) -> MakeCatalogue:
    """`catalogue({"price": "1"}, {}, first_id=1)`: products with these values, S1, S2, …"""

    def make(*documents: dict[str, Any], first_id: int = 1) -> Catalogue:
        return Catalogue(database, list(documents), first_id)

    return make
