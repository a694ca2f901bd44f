"""Searches by criteria find the records that fulfil them."""

import pytest

from pims_api.deadline import TooSlow
from pims_api.storage.catalogue_index.filter import evaluate
from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere, in_segment

LONG = "Steel frame. " * 30


@pytest.fixture
def danish(sigma) -> str:
    body = {
        "id": "dim-language",
        "alias": "language",
        "name": "Language",
        "segments": [
            {"id": "seg-en", "alias": "en", "name": "English", "isDefault": True},
            {"id": "seg-da", "alias": "da", "name": "Danish"},
        ],
    }
    sigma("POST", "/dimensions", body, status=201)
    return "seg-da"


@pytest.fixture
def shop(sigma, danish, given_attribute, given_schema, filled) -> dict[str, str]:
    """The ids of three records, and one of another schema, by name."""
    return filled(lambda: fill_shop(sigma, given_attribute, given_schema))


def fill_shop(sigma, given_attribute, given_schema) -> dict[str, str]:
    colors = {"id": "ol-color", "alias": "color", "name": "Color"}
    colors["values"] = [
        {"id": "val-navy", "alias": "navy", "label": "Deep Blue"},
        {"id": "val-red", "alias": "red", "label": "Red"},
    ]
    sigma("POST", "/option-lists", colors, status=201)
    ids = [
        given_attribute(
            "product-name", dimensionIds=["dim-language"], validation={"maxLength": 200}
        ),
        given_attribute("description"),
        given_attribute("price", "number"),
        given_attribute("new", "boolean"),
        given_attribute("released", "datetime"),
        given_attribute("color", "option", optionListId="ol-color"),
        given_attribute("related", "relation"),
        given_attribute("specs", "complex"),
        given_attribute("image", "media"),
        given_attribute("sku"),
    ]
    coat = given_schema("coat", *ids)
    hat = given_schema("hat", ids[0], ids[2])

    def record(schema: str, **values) -> str:
        sent = {alias.replace("_", "-"): held for alias, held in values.items()}
        body = {"schemaId": schema, "values": sent}
        return sigma("POST", "/records", body, status=201)["id"]

    wind = record(
        coat,
        product_name=[*everywhere("Coastal Windbreaker"), in_segment("seg-da", "Kyst Vindjakke")],
        description=everywhere(LONG),
        price=everywhere(129.50),
        new=everywhere(True),
        released=everywhere("2024-02-29T10:00:00+02:00"),
        color=everywhere("val-navy"),
        specs=everywhere({"zips": 2, "lining": "Fleece"}),
        image=everywhere("https://cdn.example.com/Wind.jpg"),
        sku=everywhere("CW-001"),
    )
    rain = record(
        coat,
        product_name=everywhere("Straßen-Regenmantel"),
        price=everywhere(80),
        new=everywhere(False),
        released=everywhere("2024-02-29"),
        color=everywhere("val-red"),
        related=everywhere(wind),
    )
    plain = record(coat, sku=everywhere("PLAIN"))
    cap = record(hat, product_name=everywhere("Cap"), price=everywhere(9.99))
    return {"wind": wind, "rain": rain, "plain": plain, "cap": cap}


@pytest.fixture
def found(sigma, shop):
    """`found({"attribute": …}, …)`: the names of the records found."""
    names = {number: name for name, number in shop.items()}

    def ask(*criteria, **more) -> set[str]:
        body = {"criteria": [{"operator": "equals"} | one for one in criteria]} | more
        reply = sigma("POST", "/search", body, status=200)
        assert reply["total"] == len(reply["items"])
        return {names[one["id"]] for one in reply["items"]}

    return ask


@pytest.mark.parametrize(
    ("attribute", "operator", "value", "expected"),
    [
        ("product-name", "equals", "Coastal Windbreaker", {"wind"}),
        ("product-name", "equals", "coastal windbreaker", set()),
        ("product-name", "equals", "Kyst Vindjakke", {"wind"}),
        ("product-name", "notEquals", "Kyst Vindjakke", {"rain", "plain", "cap"}),
        ("product-name", "contains", "WIND", {"wind"}),
        ("product-name", "contains", "vindJ", {"wind"}),
        ("product-name", "contains", "STRASSEN", {"rain"}),
        ("product-name", "isEmpty", None, {"plain"}),
        ("product-name", "isNotEmpty", None, {"wind", "rain", "cap"}),
        ("description", "contains", "STEEL", {"wind"}),
        ("description", "equals", LONG, {"wind"}),
        ("description", "notEquals", LONG, {"rain", "plain", "cap"}),
        ("description", "isEmpty", None, {"rain", "plain", "cap"}),
        ("price", "equals", 129.5, {"wind"}),
        ("price", "equals", "129.500", {"wind"}),
        ("price", "notEquals", 129.5, {"rain", "plain", "cap"}),
        ("price", "gt", "79.9", {"wind", "rain"}),
        ("price", "lt", 80, {"cap"}),
        ("price", "contains", "9", {"wind", "cap"}),
        ("attr-price", "contains", 9.9, {"cap"}),
        ("price", "isEmpty", None, {"plain"}),
        ("new", "equals", True, {"wind"}),
        ("new", "equals", "false", {"rain"}),
        ("new", "contains", "RU", {"wind"}),
        ("new", "notEquals", True, {"rain", "plain", "cap"}),
        ("released", "equals", "2024-02-29T08:00:00Z", {"wind"}),
        ("released", "gt", "2024-02-29T07:59:59.9Z", {"wind"}),
        ("released", "lt", "2024-02-29T08:00:00Z", {"rain"}),
        ("released", "contains", "t10:00", {"wind"}),
        ("color", "equals", "val-navy", {"wind"}),
        ("color", "equals", "navy", {"wind"}),
        ("color", "equals", "Deep Blue", {"wind"}),
        ("color", "equals", "green", set()),
        ("color", "notEquals", "green", {"wind", "rain", "plain", "cap"}),
        ("color", "contains", "bLUE", {"wind"}),
        ("color", "contains", "e", {"wind", "rain"}),
        ("related", "isNotEmpty", None, {"rain"}),
        ("related", "contains", "cw-0", {"rain"}),
        ("related", "equals", "ent-999999", set()),
        ("specs", "contains", "fleece", {"wind"}),
        ("specs", "equals", {"zips": 2, "lining": "Fleece"}, {"wind"}),
        ("image", "contains", "wind.JPG", {"wind"}),
        ("image", "isEmpty", None, {"rain", "plain", "cap"}),
        ("sku", "contains", "w-0", {"wind"}),
        ("sku", "equals", "PLAIN", {"plain"}),
    ],
)  # fmt: skip
def test_each_operator_on_each_type(found, attribute, operator, value, expected) -> None:
    assert found({"attribute": attribute, "operator": operator, "value": value}) == expected


def test_a_sku_that_the_server_made_is_no_value(sigma, found, shop) -> None:
    def sku(operator: str, value: str | None = None):
        return found({"attribute": "sku", "operator": operator, "value": value})

    assert sku("isEmpty") == {"rain", "cap"}
    assert sku("isNotEmpty") == {"wind", "plain"}
    assert sku("equals", shop["rain"]) == sku("contains", "ENT-") == set()
    assert sku("notEquals", shop["rain"]) == set(shop)


def test_a_sku_may_be_chosen_that_looks_made(sigma, shop) -> None:
    values = {"sku": everywhere("ent-chosen")}
    made = sigma("POST", "/records", {"schemaId": "schema-coat", "values": values}, status=201)
    for criterion in ({"operator": "contains", "value": "ENT-"}, {"value": "ent-chosen"}):
        asked = [{"attribute": "sku", "operator": "equals"} | criterion]
        assert sigma("POST", "/search", {"criteria": asked}, status=200)["items"] == [made]


def test_a_link_is_found_by_the_id_of_its_target(found, shop) -> None:
    assert found({"attribute": "related", "value": shop["wind"]}) == {"rain"}


def test_a_scope_asks_for_the_value_that_holds_there(found) -> None:
    danish = {"scope": {"dim-language": "seg-da"}, "attribute": "product-name"}
    assert found(danish | {"value": "Coastal Windbreaker"}) == set()
    assert found(danish | {"value": "Kyst Vindjakke"}) == {"wind"}
    assert found(danish | {"value": "Cap"}) == {"cap"}
    assert found(danish | {"operator": "notEquals", "value": "Cap"}) == {"wind", "rain", "plain"}
    assert found(danish | {"operator": "isEmpty"}) == {"plain"}
    globally = danish | {"scope": {}}
    assert found(globally | {"value": "Kyst Vindjakke"}) == set()
    assert found(globally | {"value": "Coastal Windbreaker"}) == {"wind"}


def test_criteria_are_joined(found) -> None:
    dear = {"attribute": "price", "operator": "gt", "value": "50"}
    red = {"attribute": "color", "value": "red"}
    cap = {"attributeAlias": "product-name", "value": "Cap"}
    assert found(dear, red) == {"rain"}
    assert found(red, cap, criteriaOperator="or") == {"rain", "cap"}
    assert found() == found(criteriaOperator="or") == {"wind", "rain", "plain", "cap"}
    assert found(dear, schemaId="schema-hat") == set()
    assert found(schemaId="schema-hat") == {"cap"}


def test_several_parts_of_texts_are_looked_for_in_one_reading(found) -> None:
    def holding(text: str):
        return {"attribute": "product-name", "operator": "contains", "value": text}

    texts = [holding(one) for one in ("coast", "regen", "CAP", "nothing", "strass")]
    assert found(*texts, criteriaOperator="or") == {"wind", "rain", "cap"}


def test_variants_and_deleted_records_are_not_found(sigma, found, shop) -> None:
    body = {"values": {"price": everywhere(500)}}
    sigma("POST", f"/records/{shop['wind']}/variants", body, status=201)
    assert found({"attribute": "price", "operator": "gt", "value": 200}) == set()
    sigma("DELETE", f"/records/{shop['cap']}", status=204)
    assert found({"attribute": "product-name", "value": "Cap"}) == set()


def test_records_are_shown_in_windows_as_get_shows_them(sigma, shop) -> None:
    first = sigma("POST", "/search", {"criteria": [], "limit": 3}, status=200)
    rest = sigma("POST", "/search", {"offset": 3, "limit": 2}, status=200)
    assert (first["total"], first["offset"], first["limit"]) == (4, 0, 3)
    assert (rest["total"], rest["offset"], rest["limit"]) == (4, 3, 2)
    shown = [*first["items"], *rest["items"]]
    assert {one["id"] for one in shown} == set(shop.values())
    for one in shown:
        assert one == sigma("GET", f"/records/{one['id']}", status=200)


def test_a_page_is_read_in_the_same_statements_however_long(sigma, shop, queries) -> None:
    def asked(limit: int) -> int:
        sigma("PATCH", f"/records/{shop['cap']}/values/price", {"scopedValues": everywhere(limit)},
              status=200)  # fmt: skip
        with queries() as sent:
            sigma("POST", "/search", {"limit": limit}, status=200)
        return len(sent)

    counts = [asked(limit) for limit in (3, 4, 3, 4)]  # each with the record that links to another
    assert counts[2] == counts[3] <= counts[0]


def test_values_outside_the_schema_of_a_record_are_not_found(sigma, found, shop) -> None:
    group = {"id": "g", "name": "G", "attributeIds": ["attr-product-name"]}
    body = {"alias": "hat", "name": "Hat", "variantEnabled": True, "attributeGroups": [group]}
    sigma("PUT", "/schemas/schema-hat", body, status=200)
    assert found({"attribute": "price", "value": 9.99}) == set()
    assert found({"attribute": "price", "operator": "lt", "value": 80}) == set()
    assert found({"attribute": "price", "operator": "isEmpty"}) == {"plain", "cap"}
    assert found({"attribute": "price", "operator": "notEquals", "value": 9.99}) == set(shop)


@on_one_engine
@pytest.mark.parametrize(
    ("criterion", "message"),
    [
        (
            {"attribute": "prise", "operator": "isEmpty"},
            "There is no attribute 'prise'! Did you mean price?",
        ),
        (
            {"attribute": "price", "operator": "like", "value": 1},
            "operator must be one of equals, notEquals, contains, isEmpty, isNotEmpty, gt, lt!",
        ),
        (
            {"attribute": "price", "operator": "gt", "value": "dear"},
            "gt on price, which is number, takes a number: an optional sign, digits and at most "
            "one point, at most 40 digits, no exponent!",
        ),
        (
            {"attribute": "color", "operator": "gt", "value": "a"},
            "gt on color, which is option, takes an operand of a number or a datetime, which "
            "have an order!",
        ),
        (
            {"attribute": "price", "operator": "equals"},
            "equals on price, which is number, takes a value: ask isEmpty or isNotEmpty "
            "without one!",
        ),
        (
            {"attribute": "related", "operator": "equals", "value": "CW-001"},
            "equals on related, which is relation, takes the id of a record or variant!",
        ),
        (
            {"attribute": "product-name", "operator": "contains", "value": ["a"]},
            "contains on product-name, which is text, takes a text, a number or a flag!",
        ),
        (
            {"attribute": "price", "operator": "isEmpty", "scope": {"dim-language": "seg-xx"}},
            "There is no segment 'seg-xx' of 'dim-language'!",
        ),
        ({"operator": "isEmpty"}, "attribute is required!"),
    ],
)
def test_what_cannot_be_asked_is_refused(sigma, shop, criterion, message) -> None:
    reply = sigma("POST", "/search", {"criteria": [criterion]}, status=400)
    assert reply == {"error": "VALIDATION_ERROR", "message": message}


@on_one_engine
def test_a_search_that_takes_too_long_names_the_criteria_that_make_it_slow(
    send, shop, monkeypatch
) -> None:
    def slow(*_: object) -> None:
        raise TooSlow("The request takes longer than 10 seconds!")

    monkeypatch.setattr(evaluate, "find_in_documents", slow)
    criteria = [
        {"attribute": "price", "operator": "gt", "value": 1},
        {"attribute": "description", "operator": "contains", "value": "steel"},
    ]
    reply = send("POST", "/search", {"criteria": criteria})
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "30")
    assert reply.get_json() == {
        "error": "INTERNAL_ERROR",
        "message": "The search takes too long: its criteria on description are answered from the "
        "records one by one. Add criteria on other attributes, or a schemaId, so that fewer are "
        "left!",
    }


@on_one_engine
def test_every_fault_is_told(sigma, shop) -> None:
    wrong = {"attribute": "nothing", "operator": "equals", "value": 1}
    right = {"attribute": "price", "operator": "equals", "value": 1}
    reply = sigma("POST", "/search", {"criteria": [wrong, right, wrong]}, status=400)
    assert [one["pointer"] for one in reply["details"]] == [
        "/criteria/0/attribute",
        "/criteria/2/attribute",
    ]
    reply = sigma("POST", "/search", {"criteria": [right] * 101}, status=400)
    assert reply["message"] == "A search has at most 100 criteria!"
    reply = sigma("POST", "/search", {"schemaId": "schema-boat"}, status=400)
    assert reply["message"] == "There is no schema 'schema-boat'!"
