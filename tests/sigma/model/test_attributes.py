"""Attributes: made, replaced, taken over, refused."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere

PRICE = {
    "id": "attr-price",
    "alias": "price",
    "name": "Price",
    "type": "number",
    "dimensionIds": [],
    "inheritable": True,
    "multiple": False,
    "validation": {"min": 0, "max": 1000.5},
    "guards": [],
    "description": "In EUR.",
}


def test_an_attribute_comes_back_as_it_was_made(sigma) -> None:
    assert sigma("POST", "/attributes", PRICE, status=201) == PRICE
    assert sigma("GET", "/attributes/attr-price", status=200) == PRICE
    assert PRICE in sigma("GET", "/attributes", status=200)


def test_an_attribute_is_replaced_but_for_its_alias_and_type(sigma) -> None:
    sigma("POST", "/attributes", PRICE, status=201)
    other = PRICE | {"name": "Net price", "validation": {}, "inheritable": False}
    del other["description"]
    assert sigma("PUT", "/attributes/attr-price", other, status=200) == other
    for change, message in (
        ({"alias": "cost"}, "The alias of an attribute never changes: it is 'price'!"),
        ({"type": "text"}, "The type of an attribute never changes: it is 'number'!"),
    ):
        told = sigma("PUT", "/attributes/attr-price", other | change, status=400)
        assert told == {"error": "VALIDATION_ERROR", "message": message}


def test_rules_that_stored_values_break_are_refused(sigma, given_schema) -> None:
    sigma("POST", "/attributes", PRICE, status=201)
    schema = given_schema("toys", "attr-price")
    for price in (5, 50, 500):
        body = {"schemaId": schema, "values": {"price": everywhere(price)}}
        sigma("POST", "/records", body, status=201)

    told = sigma("PUT", "/attributes/attr-price", PRICE | {"validation": {"max": 49}}, status=409)

    message = "Values of price that are stored break the new rules!"
    assert told == {
        "error": "CONFLICT",
        "message": message,
        "details": [
            {"message": message},
            {"message": "ent-2 breaks them.", "attribute": "price"},
            {"message": "ent-3 breaks them.", "attribute": "price"},
        ],
    }
    assert sigma("GET", "/attributes/attr-price", status=200) == PRICE


@on_one_engine
def test_a_text_of_any_length_may_get_a_length(sigma, given_attribute, given_schema) -> None:
    given_schema("apparel", given_attribute("note"))
    sent = {"schemaId": "schema-apparel", "values": {"note": everywhere("abc")}}
    record = sigma("POST", "/records", sent, status=201)["id"]
    before = sigma("GET", "/attributes/attr-note", status=200)
    short = {"validation": {"maxLength": 10}}
    assert sigma("PUT", "/attributes/attr-note", before | short, status=200) == before | short
    longer = {"scopedValues": everywhere("x" * 11)}
    refused = sigma("PATCH", f"/records/{record}/values/note", longer, status=400)
    assert "at most 10 characters" in refused["message"]
    sigma("PUT", "/attributes/attr-note", before | {"validation": {"maxLength": 2}}, status=409)
    assert sigma("PUT", "/attributes/attr-note", before, status=200) == before


def test_a_system_attribute_is_taken_over_if_its_type_fits(sigma) -> None:
    body = {"id": "attr-code", "alias": "sku", "name": "Code", "type": "text"}
    assert sigma("POST", "/attributes", body, status=201)["id"] == "attr-code"
    told = sigma("POST", "/attributes", body | {"id": "x", "type": "number"}, status=409)
    assert told["message"] == "There is an attribute with the alias sku already!"


def test_an_attribute_of_a_schema_stays(sigma, given_schema) -> None:
    sigma("POST", "/attributes", PRICE, status=201)
    given_schema("toys", "attr-price")
    sigma("DELETE", "/attributes/attr-price", status=409)
    sigma("DELETE", "/schemas/schema-toys", status=204)
    sigma("DELETE", "/attributes/attr-price", status=204)
    told = sigma("GET", "/attributes/attr-price", status=404)
    assert told == {
        "error": "NOT_FOUND",
        "message": "Attribute 'attr-price' does not exist!",
    }


@on_one_engine
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alias": "2nd"}, "The alias of an attribute has 1 to 64 letters"),
        ({"alias": None}, "alias is required!"),
        ({"name": " "}, "name cannot be empty!"),
        ({"type": "string"}, "type must be one of boolean, complex, datetime"),
        ({"dimensionIds": ["dim-x"]}, "There is no dimension 'dim-x'!"),
        ({"validation": {"min": 5, "max": 1}}, "price cannot have a min of 5 above its max of 1!"),
        ({"validation": {"maxLength": 5}}, "price cannot have a maxLength: it is for texts!"),
        ({"guards": [{"attributeId": "attr-x", "operator": "equals"}]}, "There is no attribute"),
        ({"guards": [{"attributeId": "attr-sku", "operator": "is"}]}, "operator must be one of"),
        ({"type": "option", "optionListId": "ol-x", "validation": {}}, "There is no option list"),
    ],
)
def test_what_is_no_attribute_is_refused(sigma, change, message) -> None:
    told = sigma("POST", "/attributes", PRICE | change, status=400)
    assert told["error"] == "VALIDATION_ERROR"
    assert told["message"].startswith(message)
    sigma("GET", "/attributes/attr-price", status=404)


@on_one_engine
def test_an_attribute_names_no_option_list_that_is_not_there(sigma) -> None:
    lists = {one["id"] for one in sigma("GET", "/option-lists", status=200)}
    status = sigma("GET", "/attributes/attr-status", status=200)
    assert status["optionListId"] is None
    shown = [one.get("optionListId") for one in sigma("GET", "/attributes", status=200)]
    assert {one for one in shown if one} <= lists
    sigma("PUT", "/attributes/attr-status", status, status=200)


DEFINITIONS = "/pim/manage/attributes"


@pytest.mark.parametrize("kind", ["string", "url", "number", "date", "dropdown"])
@on_one_engine
def test_a_put_leaves_what_only_pims_shows_of_an_attribute(sigma, pims, kind) -> None:
    flags = {"isFilterable": "y", "isSearchable": "n", "isIndexable": "n"}
    given = {"type": kind, "label": {"en-us": "Made there"}} | flags
    pims("addAttribute", name="made", definition=given, path=DEFINITIONS, status=200)
    shown = sigma("GET", "/attributes/attr-made", status=200)
    assert sigma("PUT", "/attributes/attr-made", shown, status=200) == shown
    sigma("PUT", "/attributes/attr-made", shown | {"name": "Renamed"}, status=200)
    [stored] = [
        one["definition"]
        for one in pims("listAttributes", path=DEFINITIONS, status=200)["data"]
        if one["name"] == "made"
    ]
    assert {name: stored[name] for name in flags} == flags
    assert stored["label"] == {"en-us": "Renamed"}


CODE = {"id": "attr-code", "alias": "code", "name": "Code", "type": "text"}


@pytest.mark.parametrize("rules", [{"unique": True}, {"unique": True, "maxLength": 300}])
@pytest.mark.parametrize("is_new", [True, False])
def test_a_text_of_any_length_can_be_unique(sigma, given_schema, rules, is_new) -> None:
    sigma("POST", "/attributes", CODE | {"validation": rules if is_new else {}}, status=201)
    toys = {"schemaId": given_schema("toys", "attr-code"), "values": {"code": everywhere("A")}}
    sigma("POST", "/records", toys, status=201)
    put = sigma("PUT", "/attributes/attr-code", CODE | {"validation": rules}, status=200)
    assert put["validation"] == rules
    sigma("POST", "/records", toys, status=409)
    long = toys | {"values": {"code": everywhere("x" * 290)}}
    sigma("POST", "/records", long, status=201)
    sigma("POST", "/records", long, status=409)
    asked = {"criteria": [{"attribute": "code", "operator": "equals", "value": "x" * 290}]}
    assert sigma("POST", "/search", asked, status=200)["total"] == 1


@pytest.mark.parametrize("rules", [{"unique": True}, {"maxLength": 2}, {"pattern": "z"}])
def test_a_long_text_gets_stricter_rules_unless_values_break_them(
    sigma, given_schema, rules
) -> None:
    sigma("POST", "/attributes", CODE, status=201)
    schema = given_schema("toys", "attr-code")
    for _ in range(12):
        toy = {"schemaId": schema, "values": {"code": everywhere("same")}}
        sigma("POST", "/records", toy, status=201)
    told = sigma("PUT", "/attributes/attr-code", CODE | {"validation": rules}, status=409)
    assert told["message"] == "Values of code that are stored break the new rules!"
    named = {one["message"] for one in told["details"][1:]}
    assert len(named) == 10
    assert named < {f"ent-{number} breaks them." for number in range(1, 13)}
    assert sigma("GET", "/attributes/attr-code", status=200)["validation"] == {}


@on_one_engine
def test_many_long_texts_are_not_made_unique_while_a_caller_waits(
    sigma, given_schema, monkeypatch
) -> None:
    sigma("POST", "/attributes", CODE, status=201)
    toy = {"schemaId": given_schema("toys", "attr-code"), "values": {"code": everywhere("A")}}
    sigma("POST", "/records", toy, status=201)
    monkeypatch.setattr("views.sigma.actions.model.attributes._inline_max", lambda: 0)
    wanted = CODE | {"validation": {"unique": True}}
    told = sigma("PUT", "/attributes/attr-code", wanted, status=409)
    assert told == {
        "error": "CONFLICT",
        "message": "code has too many values for that: give it the type string in PIMS!",
    }
    sigma("POST", "/records", toy, status=201)
