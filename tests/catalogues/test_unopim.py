"""The UnoPim demo catalogue, whole, loaded once per engine, then asked."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.catalogues.erp_client import ATTRIBUTES, CATEGORIES
from tests.catalogues.expected.unopim import questions, rows_of
from tests.catalogues.question import differences
from tests.catalogues.shop import OpenShop, Shop
from tests.catalogues.sources.unopim import UnopimSource, read
from tests.catalogues.unopim import UnopimReport, load
from tests.databases.fresh import ENGINES

Loaded = tuple[Shop, UnopimReport]


@pytest.fixture(scope="module")
def folder(catalogue_folder: Callable[[str], Path]) -> Path:
    return catalogue_folder("unopim-demo")


@pytest.fixture(scope="module")
def source(folder: Path) -> UnopimSource:
    return read(folder)


@pytest.fixture(scope="module", params=ENGINES)
def loaded(request: pytest.FixtureRequest, fresh_shop: OpenShop, folder: Path) -> Iterator[Loaded]:
    with fresh_shop(request.param) as shop:
        yield shop, load(shop.client, folder, shop.run_pims)


def test_every_product_and_variant_is_there_once(loaded: Loaded, source: UnopimSource) -> None:
    shop, report = loaded

    pages = shop.client.pages(includeVariants=True, attributes=["sku"])
    found = [one["sku"] for page in pages for one in page["products"]]

    assert found == [row.sku for row in rows_of(source)]
    assert report.products == len(found) == 102 + 113


def test_the_load_gives_no_warning(loaded: Loaded) -> None:
    _, report = loaded

    assert report.warnings == {}


def test_the_check_command_finds_nothing_wrong(loaded: Loaded) -> None:
    shop, _ = loaded

    shop.run_pims("check")


def test_the_api_answers_as_the_source_files_do(loaded: Loaded, source: UnopimSource) -> None:
    shop, _ = loaded

    assert differences(shop.client, questions(source)) == []


def test_values_come_back_as_they_were_written(loaded: Loaded, source: UnopimSource) -> None:
    shop, _ = loaded
    sent = next(one for one in source.products if one["sku"] == "verano-terra-merino-crew")

    found = shop.client.act("listProduct", sku=sent["sku"])["data"]["attributes"]

    assert found["weight"] == "0.31"
    assert found["price_eur"] == "129"
    assert found["is_featured"] is True
    assert found["ean"] == "4012345000019"
    assert found["features"] == ["machine_washable"]
    assert found["categories"] == ["Apparel > Men > Tops", "Apparel > Men"]
    assert found["description"] == sent["locales"]["en_US"]["description"]
    assert found["gallery"] == []
    assert found["capacity"] is None


def test_a_variant_shows_its_axes_and_the_axes_of_its_product(loaded: Loaded) -> None:
    shop, _ = loaded

    reply = shop.client.act("listProduct", sku="verano-terra-merino-crew-moss-s")
    found = reply["data"]["attributes"]

    assert (found["color"], found["size"]) == ("moss_green", "s")
    assert found["variation_of"] == "verano-terra-merino-crew"
    assert found["variation_attributes"] == ["color", "size"]
    assert found["ean"] is None


def test_dictionaries_and_categories_carry_labels_in_every_language(loaded: Loaded) -> None:
    shop, _ = loaded

    attributes = shop.client.act("listAttributes", path=ATTRIBUTES)["data"]
    color = next(one["definition"] for one in attributes if one["name"] == "color")
    categories = shop.client.act("listCategories", path=CATEGORIES)["categories"]
    path = "Audio & Electronics > Headphones"
    headphones = next(one for one in categories if one["cat_path"] == path)

    assert color["dictionary"]["columns"] == ["value", "en-us", "de-de", "fr-fr", "swatch"]
    assert ["moss_green", "Moss Green", "Moosgrün", "Vert mousse", "#54654A"] in (
        color["dictionary"]["data"]
    )
    assert headphones["cat_label"] == {
        "en-us": "Headphones",
        "de-de": "Kopfhörer",
        "fr-fr": "Casques",
    }
    assert headphones["cat_data"]["is_visible"] is True


def test_a_translation_is_history_of_its_language_alone(loaded: Loaded) -> None:
    shop, _ = loaded
    sku = "verano-coastline-tee"  # in English and German

    titles = {
        locale: [
            entry["new"].get("title")
            for entry in shop.client.in_locale(locale).act("historyProduct", sku=sku)["history"]
        ]
        for locale in ("en-us", "de-de", "fr-fr")
    }

    assert titles["en-us"] == titles["fr-fr"]
    assert titles["de-de"][: len(titles["en-us"])] == titles["en-us"]
    assert len(titles["de-de"]) == len(titles["en-us"]) + 1


def test_what_a_link_carries_is_kept_beside_it(loaded: Loaded, source: UnopimSource) -> None:
    shop, _ = loaded
    sku = "aurex-halo-over-ear"

    found = shop.client.act("listProduct", sku=sku)["data"]["attributes"]

    assert json.loads(found["association_data"]) == {
        "spare_parts": source.links[sku]["spare_parts"]
    }
