from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.catalogues.shop import OpenShop, Shop, open_shop
from tests.catalogues.sources.data_folder import data_folder
from tests.databases.fresh import FreshDatabase


@pytest.fixture(scope="session")
def catalogue_folder() -> Callable[[str], Path]:
    """`catalogue_folder("lego")`: the folder of that catalogue; where it is absent, tests skip."""

    def find(name: str) -> Path:
        folder = data_folder() / name
        if not folder.is_dir():
            pytest.skip(f"{folder} is absent; PIMS_TEST_DATA names the folder of real catalogues.")
        return folder

    return find


@pytest.fixture(scope="session")
def fresh_shop(fresh_database: FreshDatabase) -> OpenShop:
    """`with fresh_shop("sqlite") as shop:` an empty shop on that engine while the block lasts."""

    @contextmanager
    def opened(engine: str) -> Iterator[Shop]:
        with fresh_database(engine, unused=True) as url, open_shop(url) as shop:
            yield shop

    return opened
