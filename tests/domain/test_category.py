"""Trees of categories."""

from time import perf_counter

import pytest

from pims_api.domain.category import Category, CategoryTree, join_path, split_path


@pytest.fixture
def tree() -> CategoryTree:
    """Rods > Steel > Thin, Rods > Brass, Bolts."""
    made = CategoryTree()
    made.put(Category(2, "Rods"))
    made.put(Category(3, "Steel", 2, order=2))
    made.put(Category(4, "Thin", 3))
    made.put(Category(5, "Brass", 2, order=1))
    made.put(Category(6, "Bolts"))
    return made


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rods", ("Rods",)),
        ("Rods > Steel", ("Rods", "Steel")),
        ("Rods>Steel", ("Rods", "Steel")),
        ("  Rods  >  Steel  ", ("Rods", "Steel")),
        ("Rods >", ("Rods", "")),
        ("", ("",)),
    ],
)
def test_a_path_is_split_at_its_separators(text: str, names: tuple[str, ...]) -> None:
    assert split_path(text) == names


def test_a_category_is_found_by_its_path(tree: CategoryTree) -> None:
    found = tree.find(("Rods", "Steel", "Thin"))
    assert found is not None
    assert (found.id, tree.path_text(4)) == (4, "Rods > Steel > Thin")
    assert tree.find(("Steel",)) is None
    assert tree.find(()) is None


def test_children_come_by_order_then_name(tree: CategoryTree) -> None:
    assert [one.name for one in tree.children(2)] == ["Brass", "Steel"]
    assert [one.name for one in tree.children(0)] == ["Bolts", "Rods"]
    assert [one.id for one in tree] == [6, 2, 5, 3, 4]


def test_a_subtree_holds_everything_below(tree: CategoryTree) -> None:
    assert sorted(tree.subtree(2)) == [2, 3, 4, 5]
    assert tree.ids_above(4) == [2, 3, 4]


def test_a_rename_changes_the_paths_below(tree: CategoryTree) -> None:
    assert tree.path_text(4) == "Rods > Steel > Thin"
    tree.put(Category(3, "Stainless", 2))
    assert tree.path_text(4) == "Rods > Stainless > Thin"
    assert tree.find(("Rods", "Steel")) is None


def test_a_copy_changes_alone(tree: CategoryTree) -> None:
    duplicate = tree.copy()
    duplicate.put(Category(7, "Nuts"))
    duplicate.put(Category(6, "Screws"))
    assert (tree.last_id, duplicate.last_id) == (6, 7)
    assert [one.name for one in tree.children(0)] == ["Bolts", "Rods"]
    assert [one.name for one in duplicate.children(0)] == ["Nuts", "Rods", "Screws"]


def test_a_deleted_category_keeps_its_last_path(tree: CategoryTree) -> None:
    tree.put(Category(4, "Thin", 3, deleted=True))
    assert tree.find(("Rods", "Steel", "Thin")) is None
    assert tree.path_text(4) == "Rods > Steel > Thin"
    assert sorted(tree.subtree(2)) == [2, 3, 5]


def test_names_make_a_path() -> None:
    assert join_path(("Rods", "Steel")) == "Rods > Steel"


def test_a_wide_tree_is_walked_in_a_moment() -> None:
    made = CategoryTree()
    for number in range(1, 50_001):
        made.put(Category(number, f"{number}", order=number))
    started = perf_counter()
    assert [one.id for one in made] == list(range(1, 50_001))
    assert perf_counter() - started < 2


def test_a_copy_and_its_original_go_their_own_ways(tree: CategoryTree) -> None:
    duplicate = tree.copy()
    duplicate.put(Category(7, "Nuts", 2))
    tree.put(Category(8, "Pins", 2))
    duplicate.put(Category(6, "Bolts", deleted=True))

    assert [one.name for one in duplicate.children(2)] == ["Nuts", "Brass", "Steel"]
    assert [one.name for one in tree.children(2)] == ["Pins", "Brass", "Steel"]
    assert [one.name for one in duplicate.children(0)] == ["Rods"]
    assert [one.name for one in tree.children(0)] == ["Bolts", "Rods"]


def test_a_category_that_is_only_described_anew_keeps_its_place(tree: CategoryTree) -> None:
    path = tree.path(4)
    tree.put(Category(3, "Steel", 2, order=0, labels={"de-de": "Stahl"}))
    assert tree.path(4) is path
    assert [one.name for one in tree.children(2)] == ["Steel", "Brass"]
