"""GET /v/pc, /v/pc/<id>, /v/cpc/<id> and /sv/…: lists and searches for shops."""

import pytest


@pytest.fixture
def stock(given_attribute, given_category, given_product):
    """Tools with Saws and Files below it; a family, and products that are not for sale."""
    given_attribute("color", isFilterable="y")
    given_attribute("price", "number", isFilterable="y")
    numbers = {path: given_category(path) for path in ("Tools", "Tools > Saws", "Tools > Files")}
    given_product("T", title="Tool", categories=["Tools"], color="red", price="5")
    given_product("S1", title="Red saw", categories=["Tools > Saws"], color="red", price="10.0")
    given_product("S2", title="Blue saw", categories=["Tools > Saws"], color="blue", price="20")
    given_product("S1-L", title="Red saw", categories=["Tools > Saws"], variation_of="S1")
    given_product("F", title="File", categories=["Tools > Files", "Tools > Saws"], color="a|b")
    given_product("OFF", title="Old saw", categories=["Tools > Saws"], status="inactive")
    return numbers


@pytest.fixture
def saws(stock):
    return stock["Tools > Saws"]


class TestLists:
    def test_a_list_of_all(self, shop, stock):
        reply = shop("/v/pc", pageSize=2, pageNum=2)
        assert list(reply) == ["status", "products", "definition", "count"]
        assert [one["sku"] for one in reply["products"]] == ["S2", "T"]
        assert list(reply["products"][0]) == ["sku", "version", "data"]
        assert reply["count"] == 4

    def test_a_list_of_a_category(self, skus, stock, saws):
        assert skus(f"/v/pc/{saws}") == ["F", "S1", "S2"]
        assert skus(f"/v/pc/{stock['Tools']}/") == ["T"]
        assert skus("/v/pc/0") == skus("/v/pc")

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"color": "red"}, ["S1"]),
            ({"color": "red|blue"}, ["S1", "S2"]),
            ({"color": ["red", "a|b"]}, ["F", "S1"]),
            ({"filters": "color,price", "color": "red", "price": "10;;"}, ["S1"]),
            ({"price": "20;;5"}, ["S1", "S2"]),
            ({"includeVariants": "true"}, ["F", "S1", "S1-L", "S2"]),
            ({"order-by": "price|desc"}, ["S2", "S1", "F"]),
            ({"order-by": "color,sku|desc"}, ["F", "S2", "S1"]),
            ({"order-by": ["color|desc", "sku|asc"]}, ["S1", "S2", "F"]),
            ({"search": "saw red"}, ["S1"]),
        ],
    )
    def test_parameters_narrow_and_order_it(self, skus, saws, query, found):
        assert skus(f"/v/pc/{saws}", **query) == found
        assert skus(f"/v/cpc/{saws}", **query) == found

    def test_with_children_it_is_the_subtree(self, skus, stock, close_category):
        tools = f"/v/cpc/{stock['Tools']}"
        assert skus(tools, includeChildren="Y") == ["F", "S1", "S2", "T"]
        close_category(stock["Tools > Saws"])
        assert skus(tools, includeChildren="Y") == ["F", "T"]

    def test_a_product_does_not_come_by_way_of_an_inactive_category(
        self, skus, stock, close_category, given_category, given_product
    ):
        given_category("Garden")
        given_product("G", categories=["Tools > Saws", "Garden"])
        close_category(stock["Tools > Saws"])
        assert "G" not in skus(f"/v/pc/{stock['Tools']}", includeChildren="true")
        assert skus("/v/pc") == ["F", "G", "T"]

    def test_variations_of_an_inactive_parent_stay_variations(self, skus, edit, stock, saws):
        edit("S1", status="inactive")
        assert skus(f"/v/pc/{saws}") == ["F", "S2"]
        assert skus(f"/v/pc/{saws}", includeVariants="1") == ["F", "S1-L", "S2"]

    def test_a_category_brings_its_details(self, shop, stock):
        reply = shop(f"/v/cpc/{stock['Tools']}", color="blue", includeChildren="true")
        assert list(reply) == ["status", "products", "definition", "count", "currentCategory"]
        assert ([one["sku"] for one in reply["products"]], reply["count"]) == (["S2"], 1)
        (current,) = reply["currentCategory"]
        assert (current["cat_name"], current["product_count"]) == ("Tools", 4)
        assert [one["cat_name"] for one in current["children"]] == ["Files", "Saws"]
        dropdown = current["cat_filters"]["filter_dropdown"][0]
        assert (dropdown["attribute"], len(dropdown["values"])) == ("color", 3)

    def test_all_categories_together_have_no_details(self, shop, stock):
        reply = shop("/v/cpc/0")
        assert (reply["count"], reply["currentCategory"]) == (4, [])

    @pytest.mark.parametrize("route", ["/v/pc/{}", "/v/cpc/{}", "/v/c/{}", "/sv/{}/saw"])
    def test_a_category_that_is_not_there_or_not_active_is_refused_alike(
        self, shop, stock, close_category, route
    ):
        close_category(stock["Tools"])
        closed, below, nobody = (
            shop(route.format(number), status=404)
            for number in (stock["Tools"], stock["Tools > Saws"], 99)
        )
        assert closed["status_message"] == "Category does not exist!"
        assert closed == below == nobody


class TestSearch:
    @pytest.mark.parametrize("path", ["/sv//saw", "/sv/saw", "/sv//saw/", "/api/en-us/sv//saw"])
    def test_words_are_searched_everywhere(self, shop, stock, path):
        reply = shop(path)
        assert [one["sku"] for one in reply["products"]] == ["S1", "S2"]
        assert list(reply) == [
            "status", "products", "definition", "found_in_categories", "found_total",
            "search_phrase", "filters",
        ]  # fmt: skip
        assert (reply["found_total"], reply["search_phrase"]) == (2, "saw")
        (category,) = reply["found_in_categories"]
        assert (category["cat_path"], category["product_count"]) == ("Tools > Saws", 2)
        assert [one["attribute"] for one in reply["filters"]["filter_dropdown"]] == ["color"]

    def test_within_a_category_and_with_filters(self, skus, stock, saws):
        assert skus(f"/sv/{saws}/saw", color="blue") == ["S2"]
        assert skus(f"/sv/{stock['Tools']}/saw") == []
        assert skus(f"/sv/{stock['Tools']}/saw", includeChildren="true") == ["S1", "S2"]

    def test_nothing_found_says_no_more(self, shop, stock):
        assert list(shop("/sv//nothing")) == ["status", "products", "definition"]

    def test_filters_count_what_was_found(self, shop, stock):
        values = shop("/sv//saw", color="red")["filters"]["filter_dropdown"][0]["values"]
        assert values == [{"value": "red", "count": 1}]
