"""Catalogs in a definition: trees side by side, with one series of ids."""

import pytest

from pims_api.domain.catalog import (
    DEFAULT_CATALOG,
    Catalog,
    catalogs_of,
    with_category,
    without_categories,
)
from pims_api.domain.category import Category
from pims_api.domain.definition import Definition

HATS, COLD = Category(2, "Hats"), Category(3, "Cold", catalog_id=2)
SEASONS = Catalog(2, "seasons", "Seasons")


@pytest.fixture
def definition() -> Definition:
    made = Definition(1)
    made.put(SEASONS)
    for one in (Category(1, "Uncategorized"), HATS, COLD):
        made.put_category(one)
    return made


def test_each_catalog_has_its_tree_and_all_have_one_series_of_ids(definition) -> None:
    assert catalogs_of(definition) == {1: DEFAULT_CATALOG, 2: SEASONS}
    assert set(definition.categories.by_id) == {1, 2}
    assert set(definition.tree(2).by_id) == {3}
    assert definition.categories.last_id == 3
    assert definition.categories.by_id[2] == HATS
    assert definition.tree(2).by_id[3] == COLD


def test_a_copy_changes_without_the_first_one(definition) -> None:
    duplicate = definition.copy()
    duplicate.put_category(Category(4, "Snow", parent_id=3, catalog_id=2))
    assert (set(duplicate.tree(2).by_id), set(definition.tree(2).by_id)) == ({3, 4}, {3})
    assert (duplicate.categories.last_id, definition.categories.last_id) == (4, 3)

    duplicate.drop_category(Category(4, "Snow", parent_id=3, catalog_id=2))
    assert set(duplicate.tree(2).by_id) == {3}
    assert duplicate.categories.last_id == 3


@pytest.mark.parametrize("category", [HATS, COLD])
def test_a_product_joins_once_and_leaves_as_it_was(category) -> None:
    values = {"sku": "A", "categories": [1]}
    joined = with_category(values, category)
    assert joined != values
    assert with_category(joined, category) == joined
    assert without_categories(joined, {category.id}) == values
    assert values == {"sku": "A", "categories": [1]}


def test_uncategorized_gives_way_to_the_first_category_only() -> None:
    hats = with_category({"categories": [1]}, HATS)
    assert hats == {"categories": [2]}
    assert with_category(hats, Category(4, "Caps")) == {"categories": [2, 4]}
    assert with_category({"categories": [1]}, COLD) == {
        "categories": [1],
        "~categories": ["3"],
    }
