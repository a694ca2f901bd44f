"""GET /v/p/<sku> and /v/pl: single products for shops."""

import pytest

MISSING = "Product does not exist!"


class TestOneProduct:
    def test_it_comes_with_its_attributes_definition_and_categories(
        self, shop, given_category, given_product
    ):
        number = given_category("Tools > Saws")
        given_product("SAW 1", title="Saw", categories=["Tools > Saws"])
        reply = shop("/v/p/SAW 1")
        assert list(reply) == ["status", "sku", "version", "data", "categories"]
        assert (reply["status"], reply["sku"], reply["version"]) == ("OK", "SAW 1", 1)
        assert reply["data"]["attributes"]["title"] == "Saw"
        assert reply["data"]["definition"]["title"]["type"] == "string"
        assert [(one["id"], one["cat_path"]) for one in reply["categories"]] == [
            (number, "Tools > Saws")
        ]

    @pytest.mark.parametrize("path", ["/v/p/A/B", "/v/p/A%2FB", "/v/p/A/B/", "/api/en-us/v/p/A/B"])
    def test_its_sku_may_hold_slashes(self, shop, given_product, path):
        given_product("A/B")
        assert shop(path)["sku"] == "A/B"

    def test_a_sku_may_end_with_a_slash(self, shop, given_product):
        given_product("A/")
        given_product("A")
        assert shop("/v/p/A/")["sku"] == "A/"

    @pytest.mark.parametrize("status", ["inactive", "deleted"])
    def test_one_that_is_not_active_is_not_there(self, shop, given_product, status):
        given_product("A", status=status)
        assert shop("/v/p/A", status=404)["status_message"] == MISSING
        assert shop("/v/p/A", status=404) == shop("/v/p/NOBODY", status=404)

    @pytest.mark.parametrize("path", ["/v/p/%00", "/v/p/A%00", "/v/p/%00/"])
    def test_one_with_nul_in_its_sku_is_not_there(self, shop, given_product, path):
        given_product("A")
        assert shop(path, status=404)["status_message"] == MISSING

    def test_one_in_inactive_categories_only_is_not_there(
        self, shop, given_category, given_product, close_category
    ):
        tools = given_category("Tools")
        given_category("Tools > Saws")
        given_category("Garden")
        given_product("SAW", categories=["Tools > Saws"])
        given_product("BOTH", categories=["Tools > Saws", "Garden"])
        close_category(tools)
        assert shop("/v/p/SAW", status=404)["status_message"] == MISSING
        assert [one["cat_name"] for one in shop("/v/p/BOTH")["categories"]] == ["Garden"]

    def test_variations_that_are_not_active_are_left_out_of_the_family(
        self, shop, given_product, edit
    ):
        given_product("P", variation_attributes=["title"])
        given_product("P1", variation_of="P", title="a")
        given_product("P2", variation_of="P", title="b", status="inactive")
        shown = shop("/v/p/P")["data"]["attributes"]
        assert shown["variation_skus"] == ["P1"]
        assert set(shown["variation_matrix"]) == {"P", "P1"}
        assert shop("/v/p/P1")["data"]["attributes"]["variation_of"] == "P"
        edit("P", status="inactive")
        assert shop("/v/p/P1")["data"]["attributes"]["variation_of"] is None

    def test_the_reply_can_be_narrowed(self, shop, given_product):
        given_product("A", title="x")
        reply = shop("/v/p/A", attributes="title,thumbnail", omitEmpty="true", definition="false")
        assert reply["data"] == {"attributes": {"sku": "A", "title": "x"}}


class TestProductsBySku:
    def test_they_come_by_sku_in_the_order_asked(self, shop, given_product):
        for sku in ("A", "B", "C"):
            given_product(sku, title=f"Title {sku}")
        given_product("OFF", status="inactive")
        reply = shop("/v/pl", skus="C, A,NOBODY,OFF,C")
        assert list(reply) == ["status", "skus", "data", "definition", "categories"]
        assert reply["skus"] == ["C", "A"]
        titles = {sku: one["title"] for sku, one in reply["data"]["attributes"].items()}
        assert titles == {"C": "Title C", "A": "Title A"}
        assert [one["cat_name"] for one in reply["categories"]] == ["Uncategorized"]

    def test_unknown_ones_are_an_empty_answer(self, shop):
        reply = shop("/v/pl", skus="NOBODY")
        assert (reply["skus"], reply["data"], reply["categories"]) == ([], {"attributes": {}}, [])

    def test_the_parameter_may_be_repeated(self, shop, given_product):
        given_product("A")
        given_product("B")
        assert shop("/v/pl?skus=B&skus=A")["skus"] == ["B", "A"]

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("", "SKU list is not provided!"),
            ("?skus=", "The SKU list is empty!"),
            ("?skus=,%20,", "The SKU list is empty!"),
            ("?skus=" + ",".join(map(str, range(501))), "At most 500 SKUs at a time!"),
        ],
    )
    def test_a_list_that_cannot_be_is_refused(self, shop, query, message):
        reply = shop("/v/pl" + query, status=400)
        assert reply["status_message"] == message
        assert reply["errors"][0]["pointer"] == "skus"
