"""The addresses and query strings of the reads for shops: who may, and what is refused."""

import pytest

from tests.databases.fresh import on_one_engine
from views.pims.shop.reads import SHOP_READS

PATHS = [
    path.replace("<path:sku>", "A").replace("<category_id>", "1").replace("<path:word>", "w")
    .replace("<word>", "w") for path in SHOP_READS
]  # fmt: skip


@pytest.fixture(autouse=True)
def price(given_attribute):
    given_attribute("price", "number", isFilterable="y")
    given_attribute("cost", "number")


@pytest.mark.parametrize("path", PATHS)
class TestEveryAddress:
    def test_it_needs_a_key_that_may_read(self, shop, client, make_key, given_product, path):
        given_product("A")
        query = {"skus": "A"} if path == "/v/pl" else {}
        assert client.get(path).status_code == 401
        shop(path, key=make_key("pim_export"), status=403, **query)
        shop(path, key=make_key("pim_user"), **query)
        shop(path, key=make_key("pim_editor"), **query)

    def test_it_knows_locales_and_no_other_method(self, shop, client, given_product, path):
        given_product("A")
        query = {"skus": "A"} if path == "/v/pl" else {}
        assert shop(path, locale="en-us", **query) == shop(path, **query)
        assert shop(path, locale="xx-yy", status=404, **query)["errors"][0]["allowed"] == ["en-us"]
        assert client.post(path).status_code == 405

    def test_a_view_that_is_not_for_the_key_is_a_warning(self, shop, given_product, path):
        given_product("A")
        query = {"skus": "A"} if path == "/v/pl" else {}
        reply = shop(path, view="nobody", **query)
        assert [one["pointer"] for one in reply["warnings"]] == ["ApiView"]
        assert list(reply)[-1] == "warnings"

    @on_one_engine
    def test_the_character_nul_is_refused(self, shop, path):
        assert shop(path + "?a%00=1", status=400)["errors"][0]["code"] == "syntax"


@on_one_engine
@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("pageSize=0", "range", "pageSize"),
        ("pageSize=501", "range", "pageSize"),
        ("pageSize=1.0", "range", "pageSize"),
        ("pageSize=%C2%B2", "range", "pageSize"),
        ("pageSize=" + "9" * 5_000, "range", "pageSize"),
        ("pageNum=-1", "range", "pageNum"),
        ("pageSize=1&pageSize=2", "type", "pageSize"),
        ("includeChildren=maybe", "type", "includeChildren"),
        ("includeVariants=2", "type", "includeVariants"),
        ("order-by=price|up", "range", "order-by"),
        ("order-by=cost|asc", "unknown_attribute", "order-by"),
        ("order-by=", "unknown_attribute", "order-by"),
        ("order-by=" + ",".join(["price"] * 11), "limit", "order-by"),
        ("price=cheap", "type", "price"),
        ("price=", "required", "price"),
        ("price=1;;x", "type", "price"),
        ("cost=1", "unknown_attribute", "cost"),
        ("filters=price", "required", "price"),
        ("filters=price&price=1&title=x", "unknown_attribute", "title"),
        ("filters=nobody&nobody=1", "unknown_attribute", "nobody"),
        ("pagesize=2", "unknown_attribute", "pagesize"),
        ("title=a;;b", "type", "title"),
        ("search=" + "a" * 1_001, "limit", "search"),
        ("includeDeleted=true", "unknown_attribute", "includeDeleted"),
        ("condition_query=1", "unknown_attribute", "condition_query"),
    ],
)
@pytest.mark.parametrize("path", ["/v/pc", "/v/cpc/1"])
def test_a_bad_parameter_is_named(shop, path, query, code, pointer):
    errors = shop(f"{path}?{query}", status=400)["errors"]
    assert [(one["code"], one["pointer"]) for one in errors] == [(code, pointer)]


@on_one_engine
def test_every_bad_parameter_is_told(shop):
    errors = shop("/v/pc?pageSize=0&price=x&includeChildren=q&order-by=cost", status=400)["errors"]
    pointers = {one["pointer"] for one in errors}
    assert pointers == {"pageSize", "price", "includeChildren", "order-by"}


@on_one_engine
@pytest.mark.parametrize("number", ["x", "-1", "1.0", "2147483648", "9" * 5_000, "%C2%B2"])
@pytest.mark.parametrize("route", ["/v/pc/", "/v/cpc/", "/v/c/", "/v/ctn/"])
def test_an_id_that_is_none_is_refused(shop, route, number):
    (error,) = shop(route + number, status=400)["errors"]
    assert (error["code"], error["pointer"]) == ("range", "categoryId")


@pytest.mark.parametrize(
    ("path", "close"),
    [
        ("/v/p/A?attribute=sku", "attributes"),
        ("/v/pl?sku=A", "skus"),
        ("/v/c/1?includechildren=1", "includeChildren"),
        ("/v/ct?sorted=cat_name", "sort"),
    ],
)
def test_a_parameter_that_is_none_is_told_with_the_nearest(shop, given_product, path, close):
    given_product("A")
    error = shop(path, status=400)["errors"][0]
    assert (error["code"], error["nearest"]) == ("unknown_attribute", close)


def test_an_address_without_parameters_says_so(shop):
    reply = shop("/v/ct/word", status=400, x="1")
    assert reply["status_message"] == "There is no parameter 'x': this address takes none!"


def test_a_sort_that_is_none_is_refused(shop):
    (error,) = shop("/v/ctf", status=400, sort="price")["errors"]
    assert (error["pointer"], error["allowed"]) == ("sort", ["cat_order", "cat_name"])


def test_a_filter_may_have_the_name_of_another_parameter(shop, given_attribute, given_product):
    given_attribute("search", isFilterable="y")
    given_product("A", search="x")
    given_product("B", search="y")
    reply = shop("/v/pc", filters="search", search="x")
    assert [one["sku"] for one in reply["products"]] == ["A"]
