"""A fiftieth of the LEGO catalogue, loaded once per engine, then asked."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.catalogues.expected.lego import counts, questions
from tests.catalogues.lego import LegoReport, load
from tests.catalogues.question import differences
from tests.catalogues.shop import OpenShop, Shop
from tests.catalogues.sources.lego import LegoSource, read, variants_of
from tests.databases.fresh import ENGINES

SHARE = 1 / 50

Loaded = tuple[Shop, LegoReport]


@pytest.fixture(scope="module")
def folder(catalogue_folder: Callable[[str], Path]) -> Path:
    return catalogue_folder("lego")


@pytest.fixture(scope="module")
def source(folder: Path) -> LegoSource:
    return read(folder, SHARE)


@pytest.fixture(scope="module", params=ENGINES)
def loaded(request: pytest.FixtureRequest, fresh_shop: OpenShop, folder: Path) -> Iterator[Loaded]:
    with fresh_shop(request.param) as shop:
        yield shop, load(shop.client, folder, share=SHARE)


def test_every_product_of_the_source_is_there_once(loaded: Loaded, source: LegoSource) -> None:
    shop, report = loaded
    expected = counts(source)

    found = {kind: _count(shop, kind=kind) for kind in expected}

    assert found == expected
    assert {"part": report.parts, "element": report.elements, "set": report.sets} == expected
    assert _count(shop) == sum(expected.values())


def test_the_load_warns_of_elements_of_one_color_and_of_nothing_else(
    loaded: Loaded, source: LegoSource
) -> None:
    _, report = loaded
    per_color = Counter(
        (part["part"], one["color"]) for part in source.parts for one in variants_of(part)
    )

    assert report.warnings == {"not_unique": sum(number - 1 for number in per_color.values())}


def test_the_check_command_finds_nothing_wrong(loaded: Loaded) -> None:
    shop, _ = loaded

    shop.run_pims("check")


def test_the_api_answers_as_the_source_files_do(loaded: Loaded, source: LegoSource) -> None:
    shop, _ = loaded

    assert differences(shop.client, questions(source)) == []


def _count(shop: Shop, **filters: str) -> int:
    params = {"filter_values": filters, "includeVariants": True, "definition": False}
    found: int = shop.client.act("getList", params=params)["sku_count"]
    return found
