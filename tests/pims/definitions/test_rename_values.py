"""renameValue and mergeValues carry products, Views and defaults along."""

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.snapshot import snapshot

VIEWS = "/pim/manage/views"


@pytest.fixture(params=["filterable", "not indexed"])
def colors(request, given_attribute, given_product):
    """A dropdown of Gray, Grey and Red; a product of each, two of Gray, one of them deleted."""
    is_filterable = "y" if request.param == "filterable" else "n"
    dictionary = {"columns": ["value"], "data": ["Gray", "Grey", "Red"]}
    given_attribute(
        "color", "dropdown", dictionary=dictionary, isFilterable=is_filterable, isSearchable="y"
    )
    for sku, color in {"A": "Gray", "B": "Grey", "C": "Red", "D": "Gray"}.items():
        status = "deleted" if sku == "D" else "active"
        given_product(sku, title=f"Title {sku}", color=color, status=status)
    return request.param


@pytest.fixture
def tags(given_attribute, given_product, german):
    """A localizable collection: A has a, b, c; B has b, a in German; C has c."""
    dictionary = {"columns": ["value"], "data": ["a", "b", "c"]}
    given_attribute("tags", "dropdown", dictionary=dictionary, isFilterable="y", isLocalizable="y",
                    collection="y")  # fmt: skip
    given_product("A", title="A", tags=["a", "b", "c"])
    given_product("B", title="B")
    given_product("C", title="C", tags=["c"])


@pytest.fixture
def given_view(pims):
    def given(name, condition_query="", **attributes):
        body = {"name": name, "attributes": attributes, "condition_query": condition_query}
        return pims("addPimView", path=VIEWS, **body, status=200)

    return given


@pytest.fixture
def view_of(pims):
    def listed(name):
        found = pims("listPimViews", path=VIEWS, status=200)["data"]
        return next(one for one in found if one["name"] == name)

    return listed


@pytest.fixture
def found(pims):
    """`found(search="gray")`: the SKUs of a list, deleted ones too."""

    def skus(**params):
        reply = pims("getList", params=params | {"includeDeleted": True}, status=200)
        return [one["sku"] for one in reply["products"]]

    return skus


@pytest.fixture
def consistent(database):
    """After the test everything derived says what the products say."""
    yield
    with snapshot(database, 1) as seen:
        assert [line for one in CHECKS for line in one.find(seen)] == []


def dictionary_of(listed, name="color"):
    return listed()[name]["dictionary"]["data"]


@pytest.mark.usefixtures("consistent")
class TestRenaming:
    def test_products_show_the_new_name_and_keep_their_version(
        self, pims, manage, colors, shown, listed
    ):
        reply = manage("renameValue", name="color", value="Gray", to="Slate", status=200)
        assert (reply["name"], reply["products"], reply["views"]) == ("color", 2, [])
        assert reply["definition"]["dictionary"]["data"] == ["Slate", "Grey", "Red"]
        assert "warnings" not in reply
        assert shown("A")["color"] == "Slate"
        assert pims("listProduct", sku="A")["version"] == 1
        assert dictionary_of(listed) == ["Slate", "Grey", "Red"]

    def test_searches_find_the_new_name_only(self, manage, colors, found):
        assert found(search="gray") == ["A", "D"]
        manage("renameValue", name="color", value="Gray", to="Slate", status=200)
        assert (found(search="slate"), found(search="gray")) == (["A", "D"], [])

    def test_the_old_name_can_be_another_value(self, manage, colors, shown, given_product, listed):
        manage("renameValue", name="color", value="Gray", to="Slate", status=200)
        dictionary = {"data": ["Slate", "Grey", "Red", "Gray"]}
        manage("editAttribute", name="color", definition={"dictionary": dictionary}, status=200)
        given_product("E", title="E", color="Gray")
        assert (shown("A")["color"], shown("E")["color"]) == ("Slate", "Gray")

    def test_case_alone_may_change(self, manage, colors, shown):
        manage("renameValue", name="color", value="Gray", to="gray", status=200)
        assert shown("A")["color"] == "gray"

    def test_the_same_name_changes_nothing(self, manage, colors, unchanged):
        with unchanged():
            reply = manage("renameValue", name="color", value="Gray", to="Gray", status=200)
        assert reply["products"] == 2

    def test_a_dry_run_tells_and_stores_nothing(self, manage, colors, unchanged):
        with unchanged():
            reply = manage(
                "renameValue", name="color", value="Gray", to="Slate", dry_run=True, status=200
            )
        assert (reply["dry_run"], reply["products"]) == (True, 2)
        assert reply["changes"]["old"]["color"]["dictionary"]["data"] == ["Gray", "Grey", "Red"]
        assert reply["changes"]["new"]["color"]["dictionary"]["data"] == ["Slate", "Grey", "Red"]

    def test_defaults_of_the_attribute_and_of_views_follow(
        self, manage, colors, given_view, view_of, listed
    ):
        manage("editAttribute", name="color", definition={"value": "Gray"}, status=200)
        given_view("partner", title={}, color={"default": "Gray"})
        reply = manage("renameValue", name="color", value="Gray", to="Slate", status=200)
        assert reply["views"] == ["partner"]
        assert view_of("partner")["attributes"]["color"]["default"] == "Slate"
        assert listed()["color"]["value"] == "Slate"


REFUSED = [
    ({"to": "Grey"}, 409, "exists", "/to"),
    ({"value": "Graye"}, 400, "dictionary", "/value"),
    ({"to": ""}, 400, "dictionary", "/to"),
    ({"to": "x" * 256}, 400, "dictionary", "/to"),
    ({"to": "a\nb"}, 400, "dictionary", "/to"),
    ({"value": None}, 400, "required", "/value"),
    ({"to": None}, 400, "required", "/to"),
    ({"to": 7}, 400, "type", "/to"),
    ({"name": "colour"}, 404, "not_found", "/name"),
    ({"name": "title"}, 400, "type", "/name"),
    ({"name": "status", "value": "active"}, 400, "read_only", "/name"),
]


@pytest.mark.parametrize(("changed", "status", "code", "pointer"), REFUSED)
def test_a_renaming_that_cannot_be_is_refused(
    manage, given_attribute, unchanged, changed, status, code, pointer
):
    dictionary = {"columns": ["value"], "data": ["Gray", "Grey", "Red"]}
    given_attribute("color", "dropdown", dictionary=dictionary)
    body = {"name": "color", "value": "Gray", "to": "Slate"} | changed
    with unchanged():
        reply = manage("renameValue", **body, status=status)
    assert [(one["code"], one["pointer"]) for one in reply["errors"]] == [(code, pointer)]


def test_conditions_of_views_follow_a_renamed_value(manage, given_attribute, given_view, view_of):
    dictionary = {"columns": ["value"], "data": ["58", "60"]}
    given_attribute("size", "dropdown", dictionary=dictionary, isFilterable="y")
    given_view("partner", "NOT [[size]] = 58 AND [[size]] IN ('60', 58)")
    reply = manage("renameValue", name="size", value="58", to="M", status=200)
    assert reply["views"] == ["partner"]
    condition = view_of("partner")["condition_query"]
    assert condition == "NOT [[size]] = 'M' AND [[size]] IN ('60', 'M')"


def test_a_renaming_that_a_pattern_of_a_view_tells_apart_is_refused(
    manage, given_attribute, given_view, unchanged
):
    dictionary = {"columns": ["value"], "data": ["Gray", "Red"]}
    given_attribute("color", "dropdown", dictionary=dictionary, isFilterable="y")
    given_view("partner", "[[color]] LIKE 'G%'")
    with unchanged():
        reply = manage("renameValue", name="color", value="Gray", to="Slate", status=409)
    assert reply["status_message"] == (
        "Gray cannot become Slate: the condition of the View partner would choose other products! "
        "Change it there first."
    )
    manage("renameValue", name="color", value="Gray", to="Grey", status=200)


@pytest.mark.usefixtures("consistent")
class TestMerging:
    def test_products_change_with_their_history(
        self, pims, manage, colors, shown, history, listed, found
    ):
        reply = manage("mergeValues", name="color", values=["Gray", "Red"], into="Grey", status=200)
        assert (reply["products"], reply["views"]) == (3, [])
        assert reply["definition"]["dictionary"]["data"] == ["Grey"]
        assert [shown(sku)["color"] for sku in "ABCD"] == ["Grey"] * 4
        assert [pims("listProduct", sku=sku)["version"] for sku in "ABCD"] == [2, 1, 2, 2]
        assert history("A")[-1] == ({"color": "Gray"}, {"color": "Grey"})
        assert found(search="grey") == ["A", "B", "C", "D"]
        assert found(search="gray") == []

    def test_a_value_that_left_the_dictionary_is_merged(self, manage, colors, shown):
        dictionary = {"data": ["Grey", "Red"]}
        manage("editAttribute", name="color", definition={"dictionary": dictionary}, status=200)
        assert shown("A")["color"] == "Gray"
        reply = manage("mergeValues", name="color", values=["Gray"], into="Grey", status=200)
        assert (reply["products"], shown("A")["color"]) == (2, "Grey")

    def test_a_value_that_left_the_dictionary_comes_back_when_others_become_it(
        self, manage, colors, shown, listed
    ):
        dictionary = {"data": ["Grey", "Red"]}
        manage("editAttribute", name="color", definition={"dictionary": dictionary}, status=200)
        manage("mergeValues", name="color", values=["Grey"], into="Gray", status=200)
        assert dictionary_of(listed) == ["Red", "Gray"]
        assert (shown("A")["color"], shown("B")["color"]) == ("Gray", "Gray")

    def test_a_value_merged_into_itself_changes_nothing(self, manage, colors, unchanged):
        with unchanged():
            reply = manage("mergeValues", name="color", values=["Grey"], into="Grey", status=200)
        assert reply["products"] == 0

    def test_a_dry_run_counts_and_stores_nothing(self, manage, colors, unchanged):
        with unchanged():
            reply = manage(
                "mergeValues", name="color", values=["Gray"], into="Red", dry_run=True, status=200
            )
        assert (reply["dry_run"], reply["products"]) == (True, 2)
        assert reply["changes"]["new"]["color"]["dictionary"]["data"] == ["Grey", "Red"]

    def test_the_number_of_statements_does_not_grow_with_the_products(
        self, manage, colors, given_product, queries
    ):
        with queries() as few:
            manage(
                "mergeValues", name="color", values=["Gray"], into="Red", dry_run=True, status=200
            )
        for number in range(30):
            given_product(f"E{number}", title="E", color="Gray")
        with queries() as many:
            manage("mergeValues", name="color", values=["Gray"], into="Red", status=200)
        assert len(many) <= len(few) + 5

    def test_collections_and_locales_keep_their_order_and_have_it_once(
        self, pims, manage, tags, shown
    ):
        german = {"attributes": {"tags": ["b", "a"]}}
        pims("editProduct", sku="B", data=german, locale="de-de", status=200)
        reply = manage("mergeValues", name="tags", values=["a", "b"], into="c", status=200)
        assert reply["products"] == 2
        assert shown("A")["tags"] == ["c"]
        assert shown("B", locale="de-de")["tags"] == ["c"]

    def test_a_collection_keeps_what_was_not_merged(self, manage, tags, shown):
        manage("mergeValues", name="tags", values=["a"], into="c", status=200)
        assert shown("A")["tags"] == ["c", "b"]

    def test_defaults_follow(self, manage, colors, given_view, view_of, listed):
        manage("editAttribute", name="color", definition={"value": "Gray"}, status=200)
        given_view("partner", title={}, color={"default": "Gray"})
        reply = manage("mergeValues", name="color", values=["Gray"], into="Grey", status=200)
        assert reply["views"] == ["partner"]
        assert view_of("partner")["attributes"]["color"]["default"] == "Grey"
        assert listed()["color"]["value"] == "Grey"


MERGES_REFUSED = [
    ({"values": ["Graye"]}, "dictionary", "/values"),
    ({"into": "Graye"}, "dictionary", "/into"),
    ({"values": None}, "required", "/values"),
    ({"values": "Gray"}, "type", "/values"),
    ({"into": None}, "required", "/into"),
    ({"name": "title"}, "type", "/name"),
    ({"name": "status", "values": ["active"], "into": "deleted"}, "read_only", "/name"),
]


@pytest.mark.parametrize(("changed", "code", "pointer"), MERGES_REFUSED)
def test_a_merge_that_cannot_be_is_refused(
    manage, given_attribute, unchanged, changed, code, pointer
):
    dictionary = {"columns": ["value"], "data": ["Gray", "Grey"]}
    given_attribute("color", "dropdown", dictionary=dictionary)
    body = {"name": "color", "values": ["Gray"], "into": "Grey"} | changed
    with unchanged():
        reply = manage("mergeValues", **body, status=400)
    assert [(one["code"], one["pointer"]) for one in reply["errors"]] == [(code, pointer)]


def test_the_nearest_value_is_named(manage, given_attribute):
    dictionary = {"columns": ["value"], "data": ["Gray", "Red"]}
    given_attribute("color", "dropdown", dictionary=dictionary)
    reply = manage("mergeValues", name="color", values=["Grayy"], into="Red", status=400)
    assert reply["errors"][0]["message"] == "color has no such dictionary value!"
    assert reply["errors"][0]["nearest"] == "Gray"


def test_conditions_of_views_name_the_value_that_stays(
    manage, given_attribute, given_view, view_of
):
    dictionary = {"columns": ["value"], "data": ["Gray", "Grey", "Red"]}
    given_attribute("color", "dropdown", dictionary=dictionary, isFilterable="y")
    given_view("gray", "[[color]] = 'Gray'")
    given_view("grey", "NOT [[color]] = 'Grey'")
    given_view("red", "[[color]] = 'Red'")
    reply = manage("mergeValues", name="color", values=["Gray"], into="Grey", status=200)
    assert reply["views"] == ["gray", "grey"]
    assert view_of("gray")["condition_query"] == "[[color]] = 'Grey'"
    assert view_of("grey")["condition_query"] == "NOT [[color]] = 'Grey'"


def test_a_merge_that_a_pattern_of_a_view_tells_apart_is_refused(
    manage, given_attribute, given_view, unchanged
):
    dictionary = {"columns": ["value"], "data": ["Gray", "Grey", "Red"]}
    given_attribute("color", "dropdown", dictionary=dictionary, isFilterable="y")
    given_view("partner", "NOT [[color]] LIKE 'G%'")
    with unchanged():
        manage("mergeValues", name="color", values=["Gray"], into="Red", status=409)
    manage("mergeValues", name="color", values=["Gray"], into="Grey", status=200)


def test_unique_values_of_several_products_are_not_merged(
    manage, given_attribute, given_product, unchanged
):
    dictionary = {"columns": ["value"], "data": ["1", "2", "3"]}
    given_attribute("slot", "dropdown", dictionary=dictionary, isUnique="y")
    given_product("A", title="A", slot="1")
    given_product("B", title="B", slot="2")
    with unchanged():
        reply = manage("mergeValues", name="slot", values=["1"], into="2", status=409)
    assert reply["errors"][0]["code"] == "not_unique"
    manage("mergeValues", name="slot", values=["1"], into="3", status=200)


def test_only_dropdowns_have_values_to_rename(manage, given_attribute, unchanged):
    given_attribute("price", "number")
    for name, message in [
        ("price", "price has no dictionary: only attributes of type dropdown do!"),
        ("status", "status is a system attribute: its dictionary is fixed!"),
    ]:
        with unchanged():
            reply = manage("renameValue", name=name, value="active", to="on", status=400)
        assert reply["status_message"] == message
