"""Checksums of what a caller sees of products, and the comparison with those that it knows.

What checksums of `tool_shop` are is written out: they are the same on both engines.
"""

import re

import pytest

CATEGORIES = "/pim/manage/categories"
VIEWS = "/pim/manage/views"
ATTRIBUTES = "/pim/manage/attributes"
SUMMED = {"checksum": True, "definition": False}


def sums(reply):
    return {one["sku"]: one["checksum"] for one in reply["products"]}


def of_one(pims, sku, **context):
    params = SUMMED | context.pop("params", {})
    return pims("listProduct", sku=sku, params=params, status=200, **context)["checksum"]


def test_every_reading_action_tells_the_same_one_beside_the_version(tool_shop) -> None:
    single = tool_shop("listProduct", sku="S1", params=SUMMED, status=200)
    several = tool_shop("listProductsBySku", skus=["H1", "S1"], params=SUMMED, status=200)
    page = {"pagination": {"pageSize": 500}, "includeVariants": True}
    listed = tool_shop("getList", params=SUMMED | page, status=200)
    again = tool_shop("getList", params=SUMMED | page, status=200)

    assert list(single) == ["status", "sku", "version", "checksum", "data"]
    assert list(several["products"][0]) == ["sku", "version", "checksum", "data"]
    assert sums(several)["S1"] == sums(listed)["S1"] == single["checksum"]
    assert listed == again
    assert len(set(sums(listed).values())) == len(listed["products"]) == 9


def test_it_is_the_same_in_every_process_and_on_every_engine(tool_shop) -> None:
    found = sums(tool_shop("listProductsBySku", skus=["H1", "S1", "U1"], params=SUMMED))

    assert found == {
        "H1": "c09532d512f97e0e6d35a1d5f2bcee95",
        "S1": "115b6da4de22c359dc3c381a5ecd6a2d",
        "U1": "36913ccb91bedabc40c893b6d3dab227",
    }
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in found.values())


@pytest.mark.parametrize("no", [False, "N", None])
def test_without_the_flag_there_is_none(tool_shop, no) -> None:
    assert "checksum" not in tool_shop("listProduct", sku="S1", params={"checksum": no}, status=200)


@pytest.mark.parametrize(
    "narrow",
    [
        {"attributes": ["title"]},
        {"attributes": []},
        {"omitEmpty": True},
        {"omitEmpty": True, "attributes": ["title", "price", "variation_skus"]},
        {"system": True, "missing": True, "definition": True},
    ],
)
def test_it_covers_what_params_leave_out(tool_shop, narrow) -> None:
    whole = tool_shop("listProductsBySku", skus=["S1", "H1"], params=SUMMED, status=200)
    bare = tool_shop("listProductsBySku", skus=["S1", "H1"], params=narrow, status=200)
    told = tool_shop("listProductsBySku", skus=["S1", "H1"], params=SUMMED | narrow, status=200)
    paged = tool_shop(
        "getList", params=SUMMED | narrow | {"filter_values": {"sku": "S1|H1"}}, status=200
    )

    assert sums(told) == sums(whole) == sums(paged)
    shown = [one["data"]["attributes"] for one in bare["products"]]
    assert [one["data"]["attributes"] for one in told["products"]] == shown


def test_changes_tell_it_too(tool_shop) -> None:
    params = {"since": 0, "checksum": True, "attributes": ["title"]}
    reply = tool_shop("changes", params=params, status=200)

    told = {one["sku"]: one for one in reply["changes"]}
    assert list(told["S1"]) == [
        "sku", "kind", "transaction", "date", "version", "checksum", "data",
    ]  # fmt: skip
    assert told["S1"]["checksum"] == of_one(tool_shop, "S1")
    assert told["S1"]["data"]["attributes"] == {"sku": "S1", "title": "Hand saw"}


@pytest.fixture
def family(pims, given_attribute, given_category, given_product, german):
    """LAMP with the variation LAMP-R, a link to BULB, and a cost that the View `shop` hides."""
    given_category("Lamps")
    given_attribute("cost", "number")
    given_attribute("color", "dropdown", dictionary={"data": ["red", "blue"]})
    given_attribute("note", isLocalizable="y")
    given_attribute("needs", "relation")
    given_product("BULB", title="Bulb")
    given_product(
        "LAMP", title="Lamp", cost="3", needs="BULB", categories=["Lamps"], note="hot",
        variation_attributes=["color"],
    )  # fmt: skip
    given_product("LAMP-R", title="Red lamp", variation_of="LAMP", color="red")
    shown = ("title", "status", "categories", "color", "note", "needs", "variation_skus",
             "variation_matrix", "variation_of")  # fmt: skip
    pims("addPimView", path=VIEWS, name="shop", attributes={name: {} for name in shown},
         condition_query="NOT [[title]] = 'Hidden'", status=200)  # fmt: skip


CHANGES = [
    ("a value", lambda pims: edit(pims, "LAMP", title="Lampe"), True, True),
    ("a value that a View hides", lambda pims: edit(pims, "LAMP", cost="4"), True, False),
    ("a value of another locale", lambda pims: edit(pims, "LAMP", locale="de-de", note="heiß"),
     False, False),
    ("the value of a variation", lambda pims: edit(pims, "LAMP-R", color="blue"), True, True),
    ("a variation hidden", lambda pims: edit(pims, "LAMP-R", title="Hidden"), False, True),
    ("a variation deleted", lambda pims: edit(pims, "LAMP-R", status="deleted"), True, True),
    ("a link's target hidden", lambda pims: edit(pims, "BULB", title="Hidden"), False, True),
    ("another product", lambda pims: edit(pims, "BULB", cost="1"), False, False),
    ("a category renamed", lambda pims: rename_category(pims), True, True),
    ("an option renamed", lambda pims: rename_option(pims), True, True),
    ("a new attribute", lambda pims: pims(
        "addAttribute", path=ATTRIBUTES, name="new", status=200,
        definition={"type": "string", "label": {"en-us": "New"}}), True, False),
    ("a label", lambda pims: pims(
        "editAttribute", path=ATTRIBUTES, name="cost", status=200,
        definition={"label": {"en-us": "Costs"}}), False, False),
    ("nothing", lambda pims: edit(pims, "LAMP", title="Lamp"), False, False),
    ("there and back", lambda pims: [edit(pims, "LAMP", title=one) for one in ("Lampe", "Lamp")],
     False, False),
]  # fmt: skip


def edit(pims, sku, locale=None, **attributes):
    pims("editProduct", sku=sku, data={"attributes": attributes}, locale=locale, status=200)


def rename_category(pims):
    (found,) = [
        one
        for one in pims("listCategories", path=CATEGORIES)["categories"]
        if one["cat_name"] == "Lamps"
    ]
    pims("editCategory", path=CATEGORIES, id=found["id"], name="Lights", status=200)


def rename_option(pims):
    pims("renameValue", path=ATTRIBUTES, name="color", value="red", to="crimson", status=200)


@pytest.mark.parametrize(
    ("case", "change", "whole_differs", "view_differs"), CHANGES, ids=[one[0] for one in CHANGES]
)
def test_it_differs_exactly_when_what_the_caller_sees_does(
    family, pims, case, change, whole_differs, view_differs
) -> None:
    whole, view = of_one(pims, "LAMP"), of_one(pims, "LAMP", view="shop")
    assert whole != view

    change(pims)

    assert (of_one(pims, "LAMP") != whole) is whole_differs
    assert (of_one(pims, "LAMP", view="shop") != view) is view_differs


def test_each_locale_and_each_moment_has_its_own(family, pims) -> None:
    before = of_one(pims, "LAMP")
    then = pims("getList", path="/pim/manage/products", params={"pagination": {"pageSize": 1}})
    assert then["status"] == "OK"
    number = pims("editProduct", sku="LAMP", locale="de-de",
                  data={"attributes": {"note": "heiß"}}, status=200)["transaction"]  # fmt: skip

    german = of_one(pims, "LAMP", locale="de-de")
    assert (german != before, of_one(pims, "LAMP")) == (True, before)
    assert of_one(pims, "LAMP", locale="de-de", params={"as_of": number - 1}) == before
    assert of_one(pims, "LAMP", locale="de-de", params={"as_of": number}) == german


def test_effective_values_have_their_own(pims, given_attribute, given_product) -> None:
    given_attribute("color")
    pims("addProductType", path=ATTRIBUTES, name="shirt", attributes=["color"], inherit="y",
         status=200)  # fmt: skip
    for sku, values in (("A", {"color": "red"}), ("A-1", {"variation_of": "A"})):
        data = {"attributes": values}
        pims("createProduct", sku=sku, product_type="shirt", data=data, status=200)
    own, effective = of_one(pims, "A-1"), of_one(pims, "A-1", params={"resolved": True})
    assert own != effective

    edit(pims, "A", color="blue")

    assert of_one(pims, "A-1") == own
    assert of_one(pims, "A-1", params={"resolved": True}) != effective
    effective = of_one(pims, "A-1", params={"resolved": True})
    for known, unchanged in ((own, 0), (effective, 1)):
        reply = pims("listProductsBySku", known={"A-1": known}, params={"resolved": True})
        assert reply["unchanged"] == unchanged


def test_known_ones_that_did_not_change_are_counted(tool_shop) -> None:
    known = sums(tool_shop("getList", params=SUMMED, status=200))
    assert len(known) == 7

    reply = tool_shop("listProductsBySku", known=known, params={"definition": False}, status=200)

    assert reply == {"status": "OK", "products": [], "sku_count": 0, "unchanged": 7, "gone": []}


def test_known_ones_that_differ_come_whole_and_in_their_order(tool_shop) -> None:
    known = sums(tool_shop("listProductsBySku", skus=["H1", "S1", "S1-A"], params=SUMMED))
    # This client sends keys in the order of their letters.
    asked = {" S1 ": "0" * 32, "D1": "0" * 32, "H1": known["H1"], "S1-A": "", "nobody": "0" * 32}

    reply = tool_shop("listProductsBySku", known=asked, status=200)

    assert reply["products"] == tool_shop(
        "listProductsBySku", skus=["S1", "S1-A"], params={"checksum": True}
    )["products"]  # fmt: skip
    assert (reply["sku_count"], reply["unchanged"], reply["gone"]) == (2, 1, ["D1", "nobody"])
    assert "definition" in reply


def test_deleted_ones_are_known_when_they_are_asked_for(tool_shop) -> None:
    one = of_one(tool_shop, "D1")

    reply = tool_shop("listProductsBySku", known={"D1": one}, includeDeleted=True, status=200)

    assert (reply["products"], reply["unchanged"], reply["gone"]) == ([], 1, [])


def test_what_a_view_hides_is_gone(family, pims) -> None:
    known = sums(pims("listProductsBySku", skus=["LAMP", "BULB"], params=SUMMED, view="shop"))
    edit(pims, "BULB", title="Hidden")

    reply = pims("listProductsBySku", known=known, params=SUMMED, view="shop", status=200)

    assert (list(sums(reply)), reply["unchanged"], reply["gone"]) == (["LAMP"], 0, ["BULB"])


def test_known_may_be_empty_and_narrowed(tool_shop) -> None:
    reply = tool_shop("listProductsBySku", known={}, params={"definition": False}, status=200)
    assert (reply["products"], reply["unchanged"], reply["gone"]) == ([], 0, [])

    params = {"attributes": ["title"]}
    reply = tool_shop("listProductsBySku", known={"H1": "-"}, params=params, status=200)
    data = {"attributes": {"sku": "H1", "title": "Claw hammer"}}
    assert reply["products"][0]["data"] == data
    assert reply["products"][0]["checksum"] == of_one(tool_shop, "H1")


@pytest.mark.parametrize(
    ("case", "body", "code", "pointer"),
    [
        ("a list", {"known": ["H1"]}, "type", "/known"),
        ("text", {"known": "H1"}, "type", "/known"),
        ("a number for a checksum", {"known": {"H1": "", "S1": 5}}, "type", "/known/S1"),
        ("null for a checksum", {"known": {"H1": None}}, "type", "/known/H1"),
        ("both", {"known": {"H1": ""}, "skus": ["H1"]}, "range", "/known"),
        ("both, by another name", {"known": {}, "sku_list": ["H1"]}, "range", "/known"),
        ("null", {"known": None}, "required", "/skus"),
        ("too many", {"known": {f"P{n}": "" for n in range(10_001)}}, "limit", "/known"),
        ("no flag", {"skus": ["H1"], "params": {"checksum": "x"}}, "type", "/params/checksum"),
    ],
)
def test_refuses(tool_shop, case, body, code, pointer) -> None:
    reply = tool_shop("listProductsBySku", **body, status=400)

    assert [(one["code"], one["pointer"]) for one in reply["errors"]] == [(code, pointer)]


def test_known_ones_cost_no_statement_each(pims, given_product, queries) -> None:
    for number in range(12):
        given_product(f"P{number}", title="Rod")
        given_product(f"P{number}-A", variation_of=f"P{number}")
    page = {"pagination": {"pageSize": 500}, "includeVariants": True}
    known = sums(pims("getList", params=SUMMED | page, status=200))
    assert len(known) == 24

    counts = []
    for some in (dict(list(known.items())[:2]), known):
        with queries() as sent:
            reply = pims("listProductsBySku", known=some, status=200)
        assert reply["unchanged"] == len(some)
        counts.append(len(sent))

    assert counts[0] == counts[1] <= 10
