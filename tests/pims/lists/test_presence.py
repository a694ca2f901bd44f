"""IS NULL asks of any attribute whether it has a value, filterable or not."""

import pytest

KINDS = ("string", "text", "html", "media", "url", "number", "boolean", "date", "datetime")
VALUES = {
    "string": "x", "text": "long", "html": "<p>", "media": "a.png", "url": "http://a.example",
    "number": "1.00001", "boolean": False, "date": "2024-02-29", "datetime": "2024-02-29",
}  # fmt: skip


@pytest.fixture
def kinds(given_attribute, given_product, filled):
    """A plain attribute of each type, A that has them all, B that has none, C with some."""
    filled(lambda: fill_kinds(given_attribute, given_product))


def fill_kinds(given_attribute, given_product):
    for kind in KINDS:
        given_attribute(kind + "_value", kind)
    given_attribute("notes", "string", collection="y")
    given_attribute("shade", "dropdown", dictionary={"data": ["red"]})
    given_product("A", notes=["n"], shade="red", **{f"{k}_value": VALUES[k] for k in KINDS})
    given_product("B")
    given_product("C", text_value="t")


@pytest.fixture
def found(pims):
    """The SKUs that a condition finds, in order."""

    def find(condition, **more):
        params = {"condition_query": condition, "definition": False} | more.pop("params", {})
        reply = pims("getList", params=params, status=200, **more)
        assert reply["sku_count"] == len(reply["products"])
        return [one["sku"] for one in reply["products"]]

    return find


@pytest.mark.parametrize("name", [*(f"{kind}_value" for kind in KINDS), "notes", "shade"])
def test_every_type_can_be_asked_for(kinds, found, pims, name) -> None:
    having = ["A", "C"] if name == "text_value" else ["A"]
    assert found(f"[[{name}]] IS NOT NULL") == having
    assert found(f"[[{name}]] IS NULL") == [one for one in "ABC" if one not in having]
    assert found(f"NOT [[{name}]] IS NULL AND [[sku]] <> 'A'") == having[1:]
    edit = {"attributes": {name: None}}
    pims("editProduct", sku="A", data=edit, status=200)
    assert found(f"[[{name}]] IS NULL")[0] == "A"


def test_lacking_a_description_or_a_picture_can_be_asked(kinds, found, pims) -> None:
    pims("editProduct", sku="C", data={"attributes": {"thumbnail": "c.png"}}, status=200)
    assert found("[[html_value]] IS NULL OR [[thumbnail]] IS NULL") == ["A", "B", "C"]
    assert found("[[text_value]] IS NULL AND [[thumbnail]] IS NULL") == ["B"]


def test_only_whether_there_is_a_value_can_be_asked(kinds, pims) -> None:
    for test in ("= 'x'", "LIKE 'x%'", "IN ('x')", "BETWEEN 'a' AND 'b'"):
        params = {"condition_query": f"[[text_value]] {test}"}
        reply = pims("getList", params=params, status=400)
        assert reply["errors"][0]["code"] == "unknown_attribute"
        assert "is unknown or not filterable" in reply["status_message"]


@pytest.mark.parametrize("name", ["variation_skus", "variation_matrix", "variation_attributes"])
def test_what_shows_of_relatives_cannot_be_asked(kinds, pims, name) -> None:
    pims("getList", params={"condition_query": f"[[{name}]] IS NULL"}, status=400)


def test_completeness_always_has_a_value(kinds, given_attribute, found) -> None:
    given_attribute("complete", "completeness")
    assert found("[[complete]] IS NULL") == []
    assert found("[[complete]] IS NOT NULL") == ["A", "B", "C"]


def test_flags_come_and_go_and_the_answer_stays(kinds, found, pims) -> None:
    path = "/pim/manage/attributes"
    for name in ("number_value", "string_value", "boolean_value"):
        for flag in ("y", "n", "y", "n"):
            pims(
                "editAttribute", path=path, name=name,
                definition={"isFilterable": flag}, status=200,
            )  # fmt: skip
            assert found(f"[[{name}]] IS NULL") == ["B", "C"], (name, flag)
            assert found(f"[[{name}]] IS NOT NULL") == ["A"], (name, flag)


def test_an_attribute_made_anew_begins_without_values(kinds, found, pims, given_attribute) -> None:
    pims("deleteAttribute", path="/pim/manage/attributes", name="text_value", status=200)
    pims("getList", params={"condition_query": "[[text_value]] IS NULL"}, status=400)
    given_attribute("text_value", "text")
    assert found("[[text_value]] IS NULL") == ["A", "B", "C"]


def test_a_value_that_a_locale_falls_back_to_counts(given_attribute, given_product, found, pims):
    pims("addLocale", path="/pim/manage/attributes", code="de-de", status=200)
    given_attribute("story", "text", isLocalizable="y")
    given_product("A", story="long")
    given_product("B")
    pims("editProduct", sku="B", locale="de-de", data={"attributes": {"story": "lang"}}, status=200)
    assert found("[[story]] IS NULL") == ["B"]
    assert found("[[story]] IS NULL", locale="de-de") == []


def test_a_view_asks_by_its_own_names_and_of_what_it_shows(kinds, found, pims, make_key) -> None:
    shown = {"text_value": {"transform": "Story"}, "sku": {}}
    pims("addPimView", path="/pim/manage/views", name="shop", attributes=shown, status=200)
    key = make_key("pim_user", views=("shop",))
    assert found("[[Story]] IS NULL", key=key) == ["B"]
    for hidden in ("text_value", "html_value"):
        params = {"condition_query": f"[[{hidden}]] IS NULL"}
        pims("getList", key=key, params=params, status=400)


def test_a_link_to_a_hidden_product_tells_nothing(kinds, found, pims, make_key, given_attribute):
    given_attribute("successor", "relation")
    for sku, target in (("B", "A"), ("C", "B")):
        pims("editProduct", sku=sku, data={"attributes": {"successor": target}}, status=200)
    assert found("[[successor]] IS NOT NULL") == ["B", "C"]
    pims(
        "addPimView", path="/pim/manage/views", name="shop", attributes={"successor": {}},
        condition_query="[[sku]] <> 'A'", status=200,
    )  # fmt: skip
    key = make_key("pim_user", views=("shop",))
    params = {"condition_query": "[[successor]] IS NULL"}
    pims("getList", key=key, params=params, status=400)


def test_the_rows_of_a_view_may_ask_it_too(kinds, found, pims, make_key) -> None:
    pims(
        "addPimView", path="/pim/manage/views", name="told", attributes={"title": {}},
        condition_query="[[text_value]] IS NOT NULL AND [[product_type]] = 'default'", status=200,
    )  # fmt: skip
    key = make_key("pim_user", views=("told",))
    assert found("", key=key) == ["A", "C"]
    pims("listProduct", key=key, sku="C", status=200)
    pims("listProduct", key=key, sku="B", status=404)
