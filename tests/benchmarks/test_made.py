import orjson
import pytest

from benchmarks.catalogues import words
from benchmarks.catalogues.made import made_catalogue, made_shape, product, read_count

PLAIN = made_shape(1_000, 22, 0.5, 0)


def test_a_product_depends_on_its_number_alone():
    catalogue = made_catalogue(PLAIN)
    assert [one.sku for one in catalogue.products()] == catalogue.skus()
    assert catalogue.skus()[7] == product(PLAIN, 7).sku
    assert product(made_shape(9, 22, 0.5, 0), 7) == product(PLAIN, 7)


def test_the_products_stay_the_same_from_version_to_version():
    values = product(PLAIN, 41).values
    assert product(PLAIN, 41).sku == "BDE-00000041"
    shown = [values[name] for name in ("title", "brand", "price", "color")]
    assert shown == ["Folding Goblet 41", "Bafogu 0", "363.78", "navy"]


def test_a_product_has_22_attributes_and_about_1700_bytes():
    sizes = [len(orjson.dumps(product(PLAIN, number).values)) for number in range(200)]
    assert all(len(product(PLAIN, number).values) == 22 for number in range(200))
    assert 1_600 < sum(sizes) / 200 < 1_800


def test_eleven_attributes_are_filterable_with_those_of_the_system():
    found = [one.name for one in made_catalogue(PLAIN).attributes if one.settings.get("filterable")]
    assert len({*found, "title", "status", "categories"}) == 11


def test_a_wider_shape_has_more_attributes_and_the_share_of_filterable_ones():
    shape = made_shape(10, 100, 0.5, 0)
    catalogue = made_catalogue(shape)
    found = [one for one in catalogue.attributes if one.settings.get("filterable")]
    assert len(product(shape, 3).values) == 100
    assert len(found) + 3 == 50


def test_half_of_the_products_may_be_variations_of_those_before_them():
    shape = made_shape(10, 22, 0.5, 0.5)
    skus = {product(shape, number).sku for number in range(0, 10, 2)}
    parents = {product(shape, number).values["variation_of"] for number in range(1, 10, 2)}
    assert parents == skus
    assert product(shape, 2).values["variation_attributes"] == ["color", "size"]
    assert "variation_of" not in made_catalogue(shape).more(1).values


def test_a_new_product_is_none_of_those_that_are_there():
    catalogue = made_catalogue(PLAIN)
    known = {one.sku for one in catalogue.products()}
    assert len(known) == 1_000
    assert known.isdisjoint(catalogue.more(number).sku for number in range(1_000))


def test_there_are_two_thousand_brands():
    assert len({words.brand(number) for number in range(words.BRAND_COUNT)}) == 2_000


def test_no_noun_begins_like_another_word():
    every = {one.lower() for one in (*words.NOUNS, *words.ADJECTIVES, *words.FILLERS)}
    nouns = [one.lower() for one in words.NOUNS]
    assert [one for one in nouns if sum(word.startswith(one) for word in every) != 1] == []


@pytest.mark.parametrize("text", ["", "k", "0", "-5", "1.5k", "many"])
def test_a_number_of_products_that_is_none_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        read_count(text)


@pytest.mark.parametrize(("attributes", "variations"), [(21, 0), (9_000, 0), (22, 1), (22, -0.1)])
def test_a_shape_that_cannot_be_made_is_refused(attributes, variations):
    with pytest.raises(ValueError, match=r"\d"):
        made_shape(10, attributes, 0.5, variations)
