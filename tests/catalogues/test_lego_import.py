"""A fiftieth of the LEGO catalogue through the import commands, once per engine, then asked."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.catalogues.expected.lego import counts, questions
from tests.catalogues.expected.lego_filters import filter_questions
from tests.catalogues.importing import import_products
from tests.catalogues.lego_import import (
    LINK_OPTIONS,
    LegoFiles,
    import_all,
    link_rows,
    product_rows,
    write_files,
)
from tests.catalogues.question import differences
from tests.catalogues.shop import OpenShop, Shop
from tests.catalogues.sources.lego import LegoSource, read, variants_of
from tests.databases.fresh import ENGINES

SHARE = 1 / 50

Json = dict[str, Any]


@dataclass(frozen=True)
class Loaded:
    """A shop with the share. totals: of each file's import."""

    shop: Shop
    files: LegoFiles
    totals: list[Json]


@pytest.fixture(scope="module")
def source(catalogue_folder: Callable[[str], Path]) -> LegoSource:
    return read(catalogue_folder("lego"), SHARE)


@pytest.fixture(scope="module")
def files(source: LegoSource, tmp_path_factory: pytest.TempPathFactory) -> LegoFiles:
    return write_files(source, tmp_path_factory.mktemp("lego"))


@pytest.fixture(scope="module", params=ENGINES)
def loaded(
    request: pytest.FixtureRequest, fresh_shop: OpenShop, files: LegoFiles
) -> Iterator[Loaded]:
    with fresh_shop(request.param) as shop:
        yield Loaded(shop, files, import_all(shop, files))


def totals(created: int = 0, updated: int = 0, unchanged: int = 0) -> Json:
    found = {"created": created, "updated": updated, "unchanged": unchanged}
    return found | {"rejected": 0, "warnings": 0}


def test_every_row_is_stored(loaded: Loaded, source: LegoSource) -> None:
    _, _, products, links = loaded.totals
    linked = len(list(link_rows(source)))

    assert products | {"warnings": 0} == totals(created=sum(counts(source).values()))
    assert links == totals(updated=linked)
    assert linked > 0


def test_elements_of_one_color_are_warned_of(loaded: Loaded, source: LegoSource) -> None:
    per_color = Counter(
        (part["part"], one["color"]) for part in source.parts for one in variants_of(part)
    )

    # Members of a family that come in together are each told of each other, parents too.
    assert loaded.totals[2]["warnings"] >= sum(number - 1 for number in per_color.values()) > 0


def test_every_product_of_the_source_is_there_once(loaded: Loaded, source: LegoSource) -> None:
    pages = loaded.shop.client.pages(includeVariants=True, attributes=["sku"], definition=False)
    found = [one["sku"] for page in pages for one in page["products"]]

    assert sorted(found) == sorted(row["sku"] for row in product_rows(source))


def test_a_second_import_changes_nothing(loaded: Loaded, source: LegoSource) -> None:
    again = import_products(loaded.shop, loaded.files.products)
    links = import_products(loaded.shop, loaded.files.links, *LINK_OPTIONS)

    assert again == totals(unchanged=sum(counts(source).values()))
    assert links == totals(unchanged=loaded.totals[3]["updated"])


def test_the_check_command_finds_nothing_wrong(loaded: Loaded) -> None:
    loaded.shop.run_pims("check")


def test_the_api_answers_as_the_source_files_do(loaded: Loaded, source: LegoSource) -> None:
    assert differences(loaded.shop.client, questions(source)) == []


def test_shops_see_the_filters_that_the_source_files_have(
    loaded: Loaded, source: LegoSource
) -> None:
    assert differences(loaded.shop.client, filter_questions(source)) == []
