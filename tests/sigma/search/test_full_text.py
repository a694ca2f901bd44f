"""Full text finds records by the words of their texts."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere, in_segment
from tests.sigma.search.test_criteria import danish, shop

__all__ = ["danish", "shop"]


@pytest.fixture
def found(sigma, shop):
    """`found("coastal wind")`: the names of the records found, the same by either address."""
    names = {number: name for name, number in shop.items()}

    def ask(text: str, **more) -> list[str]:
        reply = sigma("POST", "/search/full-text", {"query": text} | more, status=200)
        address = "&".join(f"{name}={value}" for name, value in ({"q": text} | more).items())
        assert sigma("GET", f"/search/text?{address}", status=200) == reply
        assert reply["total"] == len(reply["items"])
        return [names[one["id"]] for one in reply["items"]]

    return ask


def test_every_word_must_occur_in_some_text(found) -> None:
    assert found("coastal steel") == ["wind"]
    assert found("COASTAL wind") == ["wind"]
    assert found("coastal cap") == []
    assert found("cw-001") == ["wind"]


def test_texts_of_every_scope_are_searched(found) -> None:
    assert found("kyst windbreaker") == ["wind"]


def test_numbers_and_options_are_no_texts(found) -> None:
    assert found("129") == []
    assert found("navy") == []


def test_a_schema_narrows_what_is_found(found) -> None:
    assert found("cap", schemaId="schema-hat") == ["cap"]
    assert found("cap", schemaId="schema-coat") == []


def test_values_outside_the_schema_of_a_record_are_not_found(sigma, found) -> None:
    group = {"id": "g", "name": "G", "attributeIds": ["attr-price"]}
    body = {"alias": "hat", "name": "Hat", "variantEnabled": True, "attributeGroups": [group]}
    sigma("PUT", "/schemas/schema-hat", body, status=200)
    assert found("cap") == []
    assert found("coastal") == ["wind"]


def test_variants_and_deleted_records_are_not_found(sigma, found, shop) -> None:
    body = {"values": {"product-name": everywhere("Cap of wool")}}
    sigma("POST", f"/records/{shop['wind']}/variants", body, status=201)
    assert found("cap") == ["cap"]
    sigma("DELETE", f"/records/{shop['cap']}", status=204)
    assert found("cap") == []


def test_a_change_is_found_at_once(sigma, found, shop) -> None:
    values = [*everywhere("Beanie"), in_segment("seg-da", "Hue")]
    path = f"/records/{shop['cap']}/values/product-name"
    sigma("PATCH", path, {"scopedValues": values}, status=200)
    assert found("cap") == []
    assert found("hue") == found("beanie") == ["cap"]


@on_one_engine
def test_a_question_without_words_is_refused(sigma) -> None:
    for body in ({}, {"query": " "}):
        assert sigma("POST", "/search/full-text", body, status=400)["error"] == "VALIDATION_ERROR"
    assert sigma("GET", "/search/text", status=400)["message"] == "q is required!"
    reply = sigma("GET", "/search/text?query=a&schemaId=schema-boat", status=400)
    assert reply["message"] == "There is no schema 'schema-boat'!"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("name", ["offset", "limit", "schemaId"])
def test_null_counts_as_not_sent(sigma, name) -> None:
    usual = sigma("POST", "/search/full-text", {"query": "steel"}, status=200)
    assert usual["total"] > 0
    for query in ("query", "q"):
        body = {query: "steel", name: None}
        assert sigma("POST", "/search/full-text", body, status=200) == usual
    every = sigma("POST", "/search", {}, status=200)
    assert sigma("POST", "/search", {name: None, "criteria": None}, status=200) == every
