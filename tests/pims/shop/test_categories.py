"""GET /v/ct, /v/ctf, /v/ctn and /v/c: categories for shops."""

import pytest


@pytest.fixture
def tree(given_category, set_category):
    """Categories by path; Garden comes before Tools by its order."""
    paths = ("Tools", "Tools > Saws", "Tools > Saws > Hand saws", "Garden", "Garden > Old")
    numbers = {path: given_category(path) for path in paths}
    set_category(numbers["Tools"], cat_order=2)
    set_category(numbers["Garden"], cat_order=1)
    set_category(numbers["Garden > Old"], cat_data={"status": "inactive"})
    return numbers


def names(nodes):
    """The names of a tree: a name alone where nothing is below it."""
    return {one["cat_name"]: names(one["children"]) for one in nodes}


WHOLE = {"Uncategorized": {}, "Garden": {}, "Tools": {"Saws": {"Hand saws": {}}}}


class TestTree:
    @pytest.mark.parametrize("path", ["/v/ct", "/v/ctf", "/v/ct/", "/api/en-us/v/ct"])
    def test_it_holds_the_active_categories(self, shop, tree, path):
        reply = shop(path)
        assert list(reply) == ["status", "categoriesTree"]
        assert names(reply["categoriesTree"]) == WHOLE

    def test_it_comes_in_the_order_of_the_categories_or_by_name(self, shop, tree):
        assert list(names(shop("/v/ctf")["categoriesTree"])) == ["Uncategorized", "Garden", "Tools"]
        by_name = shop("/v/ctf", sort="cat_name")["categoriesTree"]
        assert list(names(by_name)) == ["Garden", "Tools", "Uncategorized"]

    def test_a_node_is_a_category(self, shop, tree):
        node = shop("/v/ct")["categoriesTree"][2]["children"][0]
        assert {name: node[name] for name in ("id", "cat_path", "cat_path_id", "cat_rank")} == {
            "id": tree["Tools > Saws"],
            "cat_path": "Tools > Saws",
            "cat_path_id": f"{tree['Tools']} > {tree['Tools > Saws']}",
            "cat_rank": 2,
        }

    @pytest.mark.parametrize(
        ("word", "found"),
        [
            ("SAW", {"Saws": {"Hand saws": {}}}),
            ("hand", {"Hand saws": {}}),
            ("oo", {"Tools": {"Saws": {"Hand saws": {}}}}),
        ],
    )
    def test_a_text_finds_names(self, shop, tree, word, found):
        assert names(shop(f"/v/ct/{word}")["categoriesTree"]) == found

    @pytest.mark.parametrize("word", ["nothing", "old"])
    def test_a_text_that_finds_none_says_no_more(self, shop, tree, word):
        assert shop(f"/v/ct/{word}") == {"status": "OK"}

    def test_a_change_shows_at_once(self, shop, tree, set_category):
        set_category(tree["Garden > Old"], cat_data={"status": "Active"})
        set_category(tree["Tools > Saws"], cat_parent_id=tree["Garden"])
        changed = {"Garden": {"Old": {}, "Saws": {"Hand saws": {}}}, "Tools": {}}
        assert names(shop("/v/ct")["categoriesTree"]) == {"Uncategorized": {}} | changed


class TestStocked:
    def test_only_categories_with_products_are_told(self, shop, tree, given_product):
        given_product("S", categories=["Tools > Saws > Hand saws"])
        given_product("S-1", variation_of="S", categories=["Garden"])
        given_product("OFF", categories=["Garden"], status="inactive")
        reply = shop("/v/ctn")
        assert names(reply["categoriesTree"]) == {"Tools": {"Saws": {"Hand saws": {}}}}
        saws = reply["categoriesTree"][0]["children"][0]
        assert (saws["product_count"], saws["children"][0]["product_count"]) == (0, 1)

    def test_one_of_them_can_bring_its_details(self, shop, tree, given_product):
        given_product("S", categories=["Tools > Saws"])
        reply = shop(f"/v/ctn/{tree['Tools > Saws']}/")
        assert list(reply) == ["status", "categoriesTree", "currentCategory"]
        assert reply["currentCategory"][0]["product_count"] == 1


class TestOneCategory:
    def test_it_has_its_count_its_children_and_its_filters(self, shop, tree, given_product):
        given_product("S", categories=["Tools > Saws"])
        given_product("T", categories=["Tools"])
        (shown,) = shop(f"/v/c/{tree['Tools']}")["currentCategory"]
        assert list(shown)[-3:] == ["product_count", "children", "cat_filters"]
        assert (shown["cat_name"], shown["product_count"]) == ("Tools", 1)
        assert [one["cat_name"] for one in shown["children"]] == ["Saws"]
        assert shown["cat_filters"] == {"filter_dropdown": [], "filter_range_float": []}
        (whole,) = shop(f"/v/c/{tree['Tools']}", includeChildren="true")["currentCategory"]
        assert whole["product_count"] == 2

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            ({"cat_status": "inactive"}, 404),
            ({"status": "INACTIVE "}, 404),
            ({"cat_status": "n"}, 404),
            ({"cat_status": False}, 404),
            ({"cat_status": "hidden"}, 404),
            ({"cat_status": "inactive", "status": "active"}, 404),
            ({"cat_status": "active", "status": "inactive"}, 200),
            ({"cat_status": " Active"}, 200),
            ({"cat_status": "", "status": ""}, 200),
            ({"cat_status": "Y"}, 200),
            ({"other": "inactive"}, 200),
            ({"cat_status": ["active"]}, 404),
        ],
    )
    def test_its_data_say_whether_it_is_active(
        self, shop, given_category, set_category, data, status
    ):
        number = given_category("Tools")
        set_category(number, cat_data=data)
        shop(f"/v/c/{number}", status=status)
