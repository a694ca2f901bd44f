"""One database per engine and test file; every catalogue is a tenant of its own in it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from pims_api.storage.database import Database
from tests.databases.fresh import ENGINES, FreshDatabase
from tests.environment import settings_of
from tests.storage.catalogue_index.catalogue import Catalogue

MakeCatalogue = Callable[..., Catalogue]


@pytest.fixture(scope="module", params=(*ENGINES, "sqlite, none waits"))
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def unindexed_max(engine: str) -> int:
    """Some products of nearly every catalogue wait for the index, on SQLite also none."""
    return 0 if engine == "sqlite, none waits" else 3


@pytest.fixture(scope="module")
def database(engine: str, unindexed_max: int, fresh_database: FreshDatabase) -> Iterator[Database]:
    with fresh_database(engine.partition(",")[0]) as url:
        made = Database(replace(settings_of(url), unindexed_max=unindexed_max))
        yield made
        made.close()


@pytest.fixture
def catalogue(database: Database) -> MakeCatalogue:
    """`catalogue({"price": "1"}, {}, first_id=1)`: products with these values, S1, S2, …"""

    def make(*documents: dict[str, Any], first_id: int = 1) -> Catalogue:
        return Catalogue(database, list(documents), first_id)

    return make
