"""The example of the documentation that PIMS callers know, from the first product to its history.

Part-number00 is a rod with the variations Part-number01 and 02, which differ in rod_diameter. Its
price goes from 100.00 to 110.50 and its title changes.
"""

import pytest

PARENT, FIRST, SECOND = "Part-number00", "Part-number01", "Part-number02"
DIAMETERS = ["2.875 in (7.3 cm)", "1.66 in (4.22 cm)", "2.625 in (6.67 cm)"]
CATEGORY = "CategoryNameParent > CategoryName"

SHORT = {
    "type", "collection", "isUnique", "label", "validation", "isSearchable", "isIndexable",
    "isFilterable", "group", "comment",
}  # fmt: skip
LONG = SHORT | {"value", "isSimpleType", "dictionaryIsStatic"}
DEFINITION = {
    "sku": SHORT,
    "categories": SHORT,
    "status": SHORT | {"dictionary"},  # ours: a dropdown has its dictionary
    "title": SHORT,
    "thumbnail": LONG,
    "price": LONG,
    "rod_diameter": LONG | {"dictionary"},
    "variation_attributes": LONG,
    "variation_of": LONG,
    "variation_skus": LONG,
    "variation_matrix": LONG,
}
DICTIONARY = {
    "visible", "sortingMethod", "columns", "validation", "sorting", "unique", "data",
}  # fmt: skip
ATTRIBUTES = {
    "sku": PARENT,
    "categories": [CATEGORY],
    "status": "active",
    "title": "Title PART-number00",
    "thumbnail": None,  # ours: every attribute is there
    "price": "100.00",
    "rod_diameter": DIAMETERS[0],
    "variation_attributes": ["rod_diameter"],
    "variation_of": None,
    "variation_skus": [FIRST, SECOND],  # ours: a flat list
    "variation_matrix": {
        FIRST: {"rod_diameter": [DIAMETERS[1]]},
        SECOND: {"rod_diameter": [DIAMETERS[2]]},
        PARENT: {"rod_diameter": [DIAMETERS[0]]},
    },
}


@pytest.fixture(autouse=True)
def rods(given_attribute, given_category, given_product):
    given_attribute("price", "number", isFilterable="y")
    given_attribute("rod_diameter", "dropdown", dictionary={"data": DIAMETERS})
    given_category(CATEGORY)
    given_product(
        PARENT,
        title="Title PART-number00",
        price="100.00",
        rod_diameter=DIAMETERS[0],
        categories=[CATEGORY],
        variation_attributes=["rod_diameter"],
    )
    for sku, diameter in ((FIRST, DIAMETERS[1]), (SECOND, DIAMETERS[2])):
        given_product(sku, rod_diameter=diameter, variation_of=PARENT, categories=[CATEGORY])


def check_definition(definition) -> None:
    assert {name: set(one) for name, one in definition.items()} == DEFINITION
    for name, one in definition.items():
        if "dictionary" in one:
            check_dictionary(one.pop("dictionary"))
        for part in ("label", "comment"):
            assert all(isinstance(text, str) for text in one.pop(part).values()), name
        assert all(isinstance(leaf, str) for leaf in one.values()), name


def check_dictionary(dictionary) -> None:
    assert set(dictionary) == DICTIONARY
    assert isinstance(dictionary["sortingMethod"], str)
    for part in ("visible", "unique"):
        assert all(type(leaf) is int for leaf in dictionary[part]), part
    for part in ("columns", "validation", "sorting", "data"):
        assert all(isinstance(leaf, str) for leaf in dictionary[part]), part


def test_list_product(pims) -> None:
    reply = pims("listProduct", sku=PARENT, status=200)

    check_definition(reply["data"].pop("definition"))
    assert reply == {
        "status": "OK",
        "sku": PARENT,
        "version": 1,
        "data": {"attributes": ATTRIBUTES},
    }


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("getList", {"params": {"condition_query": "[[sku]] not LIKE 'IMP%'"}}),
        ("listProductsBySku", {"skus": [PARENT]}),
    ],
)
def test_lists(pims, action, body) -> None:
    reply = pims(action, **body, status=200)

    check_definition(reply.pop("definition"))
    assert reply == {
        "status": "OK",
        "products": [{"sku": PARENT, "version": 1, "data": {"attributes": ATTRIBUTES}}],
        "sku_count": 1,
    }


def test_edit_product(pims) -> None:
    body = {"data": {"attributes": {"price": "110.50"}}, "pauseReIndexing": ""}

    reply = pims("editProduct", sku=PARENT, **body, status=200)

    check_definition(reply["data"].pop("definition"))
    assert reply == {
        "status": "OK",
        "sku": PARENT,
        "version": 2,
        "data": {"attributes": ATTRIBUTES | {"price": "110.50"}},
        "transaction": 9,
    }


def test_create_product(pims) -> None:
    body = {"data": {"attributes": {"price": "100.00", "variation_of": PARENT}}}

    reply = pims("createProduct", sku="Part-number03", **body, status=200)

    check_definition(reply["data"].pop("definition"))
    assert set(reply) == {"status", "sku", "version", "data", "transaction"}
    assert set(reply["data"]["attributes"]) == set(ATTRIBUTES)
    skus = pims("listProduct", sku=PARENT)["data"]["attributes"]["variation_skus"]
    assert skus == [FIRST, SECOND, "Part-number03"]


def test_history_product(pims, key) -> None:
    for values in ({"price": "110.50"}, {"title": "Title PART-number00 new"}):
        pims("editProduct", sku=PARENT, data={"attributes": values}, status=200)

    reply = pims("historyProduct", sku=PARENT, status=200)

    check_definition(reply.pop("definition"))
    assert set(reply) == {"status", "total_count", "history"}
    assert (reply["status"], reply["total_count"]) == ("OK", 3)
    creation, price, title = reply["history"]
    told = {"user", "new", "old", "formatted_date_round", "date", "transaction"}
    assert set(creation) == told
    assert (price["old"], price["new"]) == ({"price": "100.00"}, {"price": "110.50"})
    assert (title["old"], title["new"]) == (
        {"title": "Title PART-number00"},
        {"title": "Title PART-number00 new"},
    )
    assert {entry["user"] for entry in reply["history"]} == {f"{key[0]}xxx...xxx{key[-1]}"}
    assert all(type(entry["date"]) is int for entry in reply["history"])
    assert all(entry["formatted_date_round"].endswith(" 00:00:00") for entry in reply["history"])


def test_an_attribute_that_nobody_knows_is_ignored(pims, unchanged) -> None:
    with unchanged():
        values = {"attributes": {"pricee": "110.50"}}
        reply = pims("editProduct", sku=PARENT, data=values, status=200)

    assert reply["data"]["attributes"] == ATTRIBUTES


def test_deleting_is_an_edit_of_the_status(pims) -> None:
    pims("editProduct", sku=PARENT, data={"attributes": {"status": "deleted"}}, status=200)

    assert pims("getList")["products"] == []
    deleted = pims("getList", params={"includeDeleted": "true"})["products"]
    assert [one["sku"] for one in deleted] == [PARENT]
