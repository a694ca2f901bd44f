"""editAttribute with another type: every stored value gets the form of it, or nothing changes."""

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.snapshot import snapshot


@pytest.fixture
def convert(manage):
    """`convert("price", "number")`: the attribute gets the type, and what else is told."""

    def change(name, kind, status=200, dry_run=False, **more):
        definition = {"type": kind} | more
        sent = {"name": name, "definition": definition, "dry_run": dry_run}
        return manage("editAttribute", status=status, **sent)

    return change


@pytest.fixture
def sound(database):
    """`sound()`: history, index, full text and unique values agree with the documents."""

    def check():
        with snapshot(database, 1) as seen:
            assert [one for each in CHECKS for one in each.find(seen)] == []

    return check


def found(pims, condition):
    reply = pims("getList", params={"condition_query": condition}, status=200)
    return [one["sku"] for one in reply["products"]]


def ordered(pims, name):
    reply = pims("getList", params={"order": [{"attribute": name}]}, status=200)
    return [one["sku"] for one in reply["products"]]


CONVERSIONS = [
    ("string", "number", ["9.90", "19.90", " 5 "], ["9.90", "19.90", "5"]),
    ("number", "string", ["9.90", "007"], ["9.90", "007"]),
    ("string", "boolean", ["Y", "false", "1"], [True, False, True]),
    ("boolean", "string", [True, False], ["true", "false"]),
    ("number", "boolean", ["1", "0"], [True, False]),
    ("string", "date", ["2024-02-13"], ["2024-02-13"]),
    ("date", "datetime", ["2024-02-13"], ["2024-02-13"]),
    ("datetime", "string", ["2024-02-13T13:42Z"], ["2024-02-13T13:42Z"]),
    ("string", "dropdown", ["red", "green", "red"], ["red", "green", "red"]),
    ("dropdown", "string", ["red", "green"], ["red", "green"]),
    ("dropdown", "number", ["36", "38.5"], ["36", "38.5"]),
    ("string", "html", ["<p>Rod</p>"], ["<p>Rod</p>"]),
    ("text", "string", ["a\nb"], ["a\nb"]),
    ("string", "url", ["https://example.org"], ["https://example.org"]),
]


@pytest.mark.parametrize(("before", "kind", "sent", "becomes"), CONVERSIONS)
def test_values_get_the_form_of_the_type(
    before, kind, sent, becomes, given_attribute, given_product, convert, shown, listed, sound
):
    given_attribute("x", before, **({"dictionaryIsStatic": "n"} if before == "dropdown" else {}))
    for number, value in enumerate(sent):
        given_product(f"S{number}", title="Rod", x=value)
    given_product("NONE", title="Without")
    assert convert("x", kind)["converted"] == len(sent)
    assert listed()["x"]["type"] == kind
    assert [shown(f"S{number}")["x"] for number in range(len(sent))] == becomes
    assert shown("NONE")["x"] is None
    sound()


def test_the_index_the_words_and_the_order_follow(
    pims, given_attribute, given_product, convert, sound
):
    given_attribute("price", "string", isFilterable="y", isIndexable="y", isSearchable="y")
    for sku, price in {"A": "9.90", "B": "19.90", "C": "100"}.items():
        given_product(sku, title=sku, price=price)
    assert found(pims, "[[price]] > '5'") == ["A"]
    assert ordered(pims, "price") == ["C", "B", "A"]
    convert("price", "number")
    assert found(pims, "[[price]] > 5") == ["A", "B", "C"]
    assert found(pims, "[[price]] = 9.9") == ["A"]
    assert ordered(pims, "price") == ["A", "B", "C"]
    assert [p["sku"] for p in pims("getList", params={"search": "19.90"})["products"]] == ["B"]
    sound()
    convert("price", "string", isSearchable="n", isIndexable="n")
    assert found(pims, "[[price]] > '5'") == ["A"]
    assert pims("getList", params={"search": "19.90"}, status=200)["products"] == []
    sound()


def test_values_of_every_locale_and_of_deleted_products_are_converted(
    pims, german, given_attribute, given_product, convert, edit, shown, sound
):
    given_attribute("size", "string", isLocalizable="y", isFilterable="y")
    given_product("A", title="Rod", size="true")
    pims("editProduct", sku="A", data={"attributes": {"size": "n"}}, locale="de-de", status=200)
    given_product("GONE", title="Rod", size="false", status="deleted")
    assert convert("size", "boolean")["converted"] == 2
    assert shown("A")["size"] is True
    assert shown("A", locale="de-de")["size"] is False
    assert shown("GONE")["size"] is False
    sound()


def test_one_value_that_does_not_fit_leaves_all_as_they_were(
    pims, german, given_attribute, given_product, convert, unchanged
):
    given_attribute("price", "string", isFilterable="y", isLocalizable="y")
    given_product("A", title="Rod", price="9.90")
    pims("editProduct", sku="A", data={"attributes": {"price": "9,90"}}, locale="de-de", status=200)
    given_product("B", title="Rod", price="on request", status="deleted")
    given_product("C", title="Rod", price=" ")
    for dry_run in (True, False):
        with unchanged():
            reply = convert("price", "number", status=409, dry_run=dry_run)
        assert [one["message"] for one in reply["errors"]] == [
            "price cannot be of type number: A has '9,90', but it must be a number: an optional "
            "sign, digits and at most one point, at most 40 digits, no exponent!",
            "price cannot be of type number: B has 'on request', but it must be a number: an "
            "optional sign, digits and at most one point, at most 40 digits, no exponent!",
            "price cannot be of type number: C has ' ', but that says nothing!",
        ]
        assert {one["pointer"] for one in reply["errors"]} == {"/definition/type"}
        assert [one["value"] for one in reply["errors"]] == ["9,90", "on request", " "]


def test_the_first_ten_that_do_not_fit_are_told_and_how_many_there_are(
    given_attribute, given_product, convert
):
    given_attribute("price", "string")
    for number in range(12):
        given_product(f"S{number}", title="Rod", price=f"about {number}")
    errors = convert("price", "number", status=409)["errors"]
    assert len(errors) == 11
    assert errors[-1]["message"] == "price has 12 values that do not fit the type number!"


def test_a_dry_run_counts_and_stores_nothing(given_attribute, given_product, convert, unchanged):
    given_attribute("price", "string", isFilterable="y")
    given_product("A", title="Rod", price=" 9.90")
    with unchanged():
        reply = convert("price", "number", dry_run=True)
    assert reply["converted"] == 1
    assert reply["changes"]["new"] == {"price": {"type": "number"}}


def test_history_keeps_what_stood(given_attribute, given_product, edit, convert, history, pims):
    given_attribute("on_sale", "string")
    given_attribute("color", "dropdown", dictionaryIsStatic="n")
    given_product("A", title="Rod", on_sale="perhaps", color="red")
    edit("A", on_sale="Y")
    convert("on_sale", "boolean")
    convert("color", "string")
    edit("A", on_sale=False, color="blue")
    assert [new for _, new in history("A")][1:] == [
        {"on_sale": "Y"},
        {"on_sale": True},
        {"on_sale": False, "color": "blue"},
    ]
    assert history("A")[1][0] == {"on_sale": "perhaps"}


def test_rules_of_values_hold_after_a_conversion(given_attribute, given_product, convert):
    given_attribute("price", "string")
    given_product("A", title="Rod", price="9.90")
    reply = convert("price", "number", status=409, max="5")
    assert reply["errors"][0]["message"] == (
        "price cannot be of type number: A has '9.90', but price must be at most 5!"
    )
    convert("price", "number", max="10")


def test_rules_that_the_type_cannot_have_are_taken_away_with_a_warning(
    given_attribute, given_product, convert, listed
):
    given_attribute("price", "string", maxLength=20)
    reply = convert("price", "number")
    assert [one["message"] for one in reply["warnings"]] == [
        "price loses its greatest length: values of the new type have none."
    ]
    assert "maxLength" not in listed()["price"] or listed()["price"]["maxLength"] is None


def test_flags_that_the_type_cannot_have_are_refused(given_attribute, convert, unchanged):
    given_attribute("note", "string", isFilterable="y")
    with unchanged():
        reply = convert("note", "html", status=400)
    assert "note cannot be filterable" in reply["errors"][0]["message"]
    convert("note", "html", isFilterable="n")


def test_a_default_is_converted_or_refused(given_attribute, convert, given_product, shown):
    given_attribute("sold", "string", value="N")
    convert("sold", "boolean")
    given_product("A", title="Rod")
    assert shown("A")["sold"] is False
    given_attribute("size", "string", value="large")
    reply = convert("size", "number", status=400)
    assert reply["errors"][0]["message"].startswith("size has a default, which must be a number")
    convert("size", "number", value="12")


@pytest.fixture
def add_view(pims):
    def add(name, **more):
        return pims("addPimView", path="/pim/manage/views", name=name, status=200, **more)

    return add


def test_conditions_of_views_stay_valid_or_the_type_stays(
    given_attribute, given_product, convert, add_view, make_key, pims, unchanged
):
    given_attribute("price", "string", isFilterable="y")
    given_product("A", title="Rod", price="9.90")
    given_product("B", title="Nut", price="1")
    add_view("cheap", attributes={"title": {}}, condition_query="[[price]] = '9.90'")
    key = make_key("pim_user", views=("cheap",), default_view="cheap")
    assert [one["sku"] for one in pims("getList", key=key, status=200)["products"]] == ["A"]
    convert("price", "number")
    assert [one["sku"] for one in pims("getList", key=key, status=200)["products"]] == ["A"]

    given_attribute("code", "string", isFilterable="y")
    add_view("coded", attributes={"title": {}}, condition_query="[[code]] LIKE 'A%'")
    with unchanged():
        reply = convert("code", "number", status=409)
    assert "is named by the condition of the View coded" in reply["errors"][0]["message"]


def test_a_view_that_chooses_other_products_from_now_on_is_told_of(
    given_attribute, given_product, convert, add_view, make_key, pims
):
    given_attribute("price", "string", isFilterable="y")
    for sku, price in [("A", "5"), ("B", "10"), ("C", "1.0"), ("D", "30")]:
        given_product(sku, title="Rod", price=price)
    add_view("high", attributes={"title": {}}, condition_query="[[price]] > '3'")
    add_view("one", attributes={"title": {}}, condition_query="[[price]] = '1.00'")
    add_view("set", attributes={"title": {}}, condition_query="[[price]] IS NOT NULL")
    told = [
        "price is named by the condition of the View high, which compares otherwise now: "
        "1 products join it, 0 leave it.",
        "price is named by the condition of the View one, which compares otherwise now: "
        "1 products join it, 0 leave it.",
    ]
    for dry_run in (True, False):
        reply = convert("price", "number", dry_run=dry_run)
        assert [one["message"] for one in reply["warnings"]] == told
    key = make_key("pim_user", views=("high",), default_view="high")
    found = pims("getList", key=key, status=200)["products"]
    assert [one["sku"] for one in found] == ["A", "B", "D"]


def test_defaults_of_views_are_converted_or_the_type_stays(
    given_attribute, convert, add_view, make_key, pims, unchanged
):
    given_attribute("sold", "string")
    add_view("shop", attributes={"title": {}, "sold": {"default": "Y"}})
    convert("sold", "boolean")
    key = make_key("pim_user", "pim_editor", views=("shop",), default_view="shop")
    data = {"attributes": {"title": "Rod"}}
    created = pims("createProduct", sku="A", data=data, key=key, status=200)
    assert created["data"]["attributes"]["sold"] is True
    with unchanged():
        reply = convert("sold", "number", status=409)
    assert "is given a default by the View shop" in reply["errors"][0]["message"]


def test_unique_values_are_told_apart_as_the_new_type_tells_them(
    given_attribute, given_product, convert, unchanged, pims, sound
):
    given_attribute("code", "string", isUnique="y")
    given_product("A", title="Rod", code="1")
    given_product("B", title="Nut", code="1.0")
    with unchanged():
        reply = convert("code", "number", status=409)
    assert "A, B share the value" in reply["errors"][0]["message"]
    pims("editProduct", sku="B", data={"attributes": {"code": "2"}}, status=200)
    convert("code", "number")
    data = {"attributes": {"title": "Bar", "code": "1.00"}}
    assert (
        pims("createProduct", sku="C", data=data, status=409)["errors"][0]["code"] == "not_unique"
    )
    sound()


def test_a_static_dictionary_must_hold_every_value(given_attribute, given_product, convert, listed):
    given_attribute("color", "string")
    given_product("A", title="Rod", color="red")
    static = {"dictionaryIsStatic": "y", "dictionary": {"data": [["blue"]]}}
    reply = convert("color", "dropdown", status=409, **static)
    assert reply["errors"][0]["message"] == (
        "color cannot be of type dropdown: A has 'red', but color must be one of the values of "
        "its dictionary!"
    )
    convert("color", "dropdown", dictionaryIsStatic="y", dictionary={"data": [["blue"], ["red"]]})
    assert [row[0] for row in listed()["color"]["dictionary"]["data"]] == ["blue", "red"]


def test_collections_are_converted_element_by_element(
    given_attribute, given_product, convert, shown, pims, sound
):
    given_attribute("sizes", "string", collection="y", isFilterable="y")
    given_product("A", title="Rod", sizes=["1.0", " 2"])
    convert("sizes", "number")
    assert shown("A")["sizes"] == ["1.0", "2"]
    assert found(pims, "[[sizes]] = 1") == ["A"]
    sound()


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("title", "text", "Attribute type can not be modified! title is a system attribute."),
        (
            "price",
            "completeness",
            "modified! price cannot be converted from string to completeness: add",
        ),
        (
            "fits",
            "dropdown",
            "modified! fits cannot be converted from relation to dropdown: add another",
        ),
        (
            "price",
            "relation",
            "modified! price cannot be converted from string to relation: add another",
        ),
        (
            "fits",
            "string",
            "modified! fits cannot be converted from relation to string: add another",
        ),
        ("price", "money", "type must be one of string, text, html, number"),
    ],
)
def test_some_types_are_never_converted(name, kind, message, given_attribute, convert, unchanged):
    given_attribute("price", "string")
    given_attribute("fits", "relation")
    with unchanged():
        assert message in convert(name, kind, status=400)["errors"][0]["message"]


def test_cursors_of_before_a_conversion_do_not_fail(
    pims, given_attribute, given_product, convert, add_view, make_key, edit
):
    given_attribute("price", "string", isFilterable="y")
    for sku in "ABC":
        given_product(sku, title=sku, price="9.90")
    add_view("dear", attributes={"title": {}}, condition_query="[[price]] <> '0'")
    key = make_key("pim_user", views=("dear",), default_view="dear")
    edit("A", price="on request")
    page = {"pagination": {"pageSize": 1}, "after": ""}
    reply = pims("getList", params=page, key=key, status=200)
    edit("A", price="12")
    convert("price", "number")
    again = pims("getList", params=page | {"after": reply["next"]}, key=key)
    assert again["status"] == "Error"
    assert again["errors"][0]["pointer"] == "/params/after"
