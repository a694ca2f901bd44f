"""Categories: added, renamed, moved, deleted, listed."""

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.snapshot import snapshot
from tests.pims.conftest import CATEGORIES


@pytest.fixture
def manage(client, key):
    """`manage("listCategories", status=200)`: an action on categories, with that HTTP status."""
    usual_key = key

    def act(action, *, status, key=usual_key, **body):
        headers = {"ApiKey": key}
        reply = client.post(CATEGORIES, json={"action": action, **body}, headers=headers)
        assert reply.status_code == status, reply.text
        return reply.get_json()

    return act


@pytest.fixture
def paths(manage):
    """`paths()`: the paths of all categories by id."""

    def by_id():
        reply = manage("listCategories", status=200)
        return {one["id"]: one["cat_path"] for one in reply["categories"]}

    return by_id


@pytest.fixture
def is_clean(database):
    """`is_clean()`: whether everything derived from documents is as they say."""

    def check():
        with snapshot(database, 1) as seen:
            return [told for check in CHECKS for told in check.find(seen)] == []

    return check


def test_addition_answers_with_the_category(manage):
    body = {"path": "Tools>Saws", "cat_order": 3, "cat_data": {"cat_image": "saw.png", "n": 1}}
    reply = manage("addCategory", cat_label={"de-de": "Sägen"}, status=200, **body)
    assert reply.pop("transaction") > 0
    assert reply == {
        "status": "OK",
        "category": {
            "id": 3,
            "cat_name": "Saws",
            "cat_parent_id": 2,
            "cat_path_id": "2 > 3",
            "cat_path": "Tools > Saws",
            "cat_order": 3,
            "cat_rank": 2,
            "cat_data": {"cat_image": "saw.png", "n": 1},
            "cat_label": {"de-de": "Sägen"},
        },
    }


def test_addition_by_name_below_a_parent(manage, given_category):
    tools = given_category("Tools")
    reply = manage("addCategory", name=" Saws ", cat_parent_id=tools, status=200)
    assert reply["category"]["cat_path"] == "Tools > Saws"
    reply = manage("addCategory", name="Garden", status=200)
    assert (reply["category"]["cat_path"], reply["category"]["cat_parent_id"]) == ("Garden", 0)


def test_items_come_in_any_order_and_each_is_made_once(manage, paths):
    items = [
        {"path": "A > B > C", "cat_order": 1},
        {"path": "A", "cat_order": 2},
        {"path": "A > D"},
    ]
    reply = manage("addCategory", items=items, status=200)
    made = [(one["cat_path"], one["cat_order"]) for one in reply["categories"]]
    assert made == [("A > B > C", 1), ("A", 2), ("A > D", 0)]
    assert sorted(paths().values()) == ["A", "A > B", "A > B > C", "A > D", "Uncategorized"]


def test_products_can_be_in_a_new_category_at_once(given_category, given_product, shown):
    given_category("Tools > Saws")
    given_product("A", categories=["Tools>Saws"])
    assert shown("A")["categories"] == ["Tools > Saws"]


@pytest.mark.parametrize(
    ("case", "body", "status", "expected"),
    [
        ("nothing", {}, 400, [("required", "/name")]),
        ("empty path", {"path": ""}, 400, [("required", "/path")]),
        ("empty name within", {"path": "A > > B"}, 400, [("required", "/path")]),
        ("path of another shape", {"path": ["A"]}, 400, [("type", "/path")]),
        ("deep path", {"path": " > ".join("A" * 33)}, 400, [("limit", "/path")]),
        ("long name", {"path": "x" * 256}, 400, [("limit", "/path")]),
        ("line break", {"name": "a\nb"}, 400, [("limit", "/name")]),
        ("control of Latin 1", {"name": "a\x85b"}, 400, [("limit", "/name")]),
        ("> in a name", {"name": "A > B"}, 400, [("type", "/name")]),
        ("unknown parent", {"name": "A", "cat_parent_id": 99}, 400,
         [("unknown_category", "/cat_parent_id")]),
        ("parent of another shape", {"name": "A", "cat_parent_id": "x"}, 400,
         [("range", "/cat_parent_id")]),
        ("order of another shape", {"name": "A", "cat_order": "first"}, 400,
         [("range", "/cat_order")]),
        ("data of another shape", {"name": "A", "cat_data": "x"}, 400, [("type", "/cat_data")]),
        ("much data", {"name": "A", "cat_data": {"a": "x" * 65536}}, 400, [("limit", "/cat_data")]),
        ("label of no locale", {"name": "A", "cat_label": {"": "x"}}, 400,
         [("type", "/cat_label")]),
        ("long label", {"name": "A", "cat_label": {"de-de": "x" * 1_001}}, 400,
         [("limit", "/cat_label")]),
        ("control in a label", {"name": "A", "cat_label": "a\nb"}, 400, [("limit", "/cat_label")]),
        ("many locales", {"name": "A", "cat_label": {f"de-a{n}": "x" for n in range(101)}}, 400,
         [("limit", "/cat_label")]),
        ("taken", {"path": "Tools > Saws"}, 409, [("exists", "/path")]),
        ("name of another path", {"path": "A > B", "name": "C"}, 400, [("type", "/name")]),
        ("names of other paths", {"items": [{"path": "A", "name": "A"},
         {"path": "A", "name": "B"}]}, 400, [("type", "/items/1/name")]),
        ("taken by name", {"name": "Tools"}, 409, [("exists", "/name")]),
        ("taken by the first one", {"name": "Uncategorized"}, 409, [("exists", "/name")]),
        ("items no list", {"items": {}}, 400, [("type", "/items")]),
        ("item no object", {"items": ["A"]}, 400, [("type", "/items/0")]),
        ("item twice", {"items": [{"path": "A"}, {"path": "A"}]}, 409,
         [("exists", "/items/1/path")]),
        ("two bad items", {"items": [{"path": ""}, {"path": "A"}, {}]}, 400,
         [("required", "/items/0/path"), ("required", "/items/2/name")]),
    ],
)  # fmt: skip
def test_refuses_an_addition(manage, given_category, unchanged, case, body, status, expected):
    given_category("Tools > Saws")
    with unchanged():
        reply = manage("addCategory", status=status, **body)
    assert [(one["code"], one.get("pointer")) for one in reply["errors"]] == expected


def test_a_move_has_one_name(manage, given_category, unchanged):
    given_category("Tools > Saws")
    with unchanged():
        reply = manage("editCategory", id=3, path="Shop > Saws", name="Axes", status=400)
    assert (reply["errors"][0]["pointer"], reply["status_message"]) == (
        "/name",
        "The name 'Axes' is not the last of the path 'Shop > Saws', which is that of the category "
        "itself!",
    )
    reply = manage("editCategory", id=3, path="Shop > Axes", name=" Axes ", status=200)
    assert reply["category"]["cat_path"] == "Shop > Axes"


def test_message_of_a_taken_name(manage, given_category):
    given_category("Tools")
    reply = manage("addCategory", path="Tools", status=409)
    assert reply["status_message"] == "Category with such name exists."


def test_describing_keeps_what_was_not_sent(manage):
    data = {"cat_image": "a.png", "cat_status": "inactive"}
    label = {"de-de": "Werkzeug", "fr-fr": "Outils"}
    added = manage("addCategory", path="Tools", cat_data=data, cat_label=label, status=200)
    changes = {"cat_data": {"cat_status": None}, "cat_label": {"fr-fr": ""}, "cat_order": 5}
    reply = manage("editCategory", id=added["category"]["id"], status=200, **changes)
    assert reply["category"]["cat_data"] == {"cat_image": "a.png"}
    assert reply["category"]["cat_label"] == {"de-de": "Werkzeug"}
    assert (reply["category"]["cat_order"], reply["category"]["cat_path"]) == (5, "Tools")


def test_moving_and_renaming_change_what_products_show(
    manage, given_category, given_product, shown, pims, is_clean
):
    saws = given_category("Tools > Saws")
    given_category("Tools > Saws > Small")
    given_product("A", categories=["Tools > Saws > Small"])
    given_product("B", categories=["Tools > Saws", "Tools"])
    before = pims("listProduct", sku="A", status=200)["version"]
    moved = manage("editCategory", id=saws, path="Garden > Wood > Cutters", status=200)
    assert moved["category"]["cat_path"] == "Garden > Wood > Cutters"
    assert moved["category"]["cat_rank"] == 3
    assert shown("A")["categories"] == ["Garden > Wood > Cutters > Small"]
    assert shown("B")["categories"] == ["Garden > Wood > Cutters", "Tools"]
    manage("editCategory", id=saws, name="Saws", status=200)
    assert shown("B")["categories"] == ["Garden > Wood > Saws", "Tools"]
    assert pims("listProduct", sku="A", status=200)["version"] == before
    wanted = {"filter_values": {"categories": "Garden > Wood > Saws"}}
    assert pims("getList", params=wanted, status=200)["sku_count"] == 1
    assert is_clean()


def test_moving_sends_the_same_few_statements_for_many_products(
    manage, given_category, given_product, queries
):
    saws = given_category("Tools > Saws")
    with queries() as few:
        manage("editCategory", id=saws, path="Saws", status=200)
    for number in range(20):
        given_product(f"P{number}", categories=["Saws"])
    with queries() as many:
        manage("editCategory", id=saws, path="Tools > Saws", status=200)
    assert len(many) <= len(few)


def test_moving_by_parent(manage, given_category):
    saws, garden = given_category("Tools > Saws"), given_category("Garden")
    reply = manage("editCategory", id=saws, cat_parent_id=garden, status=200)
    assert reply["category"]["cat_path"] == "Garden > Saws"
    reply = manage("editCategory", id=saws, cat_parent_id=0, status=200)
    assert reply["category"]["cat_path"] == "Saws"


def test_edit_with_what_listing_gave_changes_nothing(manage, given_category, unchanged):
    given_category("Tools > Saws")
    listed = manage("listCategories", status=200)["categories"]
    with unchanged():
        replies = [manage("editCategory", status=200, **one) for one in listed]
    assert [one["category"] for one in replies] == listed


@pytest.mark.parametrize(
    ("case", "body", "status", "expected"),
    [
        ("no id", {"name": "A"}, 400, ("required", "/id")),
        ("id of another shape", {"id": "x", "name": "A"}, 400, ("range", "/id")),
        ("unknown id", {"id": 99, "name": "A"}, 404, ("not_found", "/id")),
        ("below itself", {"id": 2, "path": "Tools > Saws > Tools"}, 400, ("cycle", "/path")),
        ("below what is new in it", {"id": 2, "path": "Tools > X > Y"}, 400, ("cycle", "/path")),
        ("below its own child", {"id": 2, "cat_parent_id": 3}, 400, ("cycle", "/cat_parent_id")),
        ("name of a sibling", {"id": 4, "name": "Tools"}, 409, ("exists", "/name")),
        ("place of another", {"id": 4, "path": "Tools > Saws"}, 409, ("exists", "/path")),
        ("empty name", {"id": 4, "name": ""}, 400, ("required", "/name")),
        ("too deep with what is below",
         {"id": 2, "path": " > ".join("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef")}, 400,
         ("limit", "/path")),
        ("Uncategorized renamed", {"id": 1, "name": "None"}, 400, ("read_only", "/name")),
        ("Uncategorized moved", {"id": 1, "path": "Tools > None"}, 400, ("read_only", "/path")),
    ],
)  # fmt: skip
def test_refuses_an_edit(manage, given_category, unchanged, case, body, status, expected):
    given_category("Tools > Saws")
    given_category("Garden")
    with unchanged():
        reply = manage("editCategory", status=status, **body)
    assert [(one["code"], one.get("pointer")) for one in reply["errors"]] == [expected]


def test_deletes_an_empty_category(manage, given_category, paths):
    saws = given_category("Tools > Saws")
    reply = manage("deleteCategory", id=saws, status=200)
    assert reply.pop("transaction") > 0
    assert reply == {"status": "OK", "id": saws, "deleted": [saws], "moved_products": 0}
    assert sorted(paths().values()) == ["Tools", "Uncategorized"]
    manage("deleteCategory", id=saws, status=404)
    assert given_category("Tools > Saws") != saws


@pytest.mark.parametrize(
    ("case", "number", "status", "message"),
    [
        ("subcategories", 2, 409, "Category Tools is in use, subcategories: 1, products: 1!"),
        ("products", 3, 409, "Category Tools > Saws is in use, subcategories: 0, products: 1!"),
        ("unknown", 99, 404, "Category does not exist!"),
        ("Uncategorized", 1, 400, "Uncategorized cannot be renamed, moved or deleted"),
        ("no id", None, 400, "Send the id of the category!"),
    ],
)
def test_refuses_a_deletion(
    manage, given_category, given_product, unchanged, case, number, status, message
):
    given_category("Tools > Saws")
    given_product("A", categories=["Tools > Saws"])
    with unchanged():
        reply = manage("deleteCategory", id=number, status=status)
    assert reply["status_message"].startswith(message)


def test_force_deletes_the_subtree_and_moves_its_products(
    manage, given_category, given_product, shown, history, paths, pims, is_clean
):
    tools = given_category("Tools")
    given_category("Tools > Saws")
    given_category("Garden")
    given_product("A", categories=["Tools > Saws"])
    given_product("B", categories=["Tools > Saws", "Garden", "Tools"])
    given_product("C", categories=["Tools"], status="deleted")
    given_product("D", categories=["Garden"])
    reply = manage("deleteCategory", id=tools, force=True, status=200)
    assert (reply["deleted"], reply["moved_products"]) == ([2, 3], 3)
    assert sorted(paths().values()) == ["Garden", "Uncategorized"]
    assert shown("A")["categories"] == ["Uncategorized"]
    assert shown("B")["categories"] == ["Garden"]
    assert shown("C")["categories"] == ["Uncategorized"]
    assert history("A")[-1] == (
        {"categories": ["Tools > Saws"]},
        {"categories": ["Uncategorized"]},
    )
    assert len(history("D")) == 1
    assert pims("getList", params={"cat_id": 1}, status=200)["sku_count"] == 1
    assert is_clean()


@pytest.mark.usefixtures("all_entered")
def test_force_sends_the_same_statements_for_many_products(
    manage, given_category, given_product, queries
):
    counts = []
    for number in (2, 20):
        category = given_category("Tools")
        for place in range(number):
            given_product(f"{number}-{place}", categories=["Tools"])
        with queries() as sent:
            manage("deleteCategory", id=category, force="Y", status=200)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_adding_many_sends_no_statement_per_category(manage, queries):
    counts = []
    for name, number in (("A", 1), ("B", 1), ("C", 200)):
        items = [{"path": f"{name} > {place}", "cat_order": place} for place in range(number)]
        with queries() as sent:
            manage("addCategory", items=items, status=200)
        counts.append(len(sent))
    assert counts[1] == counts[2]


def test_listing_is_flat_with_parents_first_by_order_then_name(manage):
    items = [
        {"path": "B"},
        {"path": "A > Y"},
        {"path": "A > X"},
        {"path": "A > Z", "cat_order": -1},
    ]
    manage("addCategory", items=items, status=200)
    listed = manage("listCategories", status=200)["categories"]
    assert [one["cat_path"] for one in listed] == [
        "A",
        "A > Z",
        "A > X",
        "A > Y",
        "B",
        "Uncategorized",
    ]
    assert listed[0]["cat_data"] == {"cat_image": ""}


@pytest.mark.parametrize(
    ("action", "permission", "status"),
    [
        ("listCategories", "pim_user", 200),
        ("listCategories", "pim_editor", 200),
        ("listCategories", "pim_manager", 200),
        ("listCategories", "pim_export", 403),
        ("addCategory", "pim_editor", 403),
        ("editCategory", "pim_editor", 403),
        ("deleteCategory", "pim_security", 403),
    ],
)
def test_permissions(manage, make_key, action, permission, status):
    manage(action, key=make_key(permission), id=1, name="A", status=status)


def test_dry_run_tells_what_would_change(manage, given_category, given_product, unchanged):
    tools = given_category("Tools")
    given_category("Tools > Saws")
    given_product("A", categories=["Tools"])
    with unchanged():
        added = manage("addCategory", path="X > Y", dry_run=True, status=200)
        moved = manage("editCategory", id=tools, name="Gear", dry_run=True, status=200)
        gone = manage("deleteCategory", id=tools, force=True, dry_run=True, status=200)
    assert added["dry_run"] is True
    assert [one["cat_path"] for one in added["changes"]["new"].values()] == ["X", "X > Y"]
    assert moved["changes"] == {
        "old": {
            "2": {"cat_name": "Tools", "cat_path": "Tools"},
            "3": {"cat_path": "Tools > Saws"},
        },
        "new": {"2": {"cat_name": "Gear", "cat_path": "Gear"}, "3": {"cat_path": "Gear > Saws"}},
    }
    assert list(gone["changes"]["old"]) == ["2", "3"]
    assert gone["moved_products"] == 1
