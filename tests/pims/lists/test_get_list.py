"""getList: what the reply holds, categories, flags. Filters, order, … have their own files."""

import pytest

from tests.pims.tool_shop import WITH_VARIATIONS, WITHOUT_VARIATIONS


def skus(reply):
    return [one["sku"] for one in reply["products"]]


@pytest.fixture
def category_ids(tool_shop):
    reply = tool_shop("listCategories", path="/pim/manage/categories", status=200)
    return {one["cat_path"]: one["id"] for one in reply["categories"]}


def test_replies_with_products_definition_and_count(tool_shop) -> None:
    reply = tool_shop("getList", status=200)

    assert set(reply) == {"status", "products", "definition", "sku_count"}
    assert (reply["status"], reply["sku_count"], skus(reply)) == ("OK", 7, WITHOUT_VARIATIONS)
    for one in reply["products"]:
        assert set(one) == {"sku", "version", "data"}
        assert set(one["data"]) == {"attributes"}
        assert set(one["data"]["attributes"]) == set(reply["definition"])


def test_shows_the_same_as_list_product(tool_shop) -> None:
    reply = tool_shop("getList", params={"includeVariants": True})

    for one in reply["products"]:
        single = tool_shop("listProduct", sku=one["sku"])
        assert single["data"]["attributes"] == one["data"]["attributes"]
        assert single["version"] == one["version"]
    assert single["data"]["definition"] == reply["definition"]


@pytest.mark.parametrize(
    ("case", "category", "more", "found"),
    [
        ("a leaf", "Tools > Hammers", {}, ["H1", "H2"]),
        ("an inner one alone", "Tools", {}, ["S2"]),
        ("with its subtree", "Tools", {"includeChildren": True}, ["H1", "H2", "S1", "S2"]),
        ("include_children", "Tools", {"include_children": "Y"}, ["H1", "H2", "S1", "S2"]),
        ("includeSubcategories", "Tools", {"includeSubcategories": "1"}, ["H1", "H2", "S1", "S2"]),
        ("without its subtree", "Tools", {"includeChildren": "false"}, ["S2"]),
        ("second category of a product", "Garden", {}, ["G1", "H2"]),
        ("deleted ones", "Garden", {"includeDeleted": True}, ["D1", "G1", "H2"]),
        ("Uncategorized", "Uncategorized", {}, ["U1", "a1"]),
        ("variations", "Uncategorized", {"includeVariants": True}, ["S1-A", "S1-B", "U1", "a1"]),
        ("a filter too", "Tools", {"includeChildren": 1, "filter_values": {"color": "red"}},
         ["H1", "S1"]),
    ],
)  # fmt: skip
def test_lists_a_category(tool_shop, category_ids, case, category, more, found) -> None:
    reply = tool_shop("getList", params={"cat_id": category_ids[category]} | more, status=200)

    assert skus(reply) == found
    assert reply["sku_count"] == len(found)


@pytest.mark.parametrize("params", [{"cat_id": 0}, {"cat_id": None}, {}, {"includeChildren": True}])
def test_category_0_is_everything(tool_shop, params) -> None:
    assert skus(tool_shop("getList", params=params, status=200)) == WITHOUT_VARIATIONS


def test_an_unknown_category_is_not_there(tool_shop) -> None:
    reply = tool_shop("getList", params={"cat_id": 4711}, status=404)

    assert [error["code"] for error in reply["errors"]] == ["not_found"]


@pytest.mark.parametrize(
    ("case", "params", "found"),
    [
        ("variations", {"includeVariants": True}, WITH_VARIATIONS),
        ("include_variants", {"include_variants": True}, WITH_VARIATIONS),
        ("deleted", {"includeDeleted": True}, ["D1", *WITHOUT_VARIATIONS]),
        ("include_deleted", {"include_deleted": True}, ["D1", *WITHOUT_VARIATIONS]),
        ("showDeleted", {"showDeleted": True}, ["D1", *WITHOUT_VARIATIONS]),
        ("show_deleted", {"show_deleted": True}, ["D1", *WITHOUT_VARIATIONS]),
        ("both", {"includeDeleted": True, "includeVariants": True}, ["D1", *WITH_VARIATIONS]),
    ],
)
def test_includes(tool_shop, case, params, found) -> None:
    reply = tool_shop("getList", params=params, status=200)

    assert skus(reply) == found
    assert "warnings" not in reply


@pytest.mark.parametrize("yes", [True, "true", "TRUE", "True", "Y", "y", "1"])
def test_accepts_every_spelling_of_yes(tool_shop, yes) -> None:
    assert skus(tool_shop("getList", params={"includeVariants": yes})) == WITH_VARIATIONS


@pytest.mark.parametrize("no", [False, "false", "FALSE", "N", "n", "0"])
def test_accepts_every_spelling_of_no(tool_shop, no) -> None:
    assert skus(tool_shop("getList", params={"includeVariants": no})) == WITHOUT_VARIATIONS


@pytest.mark.parametrize("name", ["includeVariants", "includeDeleted", "includeChildren"])
@pytest.mark.parametrize("wrong", ["yes", "maybe", 2, [], {}])
def test_refuses_what_is_no_flag(tool_shop, name, wrong) -> None:
    reply = tool_shop("getList", params={name: wrong}, status=400)

    assert [(e["code"], e["pointer"]) for e in reply["errors"]] == [("type", f"/params/{name}")]


@pytest.mark.parametrize("wrong", [-1, 1.5, "Tools", True, [1], {}, 10**30])
def test_refuses_what_is_no_category_id(tool_shop, wrong) -> None:
    reply = tool_shop("getList", params={"cat_id": wrong}, status=400)

    assert [error["pointer"] for error in reply["errors"]] == ["/params/cat_id"]


@pytest.mark.parametrize("wrong", [[], "price", 5, True])
def test_refuses_params_that_are_no_object(tool_shop, wrong) -> None:
    reply = tool_shop("getList", params=wrong, status=400)

    assert [(error["code"], error["pointer"]) for error in reply["errors"]] == [("type", "/params")]


def test_tells_every_fault_at_once(tool_shop) -> None:
    params = {
        "cat_id": "x",
        "filter_values": {"nobody": "1", "price": "cheap"},
        "condition_query": "[[color]] =",
        "order": [{"attribute": "tags"}],
        "pagination": {"pageSize": 0},
    }

    reply = tool_shop("getList", params=params, status=400)

    assert {error["pointer"] for error in reply["errors"]} == {
        "/params/cat_id",
        "/params/filter_values/nobody",
        "/params/filter_values/price",
        "/params/condition_query",
        "/params/order/0/attribute",
        "/params/pagination/pageSize",
    }
    assert reply["status_message"] == reply["errors"][0]["message"]


def test_warns_of_unknown_keys_in_params_and_beside_them(tool_shop) -> None:
    reply = tool_shop("getList", params={"includeVariant": True}, includeVariants=True, status=200)

    assert skus(reply) == WITHOUT_VARIATIONS
    assert [(one["pointer"], one["nearest"]) for one in reply["warnings"]] == [
        ("/includeVariants", "params.includeVariants"),
        ("/params/includeVariant", "includeVariants"),
    ]


def test_narrows_the_attributes(tool_shop) -> None:
    params = {"attributes": ["price", "tags"], "filter_values": {"sku": "H1|U1"}}

    reply = tool_shop("getList", params=params, status=200)

    assert [one["data"]["attributes"] for one in reply["products"]] == [
        {"sku": "H1", "price": "10.50", "tags": ["new", "sale"]},
        {"sku": "U1", "price": None, "tags": []},
    ]


def test_omits_what_is_empty(tool_shop) -> None:
    params = {"omitEmpty": True, "filter_values": {"sku": "U1"}}

    reply = tool_shop("getList", params=params, status=200)

    expected = {"sku": "U1", "status": "active", "categories": ["Uncategorized"]}
    assert reply["products"][0]["data"]["attributes"] == expected


def test_leaves_the_definition_out(tool_shop) -> None:
    reply = tool_shop("getList", params={"definition": False}, status=200)

    assert set(reply) == {"status", "products", "sku_count"}


def test_an_empty_catalogue_is_an_empty_list(pims) -> None:
    reply = pims("getList", status=200)

    assert (reply["products"], reply["sku_count"]) == ([], 0)
    assert "sku" in reply["definition"]


@pytest.mark.parametrize("category", ["Tools", "nothing"])
def test_a_hidden_category_is_told_like_one_that_is_not_there(
    pims, make_key, given_category, category
):
    numbers = {"Tools": given_category("Tools"), "nothing": 4711}
    pims("addPimView", path="/pim/manage/views", name="bare", attributes={"title": {}}, status=200)
    key = make_key("pim_user", views=("bare",))

    reply = pims("getList", params={"cat_id": numbers[category]}, key=key, status=404)

    message = f"There is no category {numbers[category]}!"
    assert [error["message"] for error in reply["errors"]] == [message]
    assert pims("getList", params={"cat_id": 0}, key=key, status=200)["sku_count"] == 0


def test_null_is_the_same_as_left_out(tool_shop) -> None:
    names = (
        *("cat_id", "filter_values", "condition_query", "order", "search", "includeDeleted"),
        *("includeVariants", "includeChildren", "attributes", "omitEmpty", "definition"),
    )
    nulls = dict.fromkeys(names) | {"pagination": {"pageSize": None, "pageNum": None}}

    plain = tool_shop("getList", status=200)

    assert tool_shop("getList", params=nulls, status=200) == plain
    assert tool_shop("getList", params={"pagination": None}, status=200) == plain
    assert tool_shop("getList", params=None, status=200) == plain


@pytest.mark.parametrize(
    ("case", "params", "pointer"),
    [
        ("attributes", {"attributes": [1] * 10_001}, "/params/attributes"),
        ("order", {"order": [{}] * 11}, "/params/order"),
        ("filters", {"filter_values": {f"a{n}": "x" for n in range(101)}},
         "/params/filter_values"),
    ],
)  # fmt: skip
def test_refuses_long_lists_before_their_elements(tool_shop, case, params, pointer) -> None:
    reply = tool_shop("getList", params=params, status=400)

    assert [(one["code"], one["pointer"]) for one in reply["errors"]] == [("limit", pointer)]


def test_pointers_are_escaped_and_cut(tool_shop) -> None:
    reply = tool_shop("getList", params={"a/b~c": 1, "k" * 10_000: 1}, status=200)

    assert [one["pointer"] for one in reply["warnings"]] == [
        "/params/a~1b~0c",
        "/params/" + "k" * 64,
    ]
