"""Categories: nested in a catalog by the id of their parent."""

import pytest

from pims_api.storage.database import Database
from pims_api.storage.snapshot import snapshot
from schemas.sigma.catalogs.catalog import catalogs_by_id
from schemas.sigma.catalogs.category import tree_objects
from tests.databases.fresh import on_one_engine
from tests.environment import settings_of

TREE = [("cat-summer", []), ("cat-winter", [("cat-ice", []), ("cat-snow", [])])]


def nested(nodes) -> list:
    return [(one["id"], nested(one["children"])) for one in nodes]


@pytest.fixture
def tree(sigma, seasons):
    """`tree()`: the ids of the categories of the seasons, nested."""
    return lambda: nested(sigma("GET", f"/catalogs/{seasons}/tree", status=200))


def test_the_server_assembles_the_tree(sigma, seasons) -> None:
    def node(alias, parent, order, *children) -> dict:
        return {
            "id": f"cat-{alias}",
            "catalogId": seasons,
            "parentId": parent,
            "alias": alias,
            "name": alias.title(),
            "sortOrder": order,
            "children": list(children),
        }

    assert sigma("GET", f"/catalogs/{seasons}/tree", status=200) == [
        node("summer", None, 1),
        node("winter", None, 2, node("ice", "cat-winter", 0), node("snow", "cat-winter", 0)),
    ]


def test_a_category_is_replaced_and_moved_with_what_is_below(sigma, seasons, tree) -> None:
    assert tree() == TREE
    body = {"name": "Cold", "alias": "cold", "parentId": "cat-summer", "description": "Brr"}
    assert sigma("PUT", "/categories/cat-winter", body, status=200) == {
        "id": "cat-winter",
        "catalogId": seasons,
        "parentId": "cat-summer",
        "alias": "cold",
        "name": "Cold",
        "sortOrder": 0,
        "description": "Brr",
    }
    moved = ("cat-winter", [("cat-ice", []), ("cat-snow", [])])
    assert tree() == [("cat-summer", [moved])]

    sigma("PUT", "/categories/cat-snow", {"name": "Snow", "sortOrder": -1}, status=200)
    assert tree() == [("cat-snow", []), ("cat-summer", [("cat-winter", [("cat-ice", [])])])]
    assert sigma("GET", "/categories/cat-snow", status=200)["alias"] == "snow"


def test_what_is_read_can_be_sent_back_and_changes_nothing(sigma, send, seasons, pims) -> None:
    pims("addCategory", path="/pim/manage/categories", items=[{"path": "Wool Hats"}], status=200)
    for address in ("/categories/cat-ice", "/categories/cat-6"):
        shown = sigma("GET", address, status=200)
        assert sigma("PUT", address, shown, status=200) == shown


def test_ids_and_aliases_are_made_where_none_are_sent(sigma, seasons) -> None:
    made = sigma("POST", f"/catalogs/{seasons}/categories", {"name": "Wool Hats"}, status=201)
    assert made == {
        "id": "cat-6",
        "catalogId": seasons,
        "parentId": None,
        "alias": "wool-hats",
        "name": "Wool Hats",
        "sortOrder": 0,
    }
    renamed = sigma("PUT", "/categories/cat-6", {"name": "Caps", "alias": "wool-hats"}, status=200)
    assert (renamed["id"], renamed["alias"]) == ("cat-6", "wool-hats")


def test_a_made_id_keeps_from_the_ids_that_clients_chose(sigma, seasons, given_category) -> None:
    chosen = given_category("7")
    made = sigma("POST", f"/catalogs/{seasons}/categories", {"name": "Made"}, status=201)
    assert (chosen["id"], made["id"]) == ("cat-7", "cat-7-")
    sigma("DELETE", "/categories/cat-7", status=204)
    assert sigma("GET", "/categories/cat-7-", status=200) == made
    told = sigma("POST", f"/catalogs/{seasons}/categories", {"id": "cat-7-", "name": "X"},
                 status=409)  # fmt: skip
    assert told["message"] == "There is a category with the id 'cat-7-' already!"


def test_the_same_names_stand_in_several_catalogs(sigma, seasons, given_category) -> None:
    mine = given_category("winter", "cat-default", id="cat-winter-clothes")
    assert mine["catalogId"] == "cat-default"
    assert sigma("GET", "/catalogs/cat-default/tree", status=200) == [mine | {"children": []}]
    assert sigma("GET", "/categories/cat-winter", status=200)["catalogId"] == seasons


def test_a_category_goes_with_what_is_below_it(
    sigma, tree, given_record, in_category, faults_of_check
) -> None:
    record = given_record("A")
    for category in ("cat-winter", "cat-ice", "cat-summer"):
        sigma("POST", f"/categories/{category}/assign", {"entityId": record}, status=200)
    sigma("DELETE", "/categories/cat-winter", status=204)
    assert tree() == [("cat-summer", [])]
    for gone in ("cat-winter", "cat-ice"):
        sigma("GET", f"/categories/{gone}", status=404)
        sigma("GET", f"/categories/{gone}/entities", status=404)
    assert in_category("cat-summer") == [record]
    assert faults_of_check() == []


def test_a_catalog_goes_with_its_categories_and_assignments(
    sigma, seasons, given_record, given_category, in_category, faults_of_check
) -> None:
    record = given_record("A")
    given_category("kept", "cat-default")
    for category in ("cat-snow", "cat-kept"):
        sigma("POST", f"/categories/{category}/assign", {"entityId": record}, status=200)
    sigma("DELETE", f"/catalogs/{seasons}", status=204)
    sigma("GET", "/categories/cat-snow", status=404)
    assert in_category("cat-kept") == [record]
    assert faults_of_check() == []


@on_one_engine
@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({}, 400, "name is required!"),
        ({"name": "A > B"}, 400, "The name of a category cannot hold >!"),
        ({"name": " A"}, 400, "A category name cannot be empty or start or end with a space!"),
        ({"name": "A", "sortOrder": 1.5}, 400,
         "sortOrder must be a whole number from -2147483647 to 2147483647!"),
        ({"name": "A", "parentId": "cat-x"}, 400,
         "There is no category 'cat-x' in the catalog catalog-seasons!"),
        ({"name": "A", "parentId": "cat-elsewhere"}, 400,
         "There is no category 'cat-elsewhere' in the catalog catalog-seasons!"),
        ({"name": "A", "parentId": "cat-1"}, 400,
         "There is no category 'cat-1' in the catalog catalog-seasons!"),
        ({"name": "A", "catalogId": "cat-default"}, 400,
         "The category is in the catalog catalog-seasons, and stays there!"),
        ({"name": "Winter"}, 409, "There is a category Winter already!"),
        ({"name": "A", "id": "cat-elsewhere"}, 409,
         "There is a category with the id 'cat-elsewhere' already!"),
    ],
)  # fmt: skip
def test_a_category_that_cannot_be_is_refused(
    sigma, seasons, tree, given_category, body, status, message
) -> None:
    given_category("elsewhere", "cat-default")
    told = sigma("POST", f"/catalogs/{seasons}/categories", body, status=status)
    assert told["message"] == message
    assert tree() == TREE


@on_one_engine
@pytest.mark.parametrize("parent", ["cat-winter", "cat-snow"])
def test_a_category_never_lies_below_itself(sigma, tree, parent) -> None:
    body = {"name": "Winter", "parentId": parent}
    told = sigma("PUT", "/categories/cat-winter", body, status=400)
    assert told == {
        "error": "VALIDATION_ERROR",
        "message": "A category cannot be moved below itself!",
    }
    assert tree() == TREE


@on_one_engine
def test_a_category_is_not_moved_beside_its_namesake(sigma, tree) -> None:
    body = {"name": "Summer", "parentId": None}
    assert sigma("PUT", "/categories/cat-ice", body, status=409)["error"] == "CONFLICT"
    assert tree() == TREE


@on_one_engine
def test_trees_have_thirty_two_levels(sigma, seasons, given_category, tree) -> None:
    parent = None
    for level in range(32):
        parent = given_category(f"level{level}", parentId=parent)["id"]
    told = sigma("POST", f"/catalogs/{seasons}/categories", {"name": "33", "parentId": parent},
                 status=400)  # fmt: skip
    assert told["message"] == "Categories have at most 32 levels, with what is below them!"
    sigma("PUT", "/categories/cat-level0", {"name": "L", "parentId": "cat-snow"}, status=400)


@on_one_engine
def test_what_is_not_there_is_not_found(sigma, seasons) -> None:
    for method, address in (
        ("GET", "/catalogs/x/tree"),
        ("PUT", "/categories/x"),
        ("DELETE", "/categories/x"),
        ("POST", "/catalogs/x/categories"),
        ("GET", "/categories/cat-1"),
        ("DELETE", "/categories/cat-1"),
        ("GET", "/categories/cat-1/entities"),
    ):
        body = {"name": "A"} if method in ("PUT", "POST") else None
        assert sigma(method, address, body, status=404)["error"] == "NOT_FOUND"


def test_every_process_sees_the_same_trees(
    sigma, seasons, given_category, keyed_database, tree
) -> None:
    other = Database(settings_of(keyed_database.url))
    try:
        shown = []
        for alias in ("storm", "rain"):
            given_category(alias, parentId="cat-winter")
            with snapshot(other, 1) as seen:  # loaded whole at first, then what is newer
                catalog = catalogs_by_id(seen.definition)[seasons]
                shown.append(nested(tree_objects(seen.definition, catalog)))
            assert shown[-1] == tree()
    finally:
        other.close()
    assert shown[1] == [
        ("cat-summer", []),
        ("cat-winter", [(f"cat-{alias}", []) for alias in ("ice", "rain", "snow", "storm")]),
    ]
