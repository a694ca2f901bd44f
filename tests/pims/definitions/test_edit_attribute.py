"""Attributes: edited, deleted, listed."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.pims.attribute_examples import COLOR, codes


def test_edit_changes_what_was_sent_and_nothing_else(manage, listed):
    manage("addAttribute", name="color", definition=COLOR, status=200)
    before = listed()["color"]
    reply = manage("editAttribute", name="color", definition={"group": "Basic"}, status=200)
    assert reply.pop("transaction") > 0
    assert reply == {"status": "OK", "name": "color", "definition": before | {"group": "Basic"}}
    assert listed()["color"] == before | {"group": "Basic"}


def test_edit_adds_and_takes_away_labels_by_locale(manage):
    manage("addAttribute", name="color", definition=COLOR, status=200)
    label = {"de-de": "Farbe", "fr-fr": "Couleur"}
    manage("editAttribute", name="color", definition={"label": label}, status=200)
    definition = {"label": {"fr-fr": None, "EN-US": "Color"}}
    reply = manage("editAttribute", name="color", definition=definition, status=200)
    assert reply["definition"]["label"] == {"en-us": "Color", "de-de": "Farbe"}


def test_edit_with_what_listing_gave_changes_nothing(manage, unchanged):
    manage("addAttribute", name="color", definition=COLOR | {"value": "red"}, status=200)
    flags = {"type": "boolean", "label": "Fragile", "value": True}
    manage("addAttribute", name="fragile", definition=flags, status=200)
    tags = {"type": "number", "label": "Sizes", "collection": "y", "value": ["1", "2"]}
    manage("addAttribute", name="sizes", definition=tags, status=200)
    data = manage("listAttributes", status=200)["data"]
    with unchanged():
        replies = [manage("editAttribute", status=200, **one) for one in data]
    assert [one["definition"] for one in replies] == [one["definition"] for one in data]


def test_editing_what_is_not_there_names_the_nearest(manage, unchanged):
    manage("addAttribute", name="color", definition=COLOR, status=200)
    with unchanged():
        reply = manage("editAttribute", name="colour", definition={}, status=404)
    assert reply["status_message"] == "Attribute does not exist!"
    assert reply["errors"][0]["nearest"] == "color"


def test_dictionary_rows_that_are_left_out_stay_where_products_have_them(
    manage, given_product, shown, pims
):
    manage("addAttribute", name="color", definition=COLOR, status=200)
    given_product("A", color="red")
    dictionary = {"data": ["blue", "green"]}
    reply = manage("editAttribute", name="color", definition={"dictionary": dictionary}, status=200)
    assert reply["definition"]["dictionary"]["data"] == [["blue", ""], ["green", ""]]
    assert shown("A")["color"] == "red"
    refused = pims("createProduct", sku="B", data={"attributes": {"color": "red"}}, status=400)
    assert refused["errors"][0]["code"] == "dictionary"
    dictionary = {"data": [["red", "f00"]]}
    manage("editAttribute", name="color", definition={"dictionary": dictionary}, status=200)
    given_product("B", color="red")
    reply = pims("getList", params={"filter_values": {"color": "red"}}, status=200)
    assert reply["sku_count"] == 2


def test_collection_stays_while_products_have_values(manage, given_product, edit, unchanged):
    definition = {"type": "string", "label": "Tags"}
    manage("addAttribute", name="tags", definition=definition, status=200)
    given_product("A", tags="new")
    with unchanged():
        reply = manage("editAttribute", name="tags", definition={"collection": "y"}, status=409)
    assert codes(reply) == [("exists", "/definition/collection")]
    edit("A", tags=None)
    manage("editAttribute", name="tags", definition={"collection": "y"}, status=200)


SYSTEM_REFUSALS = [
    ("sku", {"isUnique": "n"}, "sku stays unique: it tells products apart!"),
    ("sku", {"isFilterable": "n"}, "sku stays filterable: it is how every list finds products!"),
    ("status", {"isFilterable": "n"}, None),
    ("status", {"isUnique": "y"}, None),
    ("status", {"dictionary": {"data": ["active"]}}, None),
    ("status", {"dictionaryIsStatic": "n"}, None),
    ("status", {"value": "inactive"}, None),
    ("categories", {"isFilterable": "n"}, None),
    ("categories", {"isSearchable": "y"}, None),
    ("categories", {"isIndexable": "y"}, None),
    ("variation_of", {"isFilterable": "n"}, None),
    ("variation_of", {"isLocalizable": "y"}, None),
    ("variation_attributes", {"isFilterable": "y"}, None),
    ("variation_skus", {"isFilterable": "y"}, None),
    ("variation_matrix", {"isSearchable": "y"}, None),
    ("thumbnail", {"isFilterable": "y"}, None),
    ("title", {"collection": "y"}, None),
    ("title", {"type": "text"}, "Attribute type can not be modified! title is a system attribute."),
    ("title", {"label": {"en-us": ""}}, None),
]


@on_one_engine
@pytest.mark.parametrize(("name", "definition", "message"), SYSTEM_REFUSALS)
def test_refuses_what_system_attributes_need(manage, unchanged, name, definition, message):
    with unchanged():
        reply = manage("editAttribute", name=name, definition=definition, status=400)
    assert message in (None, reply["status_message"])


@pytest.mark.parametrize(
    ("name", "definition"),
    [
        ("title", {"isSearchable": "n", "isIndexable": "n", "isFilterable": "n"}),
        ("title", {"isLocalizable": "y", "maxLength": "80", "label": {"en-us": "Name"}}),
        ("status", {"isIndexable": "n", "isSearchable": "y", "group": "Life"}),
        ("sku", {"isSearchable": "n", "comment": "Ours."}),
        ("thumbnail", {"validation": "https://.*", "value": "https://example.com/none.png"}),
    ],
)
def test_flags_and_words_of_system_attributes_can_change(manage, listed, name, definition):
    reply = manage("editAttribute", name=name, definition=definition, status=200)
    words = {key: value for key, value in definition.items() if isinstance(value, str)}
    words.pop("comment", None)
    assert words.items() <= reply["definition"].items()
    assert listed()[name] == reply["definition"]


def test_deleted_attributes_leave_products_and_stay_in_history(
    manage, given_product, shown, history, edit, listed
):
    manage("addAttribute", name="color", definition=COLOR, status=200)
    given_product("A", color="red")
    reply = manage("deleteAttribute", name="color", status=200)
    assert (reply["name"], set(reply)) == ("color", {"status", "name", "transaction"})
    assert "color" not in listed()
    assert "color" not in shown("A")
    assert history("A")[0][1]["color"] == "red"
    edit("A", title="Rod")
    assert shown("A")["title"] == "Rod"


def test_a_name_that_is_used_again_starts_without_values(
    manage, given_product, shown, edit, history, pims
):
    manage("addAttribute", name="color", definition=COLOR, status=200)
    given_product("A", color="red")
    for value in ("blue", "green"):
        manage("deleteAttribute", name="color", status=200)
        text = {"type": "string", "label": "Colour", "isFilterable": "y"}
        manage("addAttribute", name="color", definition=text, status=200)
        assert shown("A")["color"] is None
        edit("A", color=value)
        reply = pims("getList", params={"filter_values": {"color": value}}, status=200)
        assert [one["sku"] for one in reply["products"]] == ["A"]
    assert [new.get("color") for _, new in history("A")][-1] == "green"


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        ("title", 400, "title is a system attribute: it cannot be deleted!"),
        ("nothing", 404, "Attribute does not exist!"),
        ("", 404, "Attribute does not exist!"),
    ],
)
def test_refuses_a_deletion(manage, unchanged, name, status, message):
    with unchanged():
        reply = manage("deleteAttribute", name=name, status=status)
    assert reply["status_message"] == message


def test_what_a_view_chooses_its_products_by_stays(manage, pims, unchanged):
    manage("addAttribute", name="color", definition=COLOR, status=200)
    view = {"name": "shop", "attributes": {"title": {}}, "condition_query": "[[color]] = 'red'"}
    pims("addPimView", path="/pim/manage/views", status=200, **view)
    with unchanged():
        deletion = manage("deleteAttribute", name="color", status=409)
        edited = manage("editAttribute", name="color", definition={"isFilterable": "n"}, status=409)
    assert deletion["status_message"] == (
        "color cannot be deleted: the View shop chooses its products by it!"
    )
    assert codes(edited) == [("exists", "/definition/isFilterable")]


def test_an_attribute_can_be_deleted_although_a_view_shows_it(
    manage, pims, make_key, given_product
):
    manage("addAttribute", name="color", definition=COLOR, status=200)
    view = {"name": "shop", "attributes": {"title": {}, "color": {"transform": "shade"}}}
    pims("addPimView", path="/pim/manage/views", status=200, **view)
    key = make_key("pim_user", views=("shop",), default_view="shop")
    given_product("A", title="Rod", color="red")
    manage("deleteAttribute", name="color", status=200)
    shown = pims("listProduct", key=key, sku="A", status=200)["data"]["attributes"]
    assert shown == {"sku": "A", "title": "Rod"}


def test_groups_come_in_the_order_of_first_appearance(manage):
    for name, group in (("a", "Sizes"), ("b", ""), ("c", "Basic"), ("d", "Additional")):
        definition = {"type": "string", "label": "x", "group": group}
        manage("addAttribute", name=name, definition=definition, status=200)
    reply = manage("listAttributeGroups", status=200)
    assert reply == {"status": "OK", "data": ["Basic", "Sizes", "Additional"]}


def test_editors_list_what_their_view_shows(manage, pims, make_key):
    manage("addAttribute", name="color", definition=COLOR | {"group": "Secret"}, status=200)
    manage("addAttribute", name="cost", definition=COLOR | {"group": "Cost"}, status=200)
    view = {"name": "shop", "attributes": {"color": {"transform": "shade", "group": "Looks"}}}
    pims("addPimView", path="/pim/manage/views", status=200, **view)
    key = make_key("pim_editor", views=("shop",), default_view="shop")
    reply = manage("listAttributes", key=key, status=200)
    assert [one["name"] for one in reply["data"]] == ["sku", "shade"]
    groups = manage("listAttributeGroups", key=key, status=200)["data"]
    assert groups == ["Basic", "Looks"]


@pytest.mark.parametrize(
    ("action", "permission", "status"),
    [
        ("listAttributes", "pim_user", 403),
        ("listAttributes", "pim_editor", 200),
        ("listAttributeGroups", "pim_manager", 200),
        ("addAttribute", "pim_editor", 403),
        ("editAttribute", "pim_security", 403),
        ("deleteAttribute", "pim_editor", 403),
    ],
)
def test_permissions(manage, make_key, action, permission, status):
    manage(action, key=make_key(permission), name="title", definition={}, status=status)


def test_dry_run_tells_what_would_change(manage, unchanged):
    manage("addAttribute", name="color", definition=COLOR, status=200)
    with unchanged():
        reply = manage(
            "editAttribute", name="color", definition={"group": "Looks"}, dry_run=True, status=200
        )
        added = manage("addAttribute", name="b", definition=COLOR, dry_run=True, status=200)
        gone = manage("deleteAttribute", name="color", dry_run=True, status=200)
    assert reply["definition"]["group"] == "Looks"
    assert reply["dry_run"] is True
    assert reply["changes"] == {
        "old": {"color": {"group": ""}},
        "new": {"color": {"group": "Looks"}},
    }
    assert added["changes"]["new"]["b"]["type"] == "dropdown"
    assert gone["changes"]["old"]["color"]["type"] == "dropdown"
    assert gone["changes"]["new"]["color"]["type"] is None


@pytest.fixture
def shop_defaults(manage, pims):
    """A View `shop` that gives new products color red, price 5, title abc and a tag."""
    manage("addAttribute", name="color", definition=COLOR, status=200)
    price = {"type": "number", "label": {"en-us": "Price"}}
    manage("addAttribute", name="price", definition=price, status=200)
    tags = {"type": "string", "collection": "y", "label": {"en-us": "Tags"}}
    manage("addAttribute", name="tags", definition=tags, status=200)
    attributes = {
        "color": {"default": "red"},
        "price": {"default": "5"},
        "title": {"default": "abc"},
        "tags": {"default": ["new"]},
    }
    pims("addPimView", path="/pim/manage/views", name="shop", attributes=attributes, status=200)


@pytest.mark.parametrize(
    ("case", "name", "definition"),
    [
        ("option removed", "color", {"dictionary": {"data": ["blue"]}}),
        ("min above it", "price", {"min": "6"}),
        ("max below it", "price", {"max": "4"}),
        ("mask", "price", {"validation": "[0-9]{2}"}),
        ("collection", "tags", {"collection": "n"}),
        ("length", "title", {"maxLength": 2}),
        ("unique", "price", {"isUnique": "y"}),
    ],
)
@pytest.mark.usefixtures("shop_defaults")
def test_a_value_that_a_view_gives_new_products_stays_allowed(
    manage, pims, unchanged, case, name, definition
):
    with unchanged():
        reply = manage("editAttribute", name=name, definition=definition, status=409)
    (fault,) = reply["errors"]
    assert (fault["code"], fault["attribute"]) == ("exists", name)
    assert "by the View shop" in fault["message"]


@pytest.mark.parametrize(
    ("name", "definition"),
    [
        ("color", {"dictionary": {"data": [["red", "f01"]]}}),
        ("price", {"min": "5", "max": "5", "validation": "[0-9]"}),
        ("title", {"maxLength": 3}),
        ("title", {"label": {"en-us": "Name"}}),
    ],
)
@pytest.mark.usefixtures("shop_defaults")
def test_rules_that_a_views_defaults_meet_may_change(manage, pims, make_key, name, definition):
    manage("editAttribute", name=name, definition=definition, status=200)
    key = make_key("pim_editor", views=("shop",))
    pims("createProduct", sku="A", data={"attributes": {}}, key=key, status=200)


def test_a_growing_dictionary_takes_in_no_control_characters(manage, pims, unchanged):
    definition = COLOR | {"dictionaryIsStatic": "n"}
    manage("addAttribute", name="color", definition=definition, status=200)
    with unchanged():
        body = {"attributes": {"color": "re\x85d"}}
        reply = pims("createProduct", sku="A", data=body, status=400)
    assert [error["code"] for error in reply["errors"]] == ["limit"]
