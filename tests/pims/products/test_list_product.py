"""listProduct."""

import pytest

SYSTEM = [
    "sku",
    "categories",
    "status",
    "title",
    "thumbnail",
    "variation_of",
    "variation_attributes",
    "variation_skus",
    "variation_matrix",
]
FLAGS = ("type", "collection", "isUnique", "isSearchable", "isIndexable", "isFilterable")


def test_replies_with_the_product_and_the_definition(pims, given_attribute, given_product) -> None:
    given_attribute("price", "number")
    given_attribute("tags", collection="y")
    given_product("ROD-1", title="Steel rod", price="100.00")

    reply = pims("listProduct", sku="ROD-1", status=200)

    definition = reply["data"].pop("definition")
    assert reply == {
        "status": "OK",
        "sku": "ROD-1",
        "version": 1,
        "data": {
            "attributes": {
                "sku": "ROD-1",
                "categories": ["Uncategorized"],
                "status": "active",
                "title": "Steel rod",
                "thumbnail": None,
                "price": "100.00",
                "tags": [],
                "variation_of": None,
                "variation_attributes": [],
                "variation_skus": [],
                "variation_matrix": {},
            }
        },
    }
    assert set(definition) == {*SYSTEM, "price", "tags"}


def test_replies_with_the_definition_alone_when_no_sku_is_sent(pims, given_attribute) -> None:
    given_attribute("price", "number")

    reply = pims("listProduct", status=200)

    assert set(reply) == {"status", "data"}
    assert reply["data"]["attributes"] == {}
    assert set(reply["data"]["definition"]) == {*SYSTEM, "price"}


@pytest.mark.parametrize(
    ("case", "sku"),
    [
        ("blank", ""),
        ("spaces", "   "),
        ("unknown", "NONE"),
        ("other case", "rod-1"),
        ("part", "ROD"),
        ("wildcard", "ROD-_"),
    ],
)
def test_a_product_that_is_not_there(pims, given_product, case, sku) -> None:
    given_product("ROD-1")

    reply = pims("listProduct", sku=sku, status=404)

    assert reply == {
        "status": "Error",
        "status_message": "Product does not exist!",
        "errors": [{"code": "not_found", "message": "Product does not exist!"}],
    }


@pytest.mark.parametrize("wrong", [5, 1.5, True, ["ROD-1"], {"sku": "ROD-1"}])
def test_refuses_a_sku_that_is_no_text(pims, given_product, wrong) -> None:
    given_product("5")

    reply = pims("listProduct", sku=wrong, status=400)

    assert [(error["code"], error["pointer"]) for error in reply["errors"]] == [("type", "/sku")]


def test_spaces_around_a_sku_do_not_count(pims, given_product) -> None:
    given_product("ROD-1")

    assert pims("listProduct", sku="  ROD-1\t", status=200)["sku"] == "ROD-1"


def test_shows_deleted_and_inactive_products(pims, given_product) -> None:
    given_product("GONE", status="deleted")
    given_product("REST", status="inactive")

    for sku, status in (("GONE", "deleted"), ("REST", "inactive")):
        reply = pims("listProduct", sku=sku, status=200)
        assert reply["data"]["attributes"]["status"] == status


@pytest.mark.parametrize(
    ("case", "params", "expected"),
    [
        ("names", {"attributes": ["title"]}, {"sku": "A", "title": "Rod"}),
        ("no names", {"attributes": []}, {"sku": "A"}),
        ("not even empty ones", {"attributes": ["title", "thumbnail"], "omitEmpty": "Y"},
         {"sku": "A", "title": "Rod"}),
        ("unknown names", {"attributes": ["title", "nobody"]}, {"sku": "A", "title": "Rod"}),
    ],
)  # fmt: skip
def test_narrows_the_attributes(pims, given_product, case, params, expected) -> None:
    given_product("A", title="Rod")

    reply = pims("listProduct", sku="A", params=params, status=200)

    assert reply["data"]["attributes"] == expected
    assert "definition" in reply["data"]


def test_warns_of_attributes_that_are_not_there(pims, given_product) -> None:
    given_product("A", title="Rod")
    params = {"attributes": ["title", "titel", "titel", "n" * 100], "definition": False}

    warnings = pims("listProduct", sku="A", params=params, status=200)["warnings"]

    shown = "n" * 64
    assert warnings == [
        {
            "code": "unknown_attribute",
            "message": "There is no attribute 'titel': the name was ignored.",
            "attribute": "titel",
            "pointer": "/params/attributes/1",
            "nearest": "title",
        },
        {
            "code": "unknown_attribute",
            "message": f"There is no attribute {shown!r}: the name was ignored.",
            "attribute": shown,
            "pointer": "/params/attributes/3",
        },
    ]


def test_tells_of_at_most_100_warnings(pims, given_product) -> None:
    given_product("A")

    reply = pims("listProduct", sku="A", params={f"k{n:03}": 1 for n in range(250)}, status=200)

    assert [one["pointer"] for one in reply["warnings"][:100]] == [
        f"/params/k{n:03}" for n in range(100)
    ]
    assert reply["warnings"][100:] == [{"code": "limit", "message": "… and 150 more."}]


def test_tells_of_at_most_100_faults(pims, given_product) -> None:
    given_product("A")

    reply = pims("listProduct", sku="A", params={"attributes": [1] * 10_000}, status=400)

    assert [one["pointer"] for one in reply["errors"][:100]] == [
        f"/params/attributes/{n}" for n in range(100)
    ]
    assert reply["status_message"] == "Every element of attributes must be text!"
    assert reply["errors"][100:] == [{"code": "limit", "message": "… and 9900 more."}]


def test_leaves_the_definition_out(pims, given_product) -> None:
    given_product("A")

    reply = pims("listProduct", sku="A", params={"definition": False}, status=200)

    assert set(reply["data"]) == {"attributes"}


@pytest.mark.parametrize(
    ("case", "params", "pointer"),
    [
        ("params", [], "/params"),
        ("attributes as text", {"attributes": "title"}, "/params/attributes"),
        ("attributes as numbers", {"attributes": [1]}, "/params/attributes/0"),
        ("omitEmpty", {"omitEmpty": "maybe"}, "/params/omitEmpty"),
        ("definition", {"definition": []}, "/params/definition"),
    ],
)
def test_refuses_wrong_types(pims, given_product, case, params, pointer) -> None:
    given_product("A")

    reply = pims("listProduct", sku="A", params=params, status=400)

    assert [(error["code"], error["pointer"]) for error in reply["errors"]] == [("type", pointer)]


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("sku", ["string", "n", "y", "y", "y", "y"]),
        ("title", ["string", "n", "n", "y", "y", "y"]),
        ("status", ["dropdown", "n", "n", "n", "y", "y"]),
        ("categories", ["string", "y", "n", "n", "n", "y"]),
        ("variation_of", ["relation", "n", "n", "n", "n", "y"]),
        ("variation_attributes", ["string", "y", "n", "n", "n", "n"]),
        ("variation_skus", ["string", "y", "n", "n", "n", "n"]),
        ("variation_matrix", ["text", "n", "n", "n", "n", "n"]),
        ("thumbnail", ["media", "n", "n", "n", "n", "n"]),
    ],
)
def test_defines_the_system_attributes(pims, name, flags) -> None:
    definition = pims("listProduct")["data"]["definition"][name]

    assert [definition[flag] for flag in FLAGS] == flags
    assert definition["label"]["en-us"]


def test_defines_an_attribute(pims, given_attribute) -> None:
    given_attribute(
        "rod_diameter",
        "dropdown",
        label={"en-us": "Rod diameter"},
        comment={"en-us": "Outside"},
        group="Basic",
        isFilterable="y",
        dictionaryIsStatic="y",
        dictionary={"columns": ["value", "inch"], "data": [["7.3 cm", "2.875"], ["4 cm", "1.66"]]},
    )

    definition = pims("listProduct")["data"]["definition"]["rod_diameter"]

    dictionary = definition.pop("dictionary")
    assert definition == {
        "type": "dropdown",
        "collection": "n",
        "isUnique": "n",
        "isSearchable": "n",
        "isIndexable": "n",
        "isFilterable": "y",
        "isSimpleType": "y",
        "group": "Basic",
        "label": {"en-us": "Rod diameter"},
        "comment": {"en-us": "Outside"},
        "validation": "",
        "value": "",
        "dictionaryIsStatic": "y",
    }
    assert dictionary["columns"] == ["value", "inch"]
    assert dictionary["data"] == [["7.3 cm", "2.875"], ["4 cm", "1.66"]]
    assert set(dictionary) == {
        "columns", "data", "visible", "sorting", "sortingMethod", "unique", "validation",
    }  # fmt: skip


def test_only_dropdowns_have_a_dictionary(pims, given_attribute) -> None:
    for kind in ("string", "number", "boolean", "date", "text", "html", "media", "url", "relation"):
        given_attribute(f"a_{kind}", kind)

    definition = pims("listProduct")["data"]["definition"]

    assert {name for name, one in definition.items() if "dictionary" in one} == {"status"}


def test_the_definition_keeps_its_bytes_until_it_changes(
    client, key, given_attribute, given_product
) -> None:
    def definition():
        body = {"action": "listProduct", "params": {"attributes": []}}
        return client.post("/pim/manage/products", json=body, headers={"ApiKey": key}).data

    given_attribute("price", "number")
    first = definition()
    given_product("A", price="1")
    second = definition()
    given_attribute("weight", "number")

    assert first == second != definition()


def test_warns_of_unknown_keys_beside_params(pims, given_product) -> None:
    given_product("A")

    reply = pims("listProduct", sku="A", sku_list=["B"], comment=5, status=200)

    assert [one["pointer"] for one in reply["warnings"]] == ["/comment", "/sku_list"]


def test_warns_of_unknown_keys_inside_params(pims, given_product) -> None:
    given_product("A")

    reply = pims("listProduct", sku="A", params={"atributes": ["title"]}, status=200)

    [warning] = reply["warnings"]
    assert (warning["pointer"], warning["nearest"]) == ("/params/atributes", "attributes")
