"""2,000 products of the Chorus catalogue with 5,354 attributes, imported once per engine."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.catalogues.erp_client import ATTRIBUTES, ErpClient
from tests.catalogues.expected.category_filters import shop_filters
from tests.catalogues.expected.chorus import filters_of, questions, shown_value
from tests.catalogues.mappings.chorus import VIEW, VIEW_WIDTH, import_all, make_view, names_of
from tests.catalogues.question import differences
from tests.catalogues.shop import OpenShop, Shop, run_pims
from tests.catalogues.sources.chorus import ChorusSource, read
from tests.databases.fresh import ENGINES

UNCATEGORIZED = 1

Json = dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """A shop with the sample. totals: of attributes, products, corrected products."""

    shop: Shop
    totals: tuple[Json, Json, Json]
    narrow: ErpClient
    """Sees the View."""


@pytest.fixture(scope="module")
def source(catalogue_folder: Callable[[str], Path]) -> ChorusSource:
    return read(catalogue_folder("chorus-icecat"))


@pytest.fixture(scope="module", params=ENGINES)
def loaded(
    request: pytest.FixtureRequest,
    fresh_shop: OpenShop,
    source: ChorusSource,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Loaded]:
    with fresh_shop(request.param) as shop:
        totals = import_all(shop, source, tmp_path_factory.mktemp("chorus"))
        make_view(shop, source)
        words = ("key", "create", "--name", "shop", "--permissions", "pim_user", "--view", VIEW)
        key = run_pims(shop.database_url, *words, "--default-view", VIEW).strip()
        yield Loaded(shop, totals, shop.client.with_key(key))


def totals(created: int, rejected: int = 0, warnings: int = 0) -> Json:
    found = {"created": created, "updated": 0, "unchanged": 0}
    return found | {"rejected": rejected, "warnings": warnings}


def test_only_lines_with_an_exponent_are_refused(loaded: Loaded, source: ChorusSource) -> None:
    _, products, corrected = loaded.totals
    refused = len(source.short)

    assert products == totals(len(source.products) - refused, refused)
    assert corrected == totals(refused)
    assert (len(source.products), refused) == (2000, 2)


def test_every_attribute_keeps_its_code_as_label(loaded: Loaded, source: ChorusSource) -> None:
    names = names_of(source)

    found = loaded.shop.client.act("listAttributes", path=ATTRIBUTES)["data"]
    labels = {one["name"]: one["definition"]["label"].get("en-us") for one in found}

    assert len(set(names.values())) == len(names) == 5354
    assert {name: labels[name] for name in names.values()} == {
        name: code for code, name in names.items()
    }


def test_the_check_command_finds_nothing_wrong(loaded: Loaded) -> None:
    loaded.shop.run_pims("check")


def test_the_api_answers_as_the_source_files_do(loaded: Loaded, source: ChorusSource) -> None:
    assert differences(loaded.shop.client, questions(source)) == []


def test_a_view_shows_its_attributes_of_every_product(loaded: Loaded, source: ChorusSource) -> None:
    names = names_of(source)
    shown = {names[code]: code for code in source.commonest(VIEW_WIDTH)}

    pages = loaded.narrow.pages(definition=False)
    found = {one["sku"]: one["data"]["attributes"] for page in pages for one in page["products"]}

    assert found == {
        one["id"]: {"sku": one["id"], "categories": ["Uncategorized"]}
        | {name: shown_value(one.get(code)) for name, code in shown.items()}
        for one in source.products
    }


def test_a_page_of_the_view_is_a_hundredth_of_the_whole_width(loaded: Loaded) -> None:
    params = {"pagination": {"pageSize": 24}}
    narrow, wide = (
        len(json.dumps(client.act("getList", params=params)))
        for client in (loaded.narrow, loaded.shop.client)
    )

    assert 24 * VIEW_WIDTH < narrow < wide / 100


def test_shops_see_the_filters_that_the_source_has(loaded: Loaded, source: ChorusSource) -> None:
    right = filters_of(source, source.commonest(VIEW_WIDTH))

    assert shop_filters(loaded.narrow, UNCATEGORIZED, "") == right
