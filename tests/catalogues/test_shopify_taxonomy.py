"""The Shopify taxonomy, whole, imported once per engine by the command, then asked."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.catalogues.expected.shopify import questions
from tests.catalogues.mappings.shopify import (
    CATEGORY_OPTIONS,
    product,
    taken,
    translations,
    write_attributes,
)
from tests.catalogues.question import differences
from tests.catalogues.shop import OpenShop, Shop, run_pims
from tests.catalogues.sources.shopify import LOCALES, OTHERS, ShopifySource, read, unpacked
from tests.databases.fresh import ENGINES

Json = dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """A shop with the taxonomy. categories, attributes: the files; first_…: their totals."""

    shop: Shop
    categories: Path
    attributes: Path
    first_categories: Json
    first_attributes: Json

    def import_categories(self, *options: str) -> Json:
        return _import(self.shop, "category", self.categories, *CATEGORY_OPTIONS, *options)

    def import_attributes(self, *options: str) -> Json:
        return _import(self.shop, "attribute", self.attributes, *options)


def _import(shop: Shop, what: str, file: Path, *options: str) -> Json:
    printed = run_pims(shop.database_url, what, "import", str(file), *options, "--json")
    found: Json = json.loads(printed)
    return found


@pytest.fixture(scope="module")
def folder(catalogue_folder: Callable[[str], Path]) -> Path:
    return catalogue_folder("shopify-taxonomy")


@pytest.fixture(scope="module")
def source(folder: Path) -> ShopifySource:
    return read(folder)


@pytest.fixture(scope="module", params=ENGINES)
def loaded(
    request: pytest.FixtureRequest,
    fresh_shop: OpenShop,
    source: ShopifySource,
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Loaded]:
    files = tmp_path_factory.mktemp("shopify")
    categories, attributes = unpacked(folder, files), write_attributes(source, files)
    with fresh_shop(request.param) as shop:
        for code in OTHERS:
            shop.run_pims("locale", "add", LOCALES[code])
        shop.run_pims("attribute", "edit", "title", "--localizable")
        yield Loaded(
            shop,
            categories,
            attributes,
            _import(shop, "category", categories, *CATEGORY_OPTIONS),
            _import(shop, "attribute", attributes),
        )


def totals(created: int, **more: Any) -> Json:
    return {"created": created, "updated": 0, "unchanged": 0, "rejected": 0} | more


def test_every_category_is_made(loaded: Loaded, source: ShopifySource) -> None:
    right = totals(len(source.categories) - 1, updated=1)  # Uncategorized was there before
    assert loaded.first_categories == right | {"ancestors": 0, "faults": [], "warnings": []}


def test_every_attribute_is_made(loaded: Loaded, source: ShopifySource) -> None:
    right = totals(len(source.attributes))
    assert loaded.first_attributes == right | {"faults": [], "warnings": []}


def test_a_second_import_changes_nothing(loaded: Loaded, source: ShopifySource) -> None:
    categories, attributes = loaded.import_categories(), loaded.import_attributes()

    assert categories["unchanged"] == len(source.categories)
    assert attributes["unchanged"] == len(source.attributes)
    assert [categories["created"], categories["updated"]] == [0, 0]
    assert [attributes["created"], attributes["updated"]] == [0, 0]


def test_the_api_answers_as_the_source_files_do(loaded: Loaded, source: ShopifySource) -> None:
    client = loaded.shop.client
    shown = {"attributes": ["sku"], "definition": False}
    for category in taken(source):
        client.act("createProduct", **product(source, category), params=shown)
        for locale, body in translations(category):
            client.in_locale(locale).act("editProduct", **body, params=shown)

    assert differences(client, questions(source)) == []
    loaded.shop.run_pims("check")
