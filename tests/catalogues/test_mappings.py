"""What the loaders make of the source files, without a server."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.catalogues.expected import lego as expected_lego
from tests.catalogues.expected import unopim as expected_unopim
from tests.catalogues.mappings import lego as lego_mapping
from tests.catalogues.mappings import unopim as unopim_mapping
from tests.catalogues.question import has_words
from tests.catalogues.sources import lego as lego_source
from tests.catalogues.sources import unopim as unopim_source

SHARE = 1 / 50

FindFolder = Callable[[str], Path]
Item = dict[str, Any]


@pytest.fixture(scope="module")
def lego(catalogue_folder: FindFolder) -> lego_source.LegoSource:
    return lego_source.read(catalogue_folder("lego"), SHARE)


@pytest.fixture(scope="module")
def unopim(catalogue_folder: FindFolder) -> unopim_source.UnopimSource:
    return unopim_source.read(catalogue_folder("unopim-demo"))


def test_the_whole_lego_catalogue_has_the_size_its_notice_tells(
    catalogue_folder: FindFolder,
) -> None:
    whole = lego_source.read(catalogue_folder("lego"))

    assert expected_lego.counts(whole) == {"part": 61770, "element": 108830, "set": 26452}
    assert len(whole.renamed_elements()) == 333


def test_a_share_is_every_nth_thing_and_the_widest_part(lego: lego_source.LegoSource) -> None:
    assert len(lego.parts) == 1237
    assert len(lego.sets) == 530
    assert lego.widest_part()["part"] == "3023"
    assert len(lego_source.variants_of(lego.widest_part())) == 185


def test_a_share_keeps_the_skus_that_the_whole_has(lego: lego_source.LegoSource) -> None:
    assert lego.element_sku("15254") == "E-15254"  # the number of a part outside of this share
    assert lego.element_sku("302301") == "302301"


@pytest.mark.parametrize("share", [0, -1, 1.5])
def test_a_share_outside_its_range_is_refused(catalogue_folder: FindFolder, share: float) -> None:
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        lego_source.read(catalogue_folder("lego"), share)


def test_categories_come_after_their_parents(
    lego: lego_source.LegoSource, unopim: unopim_source.UnopimSource
) -> None:
    for items in (lego_mapping.category_items(lego), unopim_mapping.category_items(unopim)):
        seen: set[str] = set()
        for item in items:
            above, _, _ = item["path"].rpartition(" > ")
            assert not above or above in seen
            seen.add(item["path"])


def test_a_theme_path_is_the_one_that_the_sets_name(lego: lego_source.LegoSource) -> None:
    assert all(lego.theme_path(one["theme"]) == one["themePath"] for one in lego.sets)


def test_text_that_is_long_or_media_is_never_filterable(
    lego: lego_source.LegoSource, unopim: unopim_source.UnopimSource
) -> None:
    items = lego_mapping.attribute_items(lego) + unopim_mapping.attribute_items(unopim)

    wrong = [one["name"] for one in items if _is_long(one) and _is_indexed(one)]

    assert wrong == []


def test_a_variant_has_no_identifier_of_its_product(unopim: unopim_source.UnopimSource) -> None:
    bodies = [one["data"]["attributes"] for one in unopim_mapping.products(unopim)]

    variants = [one for one in bodies if "variation_of" in one]

    assert len(variants) == 113
    assert not any("ean" in one or "product_number" in one for one in variants)


def test_every_attribute_of_a_product_belongs_to_its_type(
    unopim: unopim_source.UnopimSource,
) -> None:
    system = {"categories", "variation_of", "variation_attributes"}
    of_type = {name: set(listed) for name, listed, _ in unopim_mapping.product_types(unopim)}

    for body in unopim_mapping.products(unopim):
        assert set(body["data"]["attributes"]) - system <= of_type[body["product_type"]]


def test_a_measure_in_another_unit_is_refused(unopim: unopim_source.UnopimSource) -> None:
    product = unopim.products[0]
    heavy = product["common"] | {"weight": {"value": "310", "unit": "GRAM"}}
    other = replace(unopim, products=[product | {"common": heavy}])

    with pytest.raises(ValueError, match="weight is kept in KILOGRAM, not in GRAM"):
        next(unopim_mapping.products(other))


def test_no_question_has_an_empty_answer(
    lego: lego_source.LegoSource, unopim: unopim_source.UnopimSource
) -> None:
    asked = expected_lego.questions(lego) + expected_unopim.questions(unopim)

    empty = [one.case for one in asked if not one.answer or not next(iter(one.answer))]

    assert empty == []


@pytest.mark.parametrize(
    ("case", "phrase", "texts", "found"),
    [
        ("all words, any order", "4 brick", ["Brick 2 x 4"], True),
        ("the last word begun", "brick pri", ["Brick with Print"], True),
        ("only the last may be begun", "bri print", ["Brick with Print"], False),
        ("words from several texts", "red 3001", ["3001", "Brick, Red"], True),
        ("case and form do not matter", "KOPFHÖ", ["Kopfho\u0308rer"], True),
        ("a part of a number is a beginning", "3626", ["3626cpr3662"], True),
        ("the end of a word is not", "pr3662", ["3626cpr3662"], False),
    ],
)
def test_the_reference_search_sees_words(
    case: str, phrase: str, texts: list[str], found: bool
) -> None:
    assert has_words(phrase, texts) is found, case


def _is_long(item: Item) -> bool:
    return item["definition"]["type"] in ("text", "html", "media")


def _is_indexed(item: Item) -> bool:
    return "y" in (item["definition"]["isFilterable"], item["definition"]["isIndexable"])
