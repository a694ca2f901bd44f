"""What a View hides is unknown to its keys: attributes, values, products, in every reply.

Canaries stand in everything that is hidden; whatever a key of the View asks, none comes out.
"""

import json

import pytest

from tests.databases.fresh import ENGINES
from tests.pims.conftest import new_key, opened_app, talk
from tests.pims.hiding_shop import CANARY, OUTSIDE, fill_hiding_shop
from tests.pims.stored_rows import stored_rows

VIEWS = "/pim/manage/views"
ATTRIBUTES = "/pim/manage/attributes"
MISSING = "Product does not exist!"


@pytest.fixture(scope="module", params=ENGINES)
def still(request, fresh_keyed_database):
    """The catalogue of hiding_shop.py, of its owner and of a key of its View; none changes it."""
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as app:
        owner = talk(app.test_client(), keyed.key)
        fill_hiding_shop(owner)
        key = new_key(app, "pim_user", "pim_editor", views=("shop",))
        before = stored_rows(app.extensions["pims_database"])
        yield owner, talk(app.test_client(), key)
        assert stored_rows(app.extensions["pims_database"]) == before


@pytest.fixture
def ask(still):
    """`ask("getList", params={...})`: what the key of the View is answered. Nothing may change."""
    return still[1]


@pytest.fixture
def owner(still):
    """What a key that sees everything is answered. Nothing may change."""
    return still[0]


@pytest.fixture
def write(pims, client, make_key):
    """`write("editProduct", ...)` by a key of the View, in a catalogue of its own; see `pims`."""
    fill_hiding_shop(pims)
    return talk(client, make_key("pim_user", "pim_editor", views=("shop",)))


def test_the_catalogue_is_full_of_canaries(owner):
    assert CANARY in json.dumps(owner("getList")).lower()
    assert CANARY in json.dumps(owner("historyProduct", sku="INSIDE")).lower()


NO_CANARY_COMES_OUT = [
    ("everything", "getList", {"includeVariants": True, "includeDeleted": True}),
    ("by title", "getList", {"filter_values": {"title": "Rod"}, "includeVariants": True}),
    ("by price", "getList", {"filter_values": {"Price": "1;;9"}}),
    ("by link", "getList", {"condition_query": "[[goes_with]] IS NULL"}),
    ("sorted", "getList", {"order": [{"attribute": "Price"}], "includeVariants": True}),
    ("searched", "getList", {"search": "rod", "includeVariants": True}),
    ("searched prefix", "getList", {"search": "c", "includeVariants": True}),
    ("page past the end", "getList", {"pagination": {"pageNum": 9}}),
]


@pytest.mark.parametrize(("case", "action", "params"), NO_CANARY_COMES_OUT)
def test_lists_hide(ask, case, action, params):
    assert CANARY not in json.dumps(ask(action, params=params, status=200)).lower()


@pytest.mark.parametrize("sku", ["INSIDE", "INSIDE-M", "INSIDE-CHILD"])
@pytest.mark.parametrize("action", ["listProduct", "historyProduct"])
def test_single_products_hide(ask, action, sku):
    assert CANARY not in json.dumps(ask(action, sku=sku, status=200)).lower()


def test_lists_by_sku_hide(ask):
    skus = ["INSIDE", OUTSIDE, "INSIDE-M", "CANARY-INSIDE-L"]
    answer = ask("listProductsBySku", skus=skus, status=200)
    assert [one["sku"] for one in answer["products"]] == ["INSIDE", "INSIDE-M"]
    assert answer["sku_count"] == 2
    assert CANARY not in json.dumps(answer).lower()


class TestHiddenAttributes:
    @pytest.mark.parametrize(
        ("case", "params"),
        [
            ("filter", lambda name: {"filter_values": {name: "1"}}),
            ("condition", lambda name: {"condition_query": f"[[{name}]] = '1'"}),
            ("order", lambda name: {"order": [{"attribute": name}]}),
        ],
    )
    @pytest.mark.parametrize(
        "name", ["canary_cost", "canary_colour", "canary_code", "canary_tags", "canary_price"]
    )
    def test_they_cannot_be_asked_for_and_seem_not_to_exist(self, ask, case, params, name):
        stranger = name.replace("canary", "nobody")
        hidden = ask("getList", params=params(name), status=400)
        unknown = ask("getList", params=params(stranger), status=400)
        assert json.loads(json.dumps(hidden).replace(name, stranger)) == unknown

    @pytest.mark.parametrize("word", ["canary", "canaryword", "canarynorth", "31337", "canary-1"])
    def test_their_words_are_not_found(self, ask, word):
        params = {"search": word, "includeVariants": True}
        assert ask("getList", params=params, status=200)["sku_count"] == 0

    @pytest.mark.parametrize("action", ["createProduct", "editProduct"])
    @pytest.mark.parametrize("name", ["canary_cost", "canary_code", "canary_price"])
    def test_writing_them_is_ignored_like_an_unknown_name(self, ask, action, name):
        body = {"sku": "INSIDE" if action == "editProduct" else "NEW", "dry_run": True}
        hidden = ask(action, data={"attributes": {name: "canary"}}, **body)
        stranger = name.replace("canary", "nobody")
        unknown = ask(action, data={"attributes": {stranger: "canary"}}, **body)
        assert json.dumps(hidden).replace(name, stranger) == json.dumps(unknown)

    def test_a_hidden_value_stays_when_the_product_is_edited(self, write, pims):
        write("editProduct", sku="INSIDE", data={"attributes": {"title": "Bar"}}, status=200)
        stored = pims("listProduct", sku="INSIDE")["data"]["attributes"]
        assert (stored["canary_cost"], stored["title"]) == ("31337.43", "Bar")

    def test_a_near_miss_is_not_led_to_a_hidden_name(self, ask):
        for name in ("canary_cst", "canary_colou", "canry_price"):
            body = {"data": {"attributes": {name: "1"}}, "dry_run": True}
            answer = ask("editProduct", sku="INSIDE", **body, status=200)
            params = {"filter_values": {name: "1"}}
            told = [answer["warnings"], ask("getList", params=params)["errors"]]
            assert "canary_cost" not in str(told)
            assert "canary_colour" not in str(told)
            assert "canary_price" not in str(told)

    def test_history_shows_only_what_the_view_shows_and_counts_only_that(self, ask):
        answer = ask("historyProduct", sku="INSIDE", status=200)
        assert [sorted(entry["new"]) for entry in answer["history"]][1:] == [["Price"]]
        assert answer["total_count"] == 2

    def test_history_of_what_only_hidden_attributes_changed_stays_short(self, write, pims):
        before = write("historyProduct", sku="INSIDE-M")["total_count"]
        pims("editProduct", sku="INSIDE-M", data={"attributes": {"canary_cost": "1"}}, status=200)
        assert write("historyProduct", sku="INSIDE-M")["total_count"] == before

    def test_the_matrix_leaves_hidden_attributes_and_products_out(self, ask):
        shown = ask("listProduct", sku="INSIDE", status=200)["data"]["attributes"]
        assert shown["variation_attributes"] == ["size"]
        assert shown["variation_skus"] == ["INSIDE-M"]
        assert shown["variation_matrix"] == {"INSIDE-M": {"size": ["M"]}, "INSIDE": {"size": ["S"]}}

    def test_a_hidden_attribute_cannot_be_made_a_variation_attribute(self, ask):
        values = {"variation_attributes": ["canary_cost"]}
        answer = ask("editProduct", sku="INSIDE", data={"attributes": values}, status=400)
        stranger = {"variation_attributes": ["nobody_cost"]}
        other = ask("editProduct", sku="INSIDE", data={"attributes": stranger}, status=400)
        assert json.dumps(answer).replace("canary", "nobody") == json.dumps(other)

    def test_internal_names_of_renamed_attributes_mean_nothing(self, ask):
        answer = ask("listProduct", sku="INSIDE", params={"attributes": ["canary_price", "Price"]})
        assert answer["data"]["attributes"] == {"sku": "INSIDE", "Price": "6"}
        assert "Price" in answer["data"]["definition"]
        assert "canary_price" not in answer["data"]["definition"]

    def test_a_change_tells_outward_names_only(self, ask):
        values = {"Price": "7"}
        answer = ask(
            "editProduct", sku="INSIDE", data={"attributes": values}, dry_run=True, status=200
        )
        assert answer["changes"] == {"old": {"Price": "6"}, "new": {"Price": "7"}}
        assert CANARY not in json.dumps(answer).lower()

    def test_errors_name_the_attribute_as_the_caller_knows_it(self, ask):
        values = {"Price": "cheap"}
        answer = ask("editProduct", sku="INSIDE", data={"attributes": values}, status=400)
        assert answer["errors"][0]["attribute"] == "Price"
        assert CANARY not in json.dumps(answer).lower()

    def test_a_manager_may_look_through_the_view_and_is_told_no_more(self, owner):
        answer = owner("listProduct", sku="INSIDE", view="shop", status=200)
        assert CANARY not in json.dumps(answer).lower()


class TestHiddenProducts:
    @pytest.mark.parametrize("sku", [OUTSIDE, "CANARY-INSIDE-L"])
    @pytest.mark.parametrize("action", ["listProduct", "editProduct", "historyProduct"])
    def test_they_are_not_there(self, ask, action, sku):
        answer = ask(action, sku=sku, data={"attributes": {"title": "x"}}, status=404)
        stranger = ask(action, sku="NOBODY", data={"attributes": {"title": "x"}}, status=404)
        assert answer == stranger
        assert answer["status_message"] == MISSING

    def test_their_sku_is_taken_all_the_same(self, ask):
        answer = ask("createProduct", sku=OUTSIDE, status=409)
        assert answer["status_message"] == "Product already exists!"

    def test_they_are_not_counted(self, ask):
        everything = {"includeVariants": True, "includeDeleted": True}
        answer = ask("getList", params=everything, status=200)
        assert answer["sku_count"] == 3
        assert [one["sku"] for one in answer["products"]] == ["INSIDE-CHILD", "INSIDE", "INSIDE-M"]

    def test_links_to_them_read_as_nothing(self, ask):
        shown = ask("listProduct", sku="INSIDE", status=200)["data"]["attributes"]
        assert (shown["goes_with"], shown["all_of"]) == (None, [])
        child = ask("listProduct", sku="INSIDE-CHILD", status=200)["data"]["attributes"]
        assert child["variation_of"] is None

    @pytest.mark.parametrize(
        "condition",
        [
            f"[[goes_with]] = '{OUTSIDE}'",
            f"[[goes_with]] IN ('{OUTSIDE}')",
            "[[goes_with]] LIKE 'C%'",
            "[[goes_with]] IS NOT NULL",
            f"[[variation_of]] = '{OUTSIDE}'",
            "[[variation_of]] LIKE 'CAN%'",
        ],
    )
    def test_links_to_them_cannot_be_found(self, ask, condition):
        params = {"condition_query": condition, "includeVariants": True}
        assert ask("getList", params=params, status=200)["sku_count"] == 0

    @pytest.mark.parametrize("name", ["goes_with", "variation_of"])
    def test_no_link_to_them_can_be_made(self, ask, name):
        values = {name: OUTSIDE}
        answer = ask("editProduct", sku="INSIDE-M", data={"attributes": values}, status=400)
        stranger = {name: "NOBODY-OUTSIDE"}
        other = ask("editProduct", sku="INSIDE-M", data={"attributes": stranger}, status=400)
        assert json.dumps(answer).replace("CANARY", "NOBODY") == json.dumps(other)

    def test_a_unique_value_of_theirs_is_refused_without_saying_whose(self, ask):
        values = {"ean": "1"}
        answer = ask("editProduct", sku="INSIDE", data={"attributes": values}, status=409)
        assert answer["errors"][0]["attribute"] == "ean"
        assert CANARY not in json.dumps(answer).lower()

    def test_history_does_not_show_their_skus(self, write, pims):
        values = {"goes_with": "CANARY-INSIDE-L", "title": "Bar"}
        pims("editProduct", sku="INSIDE-M", data={"attributes": values}, status=200)
        answer = write("historyProduct", sku="INSIDE-M", status=200)
        assert answer["history"][-1]["new"] == {"title": "Bar"}

    @pytest.mark.parametrize(("link", "shown"), [("INSIDE", "INSIDE"), (None, None)])
    def test_history_does_not_show_what_a_link_was_before(self, write, pims, link, shown):
        for values in ({"goes_with": "CANARY-INSIDE-L"}, {"goes_with": link, "title": "Bar"}):
            pims("editProduct", sku="INSIDE-M", data={"attributes": values}, status=200)
        last = write("historyProduct", sku="INSIDE-M", status=200)["history"][-1]
        assert last["old"].get("goes_with") is None
        assert last["new"].get("goes_with") == shown

    def test_a_change_of_a_link_to_them_is_no_entry(self, write, pims):
        before = write("historyProduct", sku="INSIDE-M", status=200)["total_count"]
        values = {"goes_with": "CANARY-INSIDE-L"}
        pims("editProduct", sku="INSIDE-M", data={"attributes": values}, status=200)
        assert write("historyProduct", sku="INSIDE-M", status=200)["total_count"] == before

    def test_a_twin_among_them_is_not_named(self, write):
        values = {"size": "S"}
        write("editProduct", sku="INSIDE-M", data={"attributes": values})
        answer = write(
            "editProduct", sku="INSIDE-M", data={"attributes": {"size": "M"}}, status=200
        )
        assert "warnings" not in answer

    def test_what_becomes_visible_brings_its_whole_history(self, write, pims):
        pims("editProduct", sku=OUTSIDE, data={"attributes": {"canary_region": "canarynorth"}})
        answer = write("historyProduct", sku=OUTSIDE, status=200)
        assert answer["history"][0]["new"]["title"] == "Canary rod"


class TestRowsThatMustStayInside:
    """A View whose rows depend on something that its keys can write."""

    @pytest.fixture
    def cheap(self, pims, given_attribute, given_product, make_key):
        given_attribute("price", "number", isFilterable="y")
        given_attribute("canary_margin", "number", isFilterable="y")
        given_product("CHEAP", price="5", canary_margin="3")
        attributes = {"price": {"transform": "Price", "default": "1"}, "title": {}}
        body = {"attributes": attributes, "condition_query": "[[price]] < 10"}
        pims("addPimView", path=VIEWS, name="cheap", **body, status=200)
        return make_key("pim_editor", views=("cheap",))

    @pytest.mark.parametrize(
        ("case", "action", "sku", "attributes"),
        [
            ("edit out", "editProduct", "CHEAP", {"Price": "10"}),
            ("edit to unset", "editProduct", "CHEAP", {"Price": None}),
            ("create outside", "createProduct", "DEAR", {"Price": "99"}),
        ],
    )
    def test_a_write_cannot_leave_the_rows(
        self, pims, cheap, unchanged, case, action, sku, attributes
    ):
        with unchanged():
            answer = pims(action, sku=sku, data={"attributes": attributes}, key=cheap, status=403)
        assert answer["errors"][0]["code"] == "forbidden"
        assert CANARY not in json.dumps(answer).lower()

    def test_within_the_rows_everything_goes(self, pims, cheap):
        values = {"Price": "9.99"}
        pims("editProduct", sku="CHEAP", data={"attributes": values}, key=cheap, status=200)
        pims("createProduct", sku="NEW", key=cheap, status=200)
        assert pims("getList", key=cheap)["sku_count"] == 2

    def test_one_who_may_can_move_it_out_and_then_it_is_gone(self, pims, cheap):
        pims("editProduct", sku="CHEAP", data={"attributes": {"price": "11"}}, status=200)
        assert pims("getList", key=cheap)["sku_count"] == 0
        assert pims("listProduct", sku="CHEAP", key=cheap, status=404)["status"] == "Error"


class TestWhichViewApplies:
    @pytest.fixture
    def two_views(self, pims, given_product):
        given_product("A", title="Rod")
        for name, attributes in (("words", {"title": {}}), ("bare", {})):
            body = {"name": name, "attributes": attributes}
            pims("addPimView", path=VIEWS, **body, status=200)

    @pytest.fixture
    def seen(self, pims, two_views):
        """`seen(key, view)`: the names that come out, and how many warnings."""

        def look(key, view=None):
            answer = pims("listProduct", sku="A", key=key, view=view, status=200)
            return set(answer["data"]["attributes"]), len(answer.get("warnings", ()))

        return look

    def test_the_default_one_when_none_is_named(self, seen, make_key):
        key = make_key("pim_user", views=("words", "bare"), default_view="bare")
        assert seen(key) == ({"sku"}, 0)

    def test_the_named_one_when_the_key_may_use_it(self, seen, make_key):
        key = make_key("pim_user", views=("words", "bare"), default_view="bare")
        assert seen(key, "words") == ({"sku", "title"}, 0)

    @pytest.mark.parametrize("view", ["words", "nobody"])
    def test_the_default_one_with_a_warning_when_it_may_not(self, seen, make_key, view):
        assert seen(make_key("pim_user", views=("bare",)), view) == ({"sku"}, 1)

    def test_a_view_that_is_not_for_the_key_is_told_like_one_that_is_not_there(
        self, pims, two_views, make_key
    ):
        key = make_key("pim_user", views=("bare",))
        told = [
            json.dumps(pims("listProduct", sku="A", key=key, view=view)["warnings"])
            for view in ("words", "nobody")
        ]
        assert told[0].replace("words", "nobody") == told[1]

    def test_a_key_without_views_sees_everything(self, seen, make_key):
        assert len(seen(make_key("pim_user"))[0]) == 9

    @pytest.mark.parametrize("permission", ["pim_manager", "pim_security"])
    def test_managers_and_security_may_name_any(self, seen, make_key, permission):
        key = make_key("pim_user", permission, views=("bare",))
        assert seen(key, "words") == ({"sku", "title"}, 0)


class TestSendingBackWhatWasShown:
    """Whoever sends back what it was shown changes nothing, hidden things included."""

    @pytest.fixture
    def seller(self, pims, given_attribute, given_product, make_key) -> str:
        given_attribute("goes_with", "relation", collection="y")
        given_product("SECRET", status="inactive")
        given_product("OPEN")
        given_product("A", goes_with=["SECRET", "OPEN"], variation_of="SECRET")
        fields = {name: {} for name in ("title", "goes_with", "variation_of")}
        condition = "[[status]] = 'active'"
        pims("addPimView", path=VIEWS, name="seller", attributes=fields, condition_query=condition)
        return make_key("pim_editor", views=("seller",))

    def test_hidden_links_stay(self, pims, seller, unchanged) -> None:
        shown = pims("listProduct", key=seller, sku="A")["data"]["attributes"]
        assert (shown["goes_with"], shown["variation_of"]) == (["OPEN"], None)
        with unchanged():
            pims("editProduct", key=seller, sku="A", data={"attributes": shown}, status=200)

    def test_another_value_replaces_what_was_hidden(self, pims, seller) -> None:
        sent = {"goes_with": [], "title": "New"}
        pims("editProduct", key=seller, sku="A", data={"attributes": sent}, status=200)
        stored = pims("listProduct", sku="A")["data"]["attributes"]
        assert (stored["goes_with"], stored["variation_of"]) == ([], "SECRET")


def test_a_value_that_is_no_longer_allowed_may_be_sent_back(
    pims, given_attribute, given_product, unchanged
) -> None:
    given_attribute("code")
    given_product("A", code="abc")
    tighter = {"validation": "[0-9]+"}
    pims("editAttribute", path=ATTRIBUTES, name="code", definition=tighter, status=200)
    with unchanged():
        pims("editProduct", sku="A", data={"attributes": {"code": "abc"}}, status=200)
    pims("editProduct", sku="A", data={"attributes": {"code": "abd"}}, status=400)
