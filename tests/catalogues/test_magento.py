"""The Magento sample data, whole, through the import commands, once per engine, then asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.catalogues.erp_client import Refused
from tests.catalogues.expected.category_filters import shop_filters
from tests.catalogues.expected.magento import questions, rows_of
from tests.catalogues.mappings.magento import import_all
from tests.catalogues.question import category_id, differences
from tests.catalogues.shop import OpenShop, Shop
from tests.catalogues.sources.magento import ROOT, SIMPLE, MagentoSource, read
from tests.databases.fresh import ENGINES

Json = dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """totals: of the import of each file."""

    shop: Shop
    totals: dict[str, Json]


@pytest.fixture(scope="module")
def source(catalogue_folder: Callable[[str], Path]) -> MagentoSource:
    return read(catalogue_folder("magento"))


@pytest.fixture(scope="module", params=ENGINES)
def loaded(
    request: pytest.FixtureRequest,
    fresh_shop: OpenShop,
    source: MagentoSource,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Loaded]:
    with fresh_shop(request.param) as shop:
        yield Loaded(shop, import_all(shop, source, tmp_path_factory.mktemp("magento")))


TWINS = 3  # dictionary values that differ only in case, such as All-weather and All-Weather


def totals(created: int = 0, updated: int = 0, rejected: int = 0, warnings: int = 0) -> Json:
    found = {"created": created, "updated": updated, "unchanged": 0}
    return found | {"rejected": rejected, "warnings": warnings}


def test_the_files_have_the_products_that_their_notice_tells(source: MagentoSource) -> None:
    parents = source.parents()

    assert (len(set(parents.values())), len(parents)) == (147, 1847)
    assert len(source.simple) == 52  # a bundle and a group among them
    assert len(source.skus()) == 147 + 1847 + 52


def test_configurable_products_come_in_though_variations_come_first(loaded: Loaded) -> None:
    assert loaded.totals["configurable"] == totals(created=147 + 1847, warnings=TWINS)


@pytest.mark.parametrize("name", SIMPLE)
def test_a_table_of_simple_products_comes_in_as_it_is(
    loaded: Loaded, source: MagentoSource, name: str
) -> None:
    assert loaded.totals[name] == totals(created=len(source.tables[name]))


def test_every_product_is_there_once(loaded: Loaded, source: MagentoSource) -> None:
    pages = loaded.shop.client.pages(includeVariants=True, attributes=["sku"], definition=False)

    assert [one["sku"] for page in pages for one in page["products"]] == [
        row.sku for row in rows_of(source)
    ]


def test_only_rows_of_links_that_name_unknown_products_are_refused(
    loaded: Loaded, source: MagentoSource
) -> None:
    known, refused = source.skus(), {}
    for name, links in source.links.items():
        lost = [sku for sku, targets in links.items() if not known.issuperset([sku, *targets])]
        refused[name] = len(lost)
        assert loaded.totals[name] == totals(updated=len(links) - len(lost), rejected=len(lost))

    assert refused["Catalog/Links/related.csv"] == 6


def test_the_check_command_finds_nothing_wrong(loaded: Loaded) -> None:
    loaded.shop.run_pims("check")


def test_the_api_answers_as_the_source_files_do(loaded: Loaded, source: MagentoSource) -> None:
    assert differences(loaded.shop.client, questions(source)) == []


def test_a_category_that_is_not_active_is_none_to_a_shop(loaded: Loaded) -> None:
    client = loaded.shop.client
    number = category_id(client, f"{ROOT} > Collections > Eco Friendly")

    with pytest.raises(Refused) as told:
        shop_filters(client, number, "")

    assert told.value.http_status == 404
