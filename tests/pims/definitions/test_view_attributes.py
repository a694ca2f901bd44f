"""Attributes join and leave a View one by one, and a dry run counts what that takes away."""

import pytest

VIEWS = "/pim/manage/views"


@pytest.fixture
def views(pims):
    """`views("addViewAttributes", name="shop", attributes={})`: an action on Views."""

    def act(action, **body):
        return pims(action, path=VIEWS, **body)

    return act


@pytest.fixture
def shop(views, given_attribute, given_product, given_category):
    """The View shop: title as Name, price with a default, note; products of the category Shop."""
    given_attribute("price", "number", isFilterable="y")
    given_attribute("note", "text")
    given_attribute("color", isFilterable="y")
    given_category("Shop")
    given_product("A", title="A", price="1", note="x", color="red", categories=["Shop"])
    given_product("B", title="B", price="2", categories=["Shop"])
    given_product("C", title="C", price="3", note="y", color="red")
    attributes = {
        "note": {"group": "Words"},
        "price": {"default": "9"},
        "title": {"transform": "Name", "readonly": "y"},
    }
    return views(
        "addPimView",
        name="shop",
        attributes=attributes,
        condition_query="[[categories]] = 'Shop'",
        status=200,
    )["data"]


def field(**settings):
    return {"transform": "", "readonly": "n", "group": "", "default": None} | settings


class TestAdding:
    def test_the_others_stay_as_they_are(self, views, shop):
        added = {"color": {"transform": "Colour"}}
        reply = views("addViewAttributes", name="shop", attributes=added, status=200)
        color = {"color": field(transform="Colour")}
        assert reply["data"] == shop | {"attributes": shop["attributes"] | color}
        assert list(reply["data"]["attributes"]) == ["note", "price", "title", "color"]

    def test_one_that_is_there_so_already_changes_nothing(self, views, shop, unchanged):
        added = {"title": {"transform": "Name", "readonly": "y"}}
        with unchanged():
            views("addViewAttributes", name="shop", attributes=added, status=200)

    def test_one_that_is_there_in_another_way_is_refused(self, views, shop, unchanged):
        added = {"title": {}, "color": {}}
        with unchanged():
            reply = views("addViewAttributes", name="shop", attributes=added, status=409)
        assert reply["errors"] == [
            {
                "code": "exists",
                "message": "The View shows title already, in another way: edit the View to change "
                "that!",
                "attribute": "title",
                "pointer": "/attributes/title",
            }
        ]

    @pytest.mark.parametrize(
        ("attributes", "code", "pointer"),
        [
            ({"colour": {}}, "unknown_attribute", "/attributes/colour"),
            ({"color": {"transform": "Name"}}, "exists", "/attributes/color/transform"),
            ({"color": {"shown": "y"}}, "range", "/attributes/color/shown"),
            ({"sku": {"transform": "SKU"}}, "read_only", "/attributes/sku/transform"),
            (None, "required", "/attributes"),
            (["color"], "type", "/attributes"),
        ],
    )
    def test_what_cannot_be_added_is_refused(
        self, views, shop, unchanged, attributes, code, pointer
    ):
        with unchanged():
            reply = views("addViewAttributes", name="shop", attributes=attributes)
        assert reply["status"] == "Error"
        assert (code, pointer) in [(one["code"], one["pointer"]) for one in reply["errors"]]

    def test_a_view_that_is_not_there_is_not_found(self, views):
        views("addViewAttributes", name="gone", attributes={}, status=404)
        views("removeViewAttributes", name="gone", attributes=[], status=404)

    def test_a_key_that_may_not_manage_views_is_refused(self, views, shop, make_key):
        key = make_key("pim_user", "pim_editor")
        views("addViewAttributes", name="shop", attributes={"color": {}}, key=key, status=403)
        views("removeViewAttributes", name="shop", attributes=["note"], key=key, status=403)


class TestRemoving:
    def test_the_others_stay_as_they_are(self, views, shop):
        reply = views("removeViewAttributes", name="shop", attributes=["note"], status=200)
        kept = {name: one for name, one in shop["attributes"].items() if name != "note"}
        assert reply["data"] == shop | {"attributes": kept}

    def test_one_that_is_not_shown_changes_nothing(self, views, shop, unchanged):
        with unchanged():
            views("removeViewAttributes", name="shop", attributes=["color", "sku"], status=200)

    def test_one_that_does_not_exist_is_refused_with_the_nearest(self, views, shop, unchanged):
        with unchanged():
            reply = views(
                "removeViewAttributes", name="shop", attributes=["note", "pricee"], status=400
            )
        found = reply["errors"][0]
        assert (found["code"], found["pointer"], found["nearest"]) == (
            "unknown_attribute",
            "/attributes/1",
            "price",
        )

    def test_its_names_are_needed(self, views, shop):
        assert views("removeViewAttributes", name="shop", status=400)["errors"][0]["message"] == (
            "Send attributes: a list of their names!"
        )


class TestDryRuns:
    def test_the_products_that_lose_a_value_are_counted(self, views, shop, unchanged):
        with unchanged():
            reply = views(
                "removeViewAttributes", name="shop", attributes=["note"], dry_run=True, status=200
            )
        assert (reply["products"], reply["removed"]) == (1, ["note"])

    def test_a_replacing_edit_counts_what_it_takes_away(self, views, shop, unchanged):
        with unchanged():
            reply = views(
                "editPimView", name="shop", attributes={"color": {}}, dry_run=True, status=200
            )
        assert (reply["products"], reply["removed"]) == (2, ["note", "price", "title"])

    def test_products_that_join_or_leave_are_counted(self, views, shop, unchanged):
        condition = "[[price]] > 1"
        with unchanged():
            reply = views(
                "editPimView", name="shop", condition_query=condition, dry_run=True, status=200
            )
        assert (reply["products"], reply["removed"]) == (2, [])

    def test_adding_takes_nothing_away(self, views, shop, unchanged):
        with unchanged():
            reply = views(
                "addViewAttributes", name="shop", attributes={"color": {}}, dry_run=True, status=200
            )
        assert (reply["products"], reply["removed"]) == (0, [])
        assert reply["changes"]["new"] == {
            "shop": {"attributes": shop["attributes"] | {"color": field()}}
        }

    def test_a_condition_that_does_not_hold_any_more_counts_as_nothing(self, views, shop):
        views("addPimView", name="all", attributes={"title": {}}, status=200)
        reply = views(
            "editPimView", name="all", condition_query="[[sku]] = 'A'", dry_run=True, status=200
        )
        assert reply["products"] == 2
