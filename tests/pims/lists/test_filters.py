"""filter_values of getList."""

import pytest

from tests.pims.tool_shop import WITHOUT_VARIATIONS

FILTERS = "/params/filter_values"


def found(tool_shop, filters, **params):
    reply = tool_shop("getList", params={"filter_values": filters} | params, status=200)
    skus = [one["sku"] for one in reply["products"]]
    assert reply["sku_count"] == len(skus)
    return skus


@pytest.mark.parametrize(
    ("case", "filters", "skus"),
    [
        ("none", {}, WITHOUT_VARIATIONS),
        ("number as text", {"price": "10.50"}, ["H1"]),
        ("equal number, other text", {"price": "10.5"}, ["H1"]),
        ("JSON number", {"price": 9}, ["H2"]),
        ("JSON number with a point", {"price": 100.0}, ["S1"]),
        ("negative number", {"price": "-1"}, ["S2"]),
        ("number nobody has", {"price": "7"}, []),
        ("range", {"price": "9;;11"}, ["H1", "H2"]),
        ("range, high end first", {"price": "11;;9"}, ["H1", "H2"]),
        ("range holds both ends", {"price": "10.5;;100.0"}, ["H1", "S1", "a1"]),
        ("range of one number", {"price": "9;;9.0"}, ["H2"]),
        ("range open above", {"price": "10.50;;"}, ["H1", "S1", "a1"]),
        ("range open below", {"price": ";;9"}, ["H2", "S2"]),
        ("range below zero", {"price": "-5;;0"}, ["S2"]),
        ("any of", {"price": "9|100"}, ["H2", "S1"]),
        ("value or range", {"price": "9|50;;200"}, ["H2", "S1"]),
        ("list", {"price": ["9", "100"]}, ["H2", "S1"]),
        ("list of JSON numbers and ranges", {"price": [9, "50;;200"]}, ["H2", "S1"]),
        ("dropdown", {"color": "red"}, ["H1", "S1"]),
        ("dropdown, any of", {"color": "red|green"}, ["H1", "H2", "S1"]),
        ("dropdown, value without products", {"color": "blue"}, []),
        ("text", {"brand": "Bosch"}, ["H1", "S1"]),
        ("text, case matters", {"brand": "makita"}, ["G1"]),
        ("text with a bar reads as any of", {"brand": "A|B"}, []),
        ("text with a bar in a list", {"brand": ["A|B"]}, ["S2"]),
        ("part of a text is no match", {"brand": "Bos"}, []),
        ("wildcards mean nothing", {"brand": "B%"}, []),
        ("collection, some element", {"tags": "sale"}, ["G1", "H1"]),
        ("collection, any of", {"tags": "heavy|new"}, ["H1", "H2"]),
        ("collection of numbers", {"sizes": "16"}, ["H1"]),
        ("collection of numbers, range", {"sizes": "4;;17"}, ["H1", "S1"]),
        ("a gap between elements", {"sizes": "17;;19"}, []),
        ("true", {"in_stock": True}, ["H1", "S2"]),
        ("false leaves unset ones out", {"in_stock": False}, ["H2"]),
        ("flag as Y", {"in_stock": "Y"}, ["H1", "S2"]),
        ("flag as 0", {"in_stock": "0"}, ["H2"]),
        ("flag as text", {"in_stock": "TRUE"}, ["H1", "S2"]),
        ("date", {"released": "2024-01-15"}, ["H1"]),
        ("range of dates", {"released": "2024-01-01;;2024-12-31"}, ["H1", "S1"]),
        ("range of dates, open below", {"released": ";;2024-01-15"}, ["H1", "H2"]),
        ("range of dates, late end first", {"released": "2024-12-31;;2024-01-16"}, ["S1"]),
        ("status", {"status": "inactive"}, ["a1"]),
        ("status of what is left out", {"status": "deleted"}, []),
        ("category", {"categories": "Tools > Hammers"}, ["H1", "H2"]),
        ("category without spaces", {"categories": "Tools>Hammers"}, ["H1", "H2"]),
        ("category is not its subtree", {"categories": "Tools"}, ["S2"]),
        ("second category", {"categories": "Garden"}, ["G1", "H2"]),
        ("sku", {"sku": "H1|H2|none"}, ["H1", "H2"]),
        ("title", {"title": "Hand saw"}, ["S1"]),
        ("all must hold", {"brand": "Bosch", "color": "red", "price": ";;50"}, ["H1"]),
        ("all must hold, none does", {"brand": "Bosch", "color": "green"}, []),
    ],
)
def test_finds(tool_shop, case, filters, skus) -> None:
    assert found(tool_shop, filters) == skus


@pytest.mark.parametrize(
    ("case", "params", "skus"),
    [
        ("deleted", {"includeDeleted": True}, ["D1", "H1", "S1"]),
        ("not deleted", {}, ["H1", "S1"]),
        ("a search", {"includeDeleted": True, "search": "rake"}, ["D1"]),
    ],
)
def test_holds_together_with(tool_shop, case, params, skus) -> None:
    assert found(tool_shop, {"brand": "Bosch"}, **params) == skus


def test_finds_variations_of_a_product(tool_shop) -> None:
    filters = {"variation_of": "S1"}

    assert found(tool_shop, filters, includeVariants=True) == ["S1-A", "S1-B"]
    assert found(tool_shop, filters) == []


@pytest.mark.parametrize(
    ("case", "filters", "code", "attribute"),
    [
        ("not filterable", {"weight": "1"}, "unknown_attribute", "weight"),
        ("not filterable and searchable", {"note": "x"}, "unknown_attribute", "note"),
        ("no such attribute", {"nobody": "1"}, "unknown_attribute", "nobody"),
        ("computed", {"variation_skus": "S1"}, "unknown_attribute", "variation_skus"),
        ("name in other case", {"Price": "1"}, "unknown_attribute", "Price"),
        ("empty name", {"": "1"}, "unknown_attribute", ""),
        ("empty text", {"price": ""}, "required", "price"),
        ("null", {"price": None}, "required", "price"),
        ("empty list", {"price": []}, "required", "price"),
        ("empty part", {"brand": "a||b"}, "required", "brand"),
        ("only a bar", {"brand": "|"}, "required", "brand"),
        ("empty in a list", {"brand": ["a", ""]}, "required", "brand"),
        ("null in a list", {"brand": ["a", None]}, "required", "brand"),
        ("no number", {"price": "cheap"}, "type", "price"),
        ("exponent", {"price": "1e2"}, "type", "price"),
        ("flag for a number", {"price": True}, "type", "price"),
        ("object", {"price": {"gt": 1}}, "type", "price"),
        ("list in a list", {"price": [["9"]]}, "type", "price"),
        ("range without ends", {"price": ";;"}, "type", "price"),
        ("range of three", {"price": "1;;2;;3"}, "type", "price"),
        ("range of words", {"price": "a;;b"}, "type", "price"),
        ("range on text", {"brand": "a;;b"}, "type", "brand"),
        ("range on a dropdown", {"color": "red;;blue"}, "type", "color"),
        ("no flag", {"in_stock": "maybe"}, "type", "in_stock"),
        ("no date", {"released": "2024-02-30"}, "type", "released"),
        ("date in another form", {"released": "15.01.2024"}, "type", "released"),
        ("not in the dictionary", {"color": "purple"}, "dictionary", "color"),
        ("no status", {"status": "gone"}, "dictionary", "status"),
        ("no category", {"categories": "Tools > Hamers"}, "unknown_category", "categories"),
        ("JSON number for text", {"brand": 5}, "type", "brand"),
    ],
)
def test_refuses(tool_shop, case, filters, code, attribute) -> None:
    reply = tool_shop("getList", params={"filter_values": filters}, status=400)

    assert {(error["code"], error["attribute"]) for error in reply["errors"]} == {(code, attribute)}
    for error in reply["errors"]:
        assert error["pointer"].startswith(f"{FILTERS}/{attribute}")
    assert reply["status_message"] == reply["errors"][0]["message"]


def test_tells_hidden_and_not_filterable_alike(tool_shop) -> None:
    def message(name):
        reply = tool_shop("getList", params={"filter_values": {name: "x"}}, status=400)
        return reply["status_message"].replace(name, "…")

    assert message("code") == message("zzzz")


def test_names_what_was_probably_meant(tool_shop) -> None:
    filters = {"pryce": "1", "color": "rd", "categories": "Tools > Hamers"}

    reply = tool_shop("getList", params={"filter_values": filters}, status=400)

    nearest = {error["attribute"]: error["nearest"] for error in reply["errors"]}
    assert nearest == {"pryce": "price", "color": "red", "categories": "Tools > Hammers"}


@pytest.mark.parametrize("wrong", [["price"], "price", 5, True])
def test_refuses_filters_that_are_no_object(tool_shop, wrong) -> None:
    reply = tool_shop("getList", params={"filter_values": wrong}, status=400)

    assert [error["code"] for error in reply["errors"]] == ["type"]
