"""listProductsBySku."""

import pytest


def skus(reply):
    return [one["sku"] for one in reply["products"]]


def test_replies_with_products_definition_and_count(tool_shop) -> None:
    reply = tool_shop("listProductsBySku", skus=["H1", "S1"], status=200)

    assert set(reply) == {"status", "products", "definition", "sku_count"}
    assert (reply["status"], reply["sku_count"], skus(reply)) == ("OK", 2, ["H1", "S1"])
    for one in reply["products"]:
        single = tool_shop("listProduct", sku=one["sku"])
        assert one == {
            "sku": single["sku"],
            "version": single["version"],
            "data": {"attributes": single["data"]["attributes"]},
        }
    assert reply["definition"] == single["data"]["definition"]


@pytest.mark.parametrize(
    ("case", "asked", "found"),
    [
        ("the order asked", ["S1", "H1", "G1"], ["S1", "H1", "G1"]),
        ("duplicates once", ["S1", "H1", "S1"], ["S1", "H1"]),
        ("unknown ones left out", ["nobody", "H1", "h1"], ["H1"]),
        ("only unknown ones", ["nobody"], []),
        ("blank ones left out", ["", " ", "H1"], ["H1"]),
        ("spaces around", [" H1 ", "H1"], ["H1"]),
        ("variations, inactive ones", ["S1-A", "a1"], ["S1-A", "a1"]),
        ("deleted ones left out", ["D1", "H1"], ["H1"]),
    ],
)
def test_finds(tool_shop, case, asked, found) -> None:
    reply = tool_shop("listProductsBySku", skus=asked, status=200)

    assert (skus(reply), reply["sku_count"]) == (found, len(found))


@pytest.mark.parametrize("yes", [True, "true", "Y", "1"])
def test_includes_deleted_ones(tool_shop, yes) -> None:
    reply = tool_shop("listProductsBySku", skus=["D1", "H1"], includeDeleted=yes, status=200)

    assert skus(reply) == ["D1", "H1"]


@pytest.mark.parametrize("name", ["skus", "sku_list", "sku"])
def test_accepts_other_spellings(tool_shop, name) -> None:
    reply = tool_shop("listProductsBySku", **{name: ["H1"]}, status=200)

    assert skus(reply) == ["H1"]


@pytest.mark.parametrize(
    ("case", "body", "message", "code"),
    [
        ("no key", {}, "SKU list is not provided!", "required"),
        ("null", {"skus": None}, "SKU list is not provided!", "required"),
        ("sku that is no list", {"sku": "H1"}, "SKU list is not provided!", "required"),
        ("text", {"skus": "H1,S1"}, "List of SKUs should be an ARRAY!", "type"),
        ("empty text", {"skus": ""}, "List of SKUs should be an ARRAY!", "type"),
        ("object", {"skus": {"0": "H1"}}, "List of SKUs should be an ARRAY!", "type"),
        ("number", {"skus": 5}, "List of SKUs should be an ARRAY!", "type"),
        ("flag", {"skus": True}, "List of SKUs should be an ARRAY!", "type"),
        ("alias as text", {"sku_list": "H1"}, "List of SKUs should be an ARRAY!", "type"),
        ("empty", {"skus": []}, "The SKU list is empty!", "required"),
        ("empty alias", {"sku": []}, "The SKU list is empty!", "required"),
    ],
)
def test_refuses(tool_shop, case, body, message, code) -> None:
    reply = tool_shop("listProductsBySku", **body, status=400)

    assert reply["status_message"] == message
    assert [(error["code"], error["message"]) for error in reply["errors"]] == [(code, message)]


@pytest.mark.parametrize("wrong", [5, None, True, ["H1"], {"sku": "H1"}])
def test_refuses_skus_that_are_no_text(tool_shop, wrong) -> None:
    reply = tool_shop("listProductsBySku", skus=["H1", wrong], status=400)

    assert [error["pointer"] for error in reply["errors"]] == ["/skus/1"]
    assert reply["status_message"] == "Every element of skus must be text!"


def test_takes_at_most_500_skus(tool_shop) -> None:
    many = [f"X{number}" for number in range(499)] + ["H1"]
    assert skus(tool_shop("listProductsBySku", skus=many, status=200)) == ["H1"]

    reply = tool_shop("listProductsBySku", skus=[*many, "S1"], status=400)

    assert [error["code"] for error in reply["errors"]] == ["limit"]
    assert "500" in reply["status_message"]


def test_narrows_what_it_shows(tool_shop) -> None:
    params = {"attributes": ["title"], "definition": "N"}

    reply = tool_shop("listProductsBySku", skus=["H1"], params=params, status=200)

    assert set(reply) == {"status", "products", "sku_count"}
    attributes = {"sku": "H1", "title": "Claw hammer"}
    assert reply["products"][0]["data"] == {"attributes": attributes}
