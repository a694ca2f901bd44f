"""The Saleor fixture, whole, through the import commands, once per engine, then asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.catalogues.expected.saleor import questions, rows_of
from tests.catalogues.mappings.saleor import import_all, product_types
from tests.catalogues.question import differences
from tests.catalogues.shop import OpenShop, Shop
from tests.catalogues.sources.saleor import SaleorSource, read
from tests.databases.fresh import ENGINES

Json = dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """totals: of attributes, categories and products."""

    shop: Shop
    totals: list[Json]


@pytest.fixture(scope="module")
def folder(catalogue_folder: Callable[[str], Path]) -> Path:
    return catalogue_folder("saleor")


@pytest.fixture(scope="module")
def source(folder: Path) -> SaleorSource:
    return read(folder)


@pytest.fixture(scope="module", params=ENGINES)
def loaded(
    request: pytest.FixtureRequest,
    fresh_shop: OpenShop,
    source: SaleorSource,
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Loaded]:
    with fresh_shop(request.param) as shop:
        yield Loaded(shop, import_all(shop, source, folder, tmp_path_factory.mktemp("saleor")))


def test_the_fixture_has_the_objects_that_its_notice_tells(source: SaleorSource) -> None:
    unnamed = [one for one in source.all("product.productvariant").values() if not one["sku"]]

    assert (len(source.products), len(source.all("product.productvariant"))) == (32, 73)
    assert (len(source.types), len(source.brands), len(unnamed)) == (8, 3, 17)


def test_every_object_is_stored(loaded: Loaded, source: SaleorSource) -> None:
    attributes, categories, products = loaded.totals
    variants = 73 - 17  # those without a SKU are their product

    assert [one["rejected"] for one in loaded.totals] == [0, 0, 0]
    assert categories["created"] == len(source.all("product.category"))
    assert products["created"] == len(rows_of(source)) == 32 + variants + 3
    assert attributes["created"] == len(source.attributes) + 7


def test_every_product_has_its_type(loaded: Loaded, source: SaleorSource) -> None:
    found = loaded.shop.client.act("listProduct", sku="ascii-tee")["data"]["attributes"]

    assert set(product_types(source)["shirt"]) <= set(found)
    assert "shoe-size" not in {name for name, value in found.items() if value is not None}


def test_the_check_command_finds_nothing_wrong(loaded: Loaded) -> None:
    loaded.shop.run_pims("check")


def test_the_api_answers_as_the_source_file_does(loaded: Loaded, source: SaleorSource) -> None:
    assert differences(loaded.shop.client, questions(source)) == []
