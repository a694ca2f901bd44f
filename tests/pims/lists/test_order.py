"""order of getList."""

import pytest

from tests.pims.tool_shop import WITH_VARIATIONS, WITHOUT_VARIATIONS


def found(tool_shop, order, **params):
    reply = tool_shop("getList", params={"order": order} | params, status=200)
    return [one["sku"] for one in reply["products"]]


@pytest.mark.parametrize(
    ("case", "order", "skus"),
    [
        ("none: by SKU", [], WITHOUT_VARIATIONS),
        (
            "numbers as numbers, unset last",
            [{"attribute": "price", "direction": "ASC"}],
            ["S2", "H2", "H1", "a1", "S1", "G1", "U1"],
        ),
        (
            "downwards, unset last too",
            [{"attribute": "price", "direction": "DESC"}],
            ["S1", "a1", "H1", "H2", "S2", "G1", "U1"],
        ),
        (
            "equal numbers of other text by SKU",
            [{"attribute": "weight", "direction": "DESC"}],
            ["H2", "H1", "S1", "G1", "S2", "U1", "a1"],
        ),
        (
            "direction left out",
            [{"attribute": "weight"}],
            ["H1", "S1", "H2", "G1", "S2", "U1", "a1"],
        ),
        (
            "direction in lower case",
            [{"attribute": "weight", "direction": "desc"}],
            ["H2", "H1", "S1", "G1", "S2", "U1", "a1"],
        ),
        (
            "text by code point, unset last",
            [{"attribute": "title"}],
            ["H1", "G1", "S1", "S2", "H2", "a1", "U1"],
        ),
        (
            "text downwards",
            [{"attribute": "title", "direction": "DESC"}],
            ["a1", "H2", "S2", "S1", "G1", "H1", "U1"],
        ),
        (
            "ties by SKU ascending, downwards too",
            [{"attribute": "color", "direction": "DESC"}],
            ["H1", "S1", "H2", "G1", "S2", "U1", "a1"],
        ),
        (
            "second attribute within the first",
            [{"attribute": "color"}, {"attribute": "price", "direction": "DESC"}],
            ["H2", "S1", "H1", "a1", "S2", "G1", "U1"],
        ),
        (
            "dates",
            [{"attribute": "released", "direction": "DESC"}],
            ["S1", "H1", "H2", "G1", "S2", "U1", "a1"],
        ),
        ("status", [{"attribute": "status"}], ["G1", "H1", "H2", "S1", "S2", "U1", "a1"]),
        (
            "status downwards",
            [{"attribute": "status", "direction": "DESC"}],
            ["a1", "G1", "H1", "H2", "S1", "S2", "U1"],
        ),
        (
            "SKU downwards",
            [{"attribute": "sku", "direction": "DESC"}],
            ["a1", "U1", "S2", "S1", "H2", "H1", "G1"],
        ),
        (
            "other spellings",
            [{"name": "weight", "dir": "DESC"}],
            ["H2", "H1", "S1", "G1", "S2", "U1", "a1"],
        ),
        (
            "further spellings",
            [{"field": "weight", "order": "DESC"}],
            ["H2", "H1", "S1", "G1", "S2", "U1", "a1"],
        ),
    ],
)
def test_orders(tool_shop, case, order, skus) -> None:
    assert found(tool_shop, order) == skus


def test_puts_variations_after_their_parent_by_default(tool_shop) -> None:
    assert found(tool_shop, [], includeVariants=True) == WITH_VARIATIONS


def test_puts_false_before_true(tool_shop) -> None:
    assert found(tool_shop, [{"attribute": "in_stock"}])[:3] == ["H2", "H1", "S2"]


def test_an_order_by_sku_knows_no_parents(pims, given_product) -> None:
    given_product("B")
    given_product("A", variation_of="B")
    given_product("C", variation_of="B")
    params = {"includeVariants": True}

    by_path = pims("getList", params=params)
    by_sku = pims("getList", params=params | {"order": [{"attribute": "sku"}]})

    assert [one["sku"] for one in by_path["products"]] == ["B", "A", "C"]
    assert [one["sku"] for one in by_sku["products"]] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("case", "order", "code"),
    [
        ("collection", [{"attribute": "tags"}], "unknown_attribute"),
        ("categories", [{"attribute": "categories"}], "unknown_attribute"),
        ("neither filterable nor indexable", [{"attribute": "note"}], "unknown_attribute"),
        ("long text", [{"attribute": "story"}], "unknown_attribute"),
        ("computed", [{"attribute": "variation_skus"}], "unknown_attribute"),
        ("thumbnail", [{"attribute": "thumbnail"}], "unknown_attribute"),
        ("nobody knows it", [{"attribute": "nobody"}], "unknown_attribute"),
        ("no name", [{"direction": "ASC"}], "required"),
        ("null name", [{"attribute": None}], "required"),
        ("name of wrong type", [{"attribute": 5}], "type"),
        ("no direction", [{"attribute": "price", "direction": "UP"}], "range"),
        ("direction of wrong type", [{"attribute": "price", "direction": 1}], "type"),
        ("text", "price", "type"),
        ("object", {"attribute": "price"}, "type"),
        ("list of texts", ["price"], "type"),
    ],
)
def test_refuses(tool_shop, case, order, code) -> None:
    reply = tool_shop("getList", params={"order": order}, status=400)

    assert [error["code"] for error in reply["errors"]] == [code]
    assert reply["errors"][0]["pointer"].startswith("/params/order")
