"""Views are listed, made, changed, deleted and given to keys."""

import pytest

from tests.databases.fresh import on_one_engine

VIEWS = "/pim/manage/views"
UNKNOWN = "View is unknown! Please add it to Views Dictionary first!"
TWICE = "View with the same name already exist!"
GONE = "View does not exist"
IS_DEFAULT = (
    "You can not delete 'Default' view Please set different view as 'Default' then try again."
)


@pytest.fixture
def views(pims):
    """`views("addPimView", name="shop", attributes={})`: an action of the View dictionary."""

    def act(action, *, of="", **body):
        return pims(action, path=f"{VIEWS}/{of}" if of else VIEWS, **body)

    return act


@pytest.fixture
def given_view(views):
    """`given_view("shop", title={"transform": "Name"})`: there is such a View."""

    def given(name, condition_query="", **attributes):
        body = {"name": name, "attributes": attributes, "condition_query": condition_query}
        return views("addPimView", **body, status=200)

    return given


@pytest.fixture
def catalogue(given_attribute):
    """Attributes of the types whose defaults are read differently."""
    given_attribute("price", "number", isFilterable="y", min="0")
    given_attribute("cost", "number", isFilterable="y")
    given_attribute("in_stock", "boolean", isFilterable="y")
    given_attribute("tags", collection="y")
    given_attribute("notes", "text")
    given_attribute("ean", isUnique="y")
    dictionary = {"columns": ["value"], "data": ["red", "blue"]}
    given_attribute("colour", "dropdown", dictionaryIsStatic="y", dictionary=dictionary)


class TestDictionaryOfViews:
    def test_a_view_comes_back_as_it_was_sent(self, views, catalogue):
        attributes = {
            "title": {"transform": "Name", "readonly": "y", "group": "Words", "default": "New"},
            "price": {"transform": "", "readonly": "n", "group": "", "default": "1.50"},
        }
        sent = {
            "name": "shop",
            "comment": "For the shop",
            "label": {"en-us": "Shop", "de-de": "Laden"},
            "attributes": attributes,
            "condition_query": "[[in_stock]] = TRUE",
        }
        answer = views("addPimView", **sent, status=200)
        assert answer.pop("transaction") > 0
        assert answer == {"status": "OK", "name": "shop", "data": sent}
        assert views("listPimViews", status=200) == {"status": "OK", "data": [sent]}

    def test_what_was_listed_can_be_sent_back(self, views, given_view, catalogue):
        given_view("shop", title={"transform": "Name"}, price={"default": "3"}, sku={})
        listed = views("listPimViews")["data"]
        views("editPimView", **listed[0], status=200)
        assert views("listPimViews")["data"] == listed

    def test_views_are_listed_by_name(self, views, given_view):
        for name in ("b", "a", "B-2", "_"):
            given_view(name)
        assert [one["name"] for one in views("listPimViews")["data"]] == ["B-2", "_", "a", "b"]

    def test_an_edit_changes_only_what_it_names(self, views, given_view, catalogue):
        given_view("shop", "[[price]] > 3", title={"transform": "Name"})
        edited = views("editPimView", name="shop", comment="New", status=200)["data"]
        assert edited["comment"] == "New"
        assert edited["condition_query"] == "[[price]] > 3"
        assert edited["attributes"]["title"]["transform"] == "Name"

    def test_attributes_replace_all_that_there_were(self, views, given_view, catalogue):
        given_view("shop", title={}, price={})
        edited = views("editPimView", name="shop", attributes={"colour": {}}, status=200)["data"]
        assert list(edited["attributes"]) == ["colour"]

    @pytest.mark.parametrize("nothing", ["", None])
    def test_an_empty_text_takes_away(self, views, given_view, nothing):
        given_view("shop", "[[title]] = 'x'")
        edited = views("editPimView", name="shop", condition_query=nothing, status=200)["data"]
        assert edited["condition_query"] == ""

    def test_an_edit_that_changes_nothing_leaves_no_trace(self, views, given_view, unchanged):
        given_view("shop", title={"transform": "Name"})
        with unchanged():
            same = {"title": {"transform": "Name"}}
            views("editPimView", name="shop", attributes=same, status=200)

    def test_a_deleted_view_is_gone_and_its_name_free(self, views, given_view):
        given_view("shop", title={"transform": "Name"})
        assert views("deletePimView", name="shop", status=200)["name"] == "shop"
        assert views("listPimViews")["data"] == []
        given_view("shop", title={"transform": "Label"})
        assert views("listPimViews")["data"][0]["attributes"]["title"]["transform"] == "Label"

    def test_a_view_of_a_key_stays(self, views, given_view, make_key, unchanged):
        given_view("shop")
        key = make_key("pim_user", views=("shop",))
        with unchanged():
            answer = views("deletePimView", name="shop", status=409)
        assert key[5:13] in answer["status_message"]

    def test_a_view_of_a_withdrawn_key_may_go(self, views, given_view, make_key, client, key):
        given_view("shop")
        client.post(
            "/pim/keydelete",
            json={"key": make_key("pim_user", views=("shop",))},
            headers={"ApiKey": key},
        )
        views("deletePimView", name="shop", status=200)

    def test_a_deleted_attribute_leaves_the_view(self, pims, views, given_view, catalogue):
        given_view("shop", title={}, notes={})
        pims("deleteAttribute", path="/pim/manage/attributes", name="notes", status=200)
        assert list(views("listPimViews")["data"][0]["attributes"]) == ["title"]

    def test_who_may_not_manage_views_may_not_even_list_them(self, views, make_key):
        viewer = make_key("pim_user", "pim_editor", "pim_import", "pim_export")
        for action in ("listPimViews", "addPimView", "editPimView", "deletePimView"):
            assert views(action, name="x", key=viewer, status=403)["status"] == "Error"

    @pytest.mark.parametrize("permission", ["pim_manager", "pim_security"])
    def test_managers_and_security_may(self, views, make_key, permission):
        views("addPimView", name="a", attributes={}, key=make_key(permission), status=200)


@on_one_engine
@pytest.mark.parametrize(
    ("case", "body", "status", "code", "pointer"),
    [
        ("no name", {"attributes": {}}, 400, "required", "/name"),
        ("null name", {"name": None, "attributes": {}}, 400, "required", "/name"),
        ("number as name", {"name": 1, "attributes": {}}, 400, "type", "/name"),
        ("empty name", {"name": "", "attributes": {}}, 400, "mask", "/name"),
        ("space in name", {"name": "my shop", "attributes": {}}, 400, "mask", "/name"),
        ("umlaut in name", {"name": "mühle", "attributes": {}}, 400, "mask", "/name"),
        ("name of 65", {"name": "x" * 65, "attributes": {}}, 400, "mask", "/name"),
        ("name taken", {"name": "taken", "attributes": {}}, 409, "exists", None),
        ("no attributes", {"name": "a"}, 400, "required", "/attributes"),
        ("null attributes", {"name": "a", "attributes": None}, 400, "required", "/attributes"),
        ("list of attributes", {"name": "a", "attributes": []}, 400, "type", "/attributes"),
        ("long label", {"name": "a", "label": "x" * 1_001}, 400, "limit", "/label"),
        ("line break in a label", {"name": "a", "label": "a\nb"}, 400, "limit", "/label"),
        ("label of no locale", {"name": "a", "label": {"english": "x"}}, 400, "type", "/label"),
        ("long comment", {"name": "a", "comment": "x" * 1_001}, 400, "limit", "/comment"),
        ("control in a comment", {"name": "a", "comment": "a\x07"}, 400, "limit", "/comment"),
    ],
)
def test_a_view_that_cannot_be_is_refused(
    views, given_view, unchanged, case, body, status, code, pointer
):
    given_view("taken")
    with unchanged():
        answer = views("addPimView", **body, status=status)
    assert answer["errors"][0]["code"] == code, answer
    assert answer["errors"][0].get("pointer") == pointer


@on_one_engine
@pytest.mark.parametrize(
    ("case", "attributes", "code", "pointer"),
    [
        ("unknown attribute", {"pice": {}}, "unknown_attribute", "/attributes/pice"),
        ("text for settings", {"price": "y"}, "type", "/attributes/price"),
        ("list for settings", {"price": []}, "type", "/attributes/price"),
        ("unknown setting", {"price": {"rename": "x"}}, "range", "/attributes/price/rename"),
        ("escaped in a pointer", {"a/b~": {"c/d": "x"}}, "range", "/attributes/a~1b~0/c~1d"),
        ("no flag", {"price": {"readonly": "maybe"}}, "type", "/attributes/price/readonly"),
        ("number as name", {"price": {"transform": 1}}, "type", "/attributes/price/transform"),
        ("bracket", {"price": {"transform": "a[b"}}, "mask", "/attributes/price/transform"),
        ("control", {"price": {"transform": "a\tb"}}, "mask", "/attributes/price/transform"),
        ("65 characters", {"price": {"transform": "x" * 65}}, "mask",
         "/attributes/price/transform"),
        ("sku renamed", {"sku": {"transform": "Code"}}, "read_only", "/attributes/sku/transform"),
        ("called sku", {"price": {"transform": "sku"}}, "exists", "/attributes/price/transform"),
        ("two of a name", {"cost": {"transform": "X"}, "price": {"transform": "X"}}, "exists",
         "/attributes/cost/transform"),
        ("takes another's name", {"cost": {}, "price": {"transform": "cost"}}, "exists",
         "/attributes/cost/transform"),
        ("default no number", {"price": {"default": "cheap"}}, "type",
         "/attributes/price/default"),
        ("default too small", {"price": {"default": "-1"}}, "range", "/attributes/price/default"),
        ("default no flag", {"in_stock": {"default": "often"}}, "type",
         "/attributes/in_stock/default"),
        ("default not in dictionary", {"colour": {"default": "green"}}, "dictionary",
         "/attributes/colour/default"),
        ("default for sku", {"sku": {"default": "A"}}, "read_only", "/attributes/sku/default"),
        ("default computed", {"variation_skus": {"default": "A"}}, "read_only",
         "/attributes/variation_skus/default"),
        ("list for single", {"title": {"default": ["a"]}}, "type", "/attributes/title/default"),
        ("default for unique", {"ean": {"default": "4"}}, "type", "/attributes/ean/default"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("action", ["addPimView", "editPimView"])
def test_attributes_that_cannot_be_are_refused(
    views, given_view, catalogue, unchanged, action, case, attributes, code, pointer
):
    name = "new" if action == "addPimView" else "shop"
    given_view("shop", title={"transform": "Name"})
    with unchanged():
        answer = views(action, name=name, attributes=attributes, status=answer_status(code))
    assert (answer["errors"][0]["code"], answer["errors"][0]["pointer"]) == (code, pointer)


def answer_status(code):
    return 409 if code == "exists" else 400


def test_an_unknown_attribute_comes_with_the_nearest_one(views, catalogue):
    answer = views("addPimView", name="a", attributes={"pricee": {}})
    assert answer["errors"][0]["nearest"] == "price"


def test_every_fault_is_told_at_once(views, catalogue):
    attributes = {"pice": {}, "price": {"default": "x"}, "cost": {"readonly": "?"}}
    answer = views("addPimView", name="a b", attributes=attributes, status=400)
    assert [one["code"] for one in answer["errors"]] == ["type"]
    attributes["cost"] = {}
    answer = views("addPimView", name="a b", attributes=attributes, status=400)
    assert [one["code"] for one in answer["errors"]] == ["mask", "unknown_attribute", "type"]


@on_one_engine
@pytest.mark.parametrize(
    ("case", "text", "code"),
    [
        ("no condition", "price", "syntax"),
        ("unknown attribute", "[[pice]] = 1", "unknown_attribute"),
        ("not filterable", "[[notes]] = 'a'", "unknown_attribute"),
        ("no number", "[[price]] > 'cheap'", "type"),
        ("number", 7, "type"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(views, catalogue, unchanged, case, text, code):
    with unchanged():
        answer = views("addPimView", name="a", attributes={}, condition_query=text, status=400)
    assert answer["errors"][0]["code"] == code
    assert answer["errors"][0]["pointer"] == "/condition_query"


@pytest.mark.parametrize("action", ["editPimView", "deletePimView"])
def test_a_view_that_is_not_there_cannot_change(views, unchanged, action):
    with unchanged():
        answer = views(action, name="nobody", attributes={}, status=404)
    assert answer["status_message"] == GONE


class TestViewsOfAKey:
    def test_a_new_assignment_is_not_the_default(self, views, given_view, make_key):
        given_view("shop")
        key = make_key("pim_user")
        answer = views("addView", of=key, name="shop", status=200)
        assert answer["views"] == {"shop": {"isDefault": "n", "comment": ""}}

    def test_the_default_is_set_and_moved(self, views, given_view, make_key):
        given_view("shop")
        given_view("office")
        key = make_key("pim_user", views=("shop", "office"))
        assert views("listViews", of=key)["views"]["shop"]["isDefault"] == "y"
        views("setDefault", of=key, name="office", status=200)
        shown = views("listViews", of=key)["views"]
        assert {name: one["isDefault"] for name, one in shown.items()} == {
            "shop": "n",
            "office": "y",
        }

    def test_the_key_may_be_named_by_its_public_id(self, views, given_view, make_key):
        given_view("shop")
        key = make_key("pim_user")
        views("addView", of=key[5:13], name="shop", status=200)
        assert list(views("listViews", of=key)["views"]) == ["shop"]

    def test_a_view_that_is_not_the_default_can_be_taken_away(self, views, given_view, make_key):
        given_view("shop")
        given_view("office")
        key = make_key("pim_user", views=("shop", "office"))
        views("deleteView", of=key, name="office", status=200)
        assert list(views("listViews", of=key)["views"]) == ["shop"]

    def test_the_first_view_applies_before_any_is_the_default(
        self, pims, views, given_view, given_product, make_key
    ):
        given_view("shop")
        given_product("A", title="hidden")
        key = make_key("pim_user")
        views("addView", of=key, name="shop", status=200)
        shown = pims("listProduct", sku="A", key=key, status=200)["data"]["attributes"]
        assert shown == {"sku": "A"}

    @pytest.mark.parametrize(
        ("case", "action", "name", "status", "message"),
        [
            ("unknown View", "addView", "nobody", 404, UNKNOWN),
            ("twice", "addView", "shop", 409, TWICE),
            ("not its own", "setDefault", "office", 404, GONE),
            ("unknown default", "setDefault", "nobody", 404, GONE),
            ("not its own to delete", "deleteView", "office", 404, GONE),
            ("the default", "deleteView", "shop", 409, IS_DEFAULT),
            ("no name", "addView", None, 400, "A View needs a name!"),
        ],
    )
    def test_refusals_leave_the_key_alone(
        self, views, given_view, make_key, unchanged, case, action, name, status, message
    ):
        given_view("shop")
        given_view("office")
        key = make_key("pim_user", views=("shop",))
        with unchanged():
            answer = views(action, of=key, name=name, status=status)
        assert answer["status_message"] == message

    @pytest.mark.parametrize("of", ["nobody00", "pims_mistyped", "%00", "A" * 300])
    def test_an_unknown_key_has_no_views(self, views, of):
        assert views("listViews", of=of, status=404)["status"] == "Error"

    def test_a_wrong_secret_names_no_key(self, views, make_key):
        key = make_key("pim_user")
        views("listViews", of=f"{key[:20]}AAAA{key[24:]}", status=404)

    def test_others_may_not(self, views, make_key):
        key = make_key("pim_user", "pim_editor")
        assert views("listViews", of=key, key=key, status=403)["errors"][0]["code"] == "forbidden"


def test_all_of_it_is_served_below_a_locale_too(views, given_view, make_key):
    given_view("shop")
    views("listPimViews", locale="en-us", status=200)
    views("listViews", of=make_key("pim_user"), locale="en-us", status=200)
    views("listPimViews", locale="xx-xx", status=404)
