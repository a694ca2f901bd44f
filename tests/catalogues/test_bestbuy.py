"""The Best Buy categories, dirty as they are, imported by the command, then asked."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pims_api.cli import main
from tests.catalogues.erp_client import CATEGORIES
from tests.catalogues.expected.bestbuy import products, questions
from tests.catalogues.question import differences
from tests.catalogues.shop import OpenShop, Shop
from tests.catalogues.sources.bestbuy import BestBuySource, read, unpacked
from tests.databases.fresh import ENGINES

Json = dict[str, Any]
Loaded = tuple[Shop, Json]
"""A shop with what is sound, and what the import told."""

OPTIONS = (
    *("--at", "categories", "--map", "parent=parent_id", "--map", "id=cat_data.id"),
    *("--ignore", "path", "--ignore", "pathIds", "--ignore", "children", "--json"),
)


@pytest.fixture(scope="module")
def source(catalogue_folder: Callable[[str], Path]) -> BestBuySource:
    return read(catalogue_folder("bestbuy"))


@pytest.fixture(scope="module")
def file(catalogue_folder: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(catalogue_folder("bestbuy"), tmp_path_factory.mktemp("bestbuy"))


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, fresh_shop: OpenShop) -> Iterator[Shop]:
    with fresh_shop(request.param) as opened:
        yield opened


@pytest.fixture(scope="module", params=ENGINES)
def loaded(request: pytest.FixtureRequest, fresh_shop: OpenShop, file: Path) -> Iterator[Loaded]:
    with fresh_shop(request.param) as shop:
        yield shop, imported(shop, file, "--skip-rejected")


def imported(shop: Shop, file: Path, *options: str) -> Json:
    """Import, which has to be refused in part or whole, and return what was told."""
    words = ["--database", shop.database_url, "category", "import", str(file), *OPTIONS, *options]
    result: Result = CliRunner().invoke(main, words)
    assert result.exit_code == 1, result.output
    found: Json = json.loads(result.stdout)
    return found


def paths(shop: Shop) -> list[str]:
    found = shop.client.act("listCategories", path=CATEGORIES)["categories"]
    return [one["cat_path"] for one in found]


def test_the_file_has_the_faults_its_notice_tells(source: BestBuySource) -> None:
    missing = {one["parent"] for one in source.orphans}
    assert [one["id"] for one in source.nameless] == ["pcmcat748300293073"]
    assert (len(source.categories), len(missing), len(source.orphans)) == (4584, 125, 363)
    assert (len(source.repeated), len(source.sound)) == (4, 4203)


def test_nothing_half_is_done(empty: Shop, file: Path, source: BestBuySource) -> None:
    told = imported(empty, file)

    rejected = len(source.categories) - len(source.sound)
    assert [told["created"], told["unchanged"], told["rejected"]] == [0, 0, rejected]
    assert paths(empty) == ["Uncategorized"]


def test_each_fault_is_told_with_its_place(loaded: Loaded, source: BestBuySource) -> None:
    faults = loaded[1]["faults"]

    numbers = {one["id"]: place for place, one in enumerate(source.categories, start=1)}
    told = {one["line"]: one["message"] for one in faults}
    assert set(told) == {numbers[one["id"]] for one in source.categories} - {
        numbers[number] for number in source.sound
    }
    assert all("is not there!" in told[numbers[one["id"]]] for one in source.orphans)
    assert [told[numbers[one["id"]]] for one in source.nameless] == [
        "There is neither a path nor a name!"
    ]
    assert all("already!" in told[numbers[one["id"]]] for one in source.repeated)


def test_what_is_sound_is_stored_once(loaded: Loaded, file: Path, source: BestBuySource) -> None:
    shop, first = loaded

    again = imported(shop, file, "--skip-rejected")

    assert [first["created"], again["created"]] == [len(source.sound), 0]
    assert [again["unchanged"], again["updated"]] == [len(source.sound), 0]


def test_the_api_answers_as_the_source_file_does(loaded: Loaded, source: BestBuySource) -> None:
    shop, _ = loaded
    for body in products(source):
        shop.client.act("createProduct", **body)

    assert differences(shop.client, questions(source)) == []
    shop.run_pims("check")
