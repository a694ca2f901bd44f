"""createProduct."""

import pytest

from tests.databases.fresh import on_one_engine

EMPTY = {
    "categories": ["Uncategorized"],
    "status": "active",
    "title": None,
    "thumbnail": None,
    "variation_of": None,
    "variation_attributes": [],
    "variation_skus": [],
    "variation_matrix": {},
}


def create(pims, sku, *, status=200, **body):
    return pims("createProduct", sku=sku, status=status, **body)


def faults(reply):
    return [(error["code"], error.get("pointer")) for error in reply["errors"]]


def test_replies_with_the_product_and_the_definition(pims, given_attribute) -> None:
    given_attribute("price", "number")

    reply = create(pims, "ROD-1", data={"attributes": {"title": "Rod", "price": "1.50"}})

    assert set(reply) == {"status", "sku", "version", "data", "transaction"}
    assert (reply["status"], reply["sku"], reply["version"]) == ("OK", "ROD-1", 1)
    assert set(reply["data"]) == {"attributes", "definition"}
    expected = EMPTY | {"sku": "ROD-1", "title": "Rod", "price": "1.50"}
    assert reply["data"]["attributes"] == expected
    del reply["transaction"]  # a read has none
    assert pims("listProduct", sku="ROD-1") == reply


@pytest.mark.parametrize(
    ("case", "body"),
    [
        ("no data", {}),
        ("null data", {"data": None}),
        ("empty data", {"data": {}}),
        ("null attributes", {"data": {"attributes": None}}),
        ("no attributes", {"data": {"attributes": {}}}),
        ("nothing but unset values", {"data": {"attributes": {"title": None, "thumbnail": ""}}}),
    ],
)
def test_without_values_makes_an_empty_product(pims, case, body) -> None:
    reply = create(pims, "A", **body)

    assert reply["data"]["attributes"] == EMPTY | {"sku": "A"}
    assert reply["version"] == 1


@on_one_engine
@pytest.mark.parametrize(
    ("case", "body"),
    [
        ("none", {}),
        ("null", {"sku": None}),
        ("empty", {"sku": ""}),
        ("spaces", {"sku": " \t\n "}),
        ("none, but in the attributes", {"data": {"attributes": {"sku": "A"}}}),
    ],
)
def test_needs_a_sku(pims, unchanged, case, body) -> None:
    with unchanged():
        reply = pims("createProduct", **body, status=400)

    assert reply["status_message"] == "SKU cannot be empty!"
    assert faults(reply) == [("required", "/sku")]


@pytest.mark.parametrize("status", ["active", "inactive", "deleted"])
def test_refuses_a_sku_that_is_taken(pims, given_product, unchanged, status) -> None:
    given_product("ROD-1", status=status)

    for sku in ("ROD-1", " ROD-1 "):
        with unchanged():
            reply = create(pims, sku, data={"attributes": {"title": "Other"}}, status=409)

        assert reply == {
            "status": "Error",
            "status_message": "Product already exists!",
            "errors": [{"code": "exists", "message": "Product already exists!"}],
        }


@pytest.mark.parametrize(
    ("case", "sku"),
    [
        ("one character", "A"),
        ("255 characters", "x" * 255),
        ("255 characters of 4 bytes", "\U0001f600" * 255),
        ("spaces inside", "ROD 1"),
        ("other case", "rod-1"),
        ("signs", "'; DROP TABLE product; --"),
        ("slashes", "a/b\\c?d=e&f#g"),
        ("other scripts", "Стержень-棒-é"),
        ("looks like a number", "007"),
        ("wildcards", "%_*"),
        ("JSON", '{"$ne": null}'),
        ("prototype", "__proto__"),
    ],
)
def test_takes_any_sku(pims, given_product, case, sku) -> None:
    given_product("ROD-1")

    assert create(pims, sku)["data"]["attributes"] == EMPTY | {"sku": sku}
    assert pims("listProduct", sku=sku, status=200)["sku"] == sku
    found = pims("getList", params={"filter_values": {"sku": [sku]}}, status=200)
    assert [one["sku"] for one in found["products"]] == [sku]


def test_trims_the_sku(pims) -> None:
    reply = create(pims, "  ROD-1\n")

    assert (reply["sku"], reply["data"]["attributes"]["sku"]) == ("ROD-1", "ROD-1")


@on_one_engine
@pytest.mark.parametrize(
    ("case", "sku"),
    [
        ("256 characters", "x" * 256),
        ("control character", "a\x1fb"),
        ("line end inside", "a\nb"),
        ("delete character", "a\x7fb"),
        ("C1 control character", "a\x85b"),
        ("number", 5),
        ("flag", True),
        ("list", ["A"]),
        ("object", {"sku": "A"}),
    ],
)
def test_refuses_a_sku_that_is_none(pims, unchanged, case, sku) -> None:
    with unchanged():
        reply = create(pims, sku, status=400)

    assert [error["pointer"] for error in reply["errors"]] == ["/sku"]


@on_one_engine
@pytest.mark.parametrize(
    ("case", "body", "pointer"),
    [
        ("data as list", {"data": []}, "/data"),
        ("data as text", {"data": "title"}, "/data"),
        ("data as number", {"data": 5}, "/data"),
        ("data as flag", {"data": False}, "/data"),
        ("attributes as list", {"data": {"attributes": []}}, "/data/attributes"),
        ("attributes as text", {"data": {"attributes": "x"}}, "/data/attributes"),
        ("attributes as flag", {"data": {"attributes": False}}, "/data/attributes"),
        ("strict", {"strict": "maybe"}, "/strict"),
        ("dry_run", {"dry_run": []}, "/dry_run"),
        ("pauseReIndexing", {"pauseReIndexing": "perhaps"}, "/pauseReIndexing"),
        ("pauseReIndexing as object", {"pauseReIndexing": {}}, "/pauseReIndexing"),
        ("if_version", {"if_version": "x"}, "/if_version"),
        ("product_type", {"product_type": 5}, "/product_type"),
        ("createMissing as text", {"createMissing": "categories"}, "/createMissing"),
        ("createMissing as object", {"createMissing": {}}, "/createMissing"),
        ("createMissing of 11", {"createMissing": [1] * 11}, "/createMissing"),
    ],
)
def test_refuses_wrong_types(pims, unchanged, case, body, pointer) -> None:
    with unchanged():
        reply = create(pims, "A", **body, status=400)

    assert [error["pointer"] for error in reply["errors"]] == [pointer]


@pytest.mark.parametrize("pause", ["Y", "", "N", True, False, None, "true", "1"])
def test_accepts_pause_re_indexing(pims, pause) -> None:
    create(pims, "A", pauseReIndexing=pause)

    assert pims("getList")["sku_count"] == 1


def test_tells_every_fault_at_once(pims, given_attribute, unchanged) -> None:
    given_attribute("price", "number")
    values = {"price": "cheap", "status": "gone", "categories": ["Nowhere"], "variation_of": "X"}

    with unchanged():
        reply = create(pims, "A", data={"attributes": values}, status=400)

    assert {(error["code"], error["attribute"]) for error in reply["errors"]} == {
        ("type", "price"),
        ("dictionary", "status"),
        ("unknown_category", "categories"),
        ("not_found", "variation_of"),
    }
    assert reply["status_message"] == reply["errors"][0]["message"]


def test_an_accepted_name_with_a_refused_value_stores_nothing(pims, unchanged) -> None:
    with unchanged():
        create(pims, "A", data={"attributes": {"title": "Rod", "status": "gone"}}, status=400)

    pims("listProduct", sku="A", status=404)


@pytest.mark.parametrize("status", ["active", "inactive", "deleted"])
def test_takes_the_status_that_is_sent(pims, status) -> None:
    reply = create(pims, "A", data={"attributes": {"status": status}})

    assert reply["data"]["attributes"]["status"] == status


def test_fills_in_defaults_when_nothing_is_sent(pims, given_attribute, shown) -> None:
    given_attribute("unit", value="piece")
    given_attribute("price", "number", value="1.00")

    create(pims, "A")
    create(pims, "B", data={"attributes": {"unit": "box", "price": None}})

    assert (shown("A")["unit"], shown("A")["price"]) == ("piece", "1.00")
    assert (shown("B")["unit"], shown("B")["price"]) == ("box", None)


def test_refuses_an_unknown_product_type(pims, unchanged) -> None:
    with unchanged():
        reply = create(pims, "A", product_type="defualt", status=400)

    [error] = reply["errors"]
    assert (error["pointer"], error["nearest"]) == ("/product_type", "default")


def test_the_sku_among_the_attributes_must_be_the_same(pims, unchanged) -> None:
    create(pims, "A", data={"attributes": {"sku": "A"}})

    with unchanged():
        reply = create(pims, "B", data={"attributes": {"sku": "C"}}, status=400)

    assert faults(reply) == [("read_only", "/data/attributes/sku")]


def test_a_dry_run_shows_the_result_and_stores_nothing(pims, unchanged) -> None:
    with unchanged():
        reply = create(pims, "A", data={"attributes": {"title": "Rod"}}, dry_run=True)

    assert (reply["dry_run"], reply["sku"], reply["version"]) == (True, "A", 1)
    assert reply["data"]["attributes"] == EMPTY | {"sku": "A", "title": "Rod"}
    assert reply["changes"] == {
        "old": {"sku": None, "status": None, "categories": None, "title": None},
        "new": {
            "sku": "A",
            "status": "active",
            "categories": ["Uncategorized"],
            "title": "Rod",
        },
    }
    pims("listProduct", sku="A", status=404)


def test_a_dry_run_refuses_as_the_real_one(pims, given_product, unchanged) -> None:
    given_product("A")

    with unchanged():
        create(pims, "A", dry_run=True, status=409)
        create(pims, "B", dry_run=True, data={"attributes": {"status": "gone"}}, status=400)


def test_makes_missing_categories_when_told(pims, shown) -> None:
    values = {"categories": ["Tools > Hammers", "Garden"]}

    create(pims, "A", data={"attributes": values}, createMissing=["categories"])

    assert shown("A")["categories"] == ["Tools > Hammers", "Garden"]
    listed = pims("listCategories", path="/pim/manage/categories")["categories"]
    paths = {one["cat_path"] for one in listed}
    assert paths == {"Uncategorized", "Tools", "Tools > Hammers", "Garden"}


@pytest.mark.parametrize(
    ("case", "permissions", "status"),
    [
        ("editor alone", ["pim_editor"], 403),
        ("editor and manager", ["pim_editor", "pim_manager"], 200),
        ("editor and importer", ["pim_editor", "pim_import"], 200),
        ("manager alone", ["pim_manager"], 403),
    ],
)
def test_making_categories_needs_a_permission(
    pims, make_key, unchanged, case, permissions, status
) -> None:
    key = make_key(*permissions)
    body = {"data": {"attributes": {"categories": ["Tools"]}}, "createMissing": ["categories"]}

    if status == 403:
        with unchanged():
            reply = create(pims, "A", key=key, **body, status=403)
        assert [error["code"] for error in reply["errors"]] == ["forbidden"]
    else:
        create(pims, "A", key=key, **body)


def test_a_refused_request_leaves_no_category_and_no_option_behind(
    pims, given_attribute, unchanged
) -> None:
    given_attribute("color", "dropdown", dictionary={"data": ["red"]})
    values = {"categories": ["Tools"], "color": "blue", "status": "gone"}

    with unchanged():
        missing = ["categories", "dictionary"]
        create(pims, "A", data={"attributes": values}, createMissing=missing, status=400)


def test_create_missing_knows_two_words(pims, unchanged) -> None:
    with unchanged():
        reply = create(pims, "A", createMissing=["attributes"], status=400)

    assert faults(reply) == [("range", "/createMissing")]
    assert reply["errors"][0]["allowed"] == ["categories", "dictionary"]


def test_a_default_that_is_not_allowed_any_more_is_left_out(pims, given_attribute, given_product):
    given_product("OTHER")
    given_attribute("link", "relation", value="OTHER")
    created = given_product("ROD-1")
    assert created["data"]["attributes"]["link"] == "OTHER"


def test_a_taken_sku_and_a_bad_value_are_told_together(pims, given_attribute, given_product):
    given_attribute("price", "number")
    given_product("ROD-1")
    values = {"price": "cheap"}
    answer = pims("createProduct", sku="ROD-1", data={"attributes": values}, status=400)
    assert [one["code"] for one in answer["errors"]] == ["exists", "type"]
    assert answer["status_message"] == "Product already exists!"


def test_the_sku_among_the_attributes_may_have_the_same_spaces(pims):
    values = {"sku": " ROD-1 "}
    answer = pims("createProduct", sku=" ROD-1 ", data={"attributes": values}, status=200)
    assert answer["sku"] == "ROD-1"
