"""Dimensions: their segments, the language that every tenant has, and scopes over several."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere, in_segment

MARKET = {
    "id": "dim-market",
    "alias": "market",
    "name": "Market",
    "defaultSegmentId": "seg-eu",
    "segments": [
        {"id": "seg-eu", "alias": "eu", "name": "Europe"},
        {"id": "seg-us", "alias": "us", "name": "United States"},
    ],
}
LANGUAGE = {
    "id": "dim-language",
    "alias": "language",
    "name": "Language",
    "defaultSegmentId": "seg-en",
    "segments": [
        {"id": "seg-en", "alias": "en", "name": "English"},
        {"id": "seg-da", "alias": "da", "name": "Danish"},
    ],
}


def _with_default(body: dict) -> dict:
    default = body["defaultSegmentId"]
    segments = [one | {"isDefault": one["id"] == default} for one in body["segments"]]
    return body | {"segments": segments}


def test_a_dimension_comes_back_as_it_was_made(sigma) -> None:
    assert sigma("POST", "/dimensions", MARKET, status=201) == _with_default(MARKET)
    assert sigma("GET", "/dimensions/dim-market", status=200) == _with_default(MARKET)
    told = sigma("POST", "/dimensions", MARKET | {"id": "dim-2"}, status=409)
    assert told == {"error": "CONFLICT", "message": "There is a dimension market already!"}
    ids = [one["id"] for one in sigma("GET", "/dimensions", status=200)]
    assert ids == ["dim-language", "dim-market"]


def test_the_language_is_taken_over(sigma, pims) -> None:
    assert sigma("POST", "/dimensions", LANGUAGE, status=201) == _with_default(LANGUAGE)
    again = sigma("POST", "/dimensions", LANGUAGE, status=201)
    assert again == _with_default(LANGUAGE)

    told = pims("listProduct", locale="da", status=200)
    assert told["status"] == "OK"
    assert pims("listProduct", locale="de", status=404)["errors"][0]["allowed"] == ["en-us", "da"]


FRENCH = {"id": "seg-fr1", "alias": "fr", "name": "French"}
SHOWN_SEGMENTS = _with_default(LANGUAGE)["segments"]


@on_one_engine
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/dimensions"), ("PUT", "/dimensions/dim-language")]
)
def test_the_default_language_stays_what_it_is(sigma, method, path) -> None:
    sigma("POST", "/dimensions", LANGUAGE, status=201)
    body = {name: LANGUAGE[name] for name in ("id", "alias", "name")} | {"segments": [FRENCH]}
    status = 201 if method == "POST" else 200
    told = sigma(method, path, body, status=status)
    assert told["defaultSegmentId"] == "seg-en"
    assert told["segments"] == [*SHOWN_SEGMENTS, FRENCH | {"isDefault": False}]

    for more in ({"defaultSegmentId": "seg-de"}, {"segments": [{"isDefault": True}]}):
        german = {"id": "seg-de", "alias": "de", "name": "German"}
        wanted = more | {"segments": [german | more.get("segments", [{}])[0]]}
        refused = sigma(method, path, body | wanted, status=409)
        assert refused["message"] == "The default locale is en-us, and stays it!"
    assert sigma("GET", "/dimensions/dim-language", status=200) == told


@on_one_engine
def test_without_a_named_default_no_language_is_relabelled_in_a_fresh_tenant(sigma) -> None:
    body = {name: LANGUAGE[name] for name in ("alias", "name")} | {"segments": [FRENCH]}
    told = sigma("POST", "/dimensions", body, status=201)
    assert told["defaultSegmentId"] == "seg-en-us"
    assert [one["alias"] for one in told["segments"]] == ["en-us", "fr"]

    english = body | {"segments": [FRENCH, {"alias": "en"}]}
    told = sigma("POST", "/dimensions", english, status=201)
    assert [one["alias"] for one in told["segments"]] == ["en", "fr"]


@on_one_engine
@pytest.mark.parametrize(
    "segment", [{"id": "seg-en-us", "alias": "en"}, {"id": "seg-e", "alias": "en-us"}]
)
def test_a_language_is_known_by_its_id_or_alias(sigma, segment) -> None:
    named = {"alias": "language", "name": "L", "segments": [segment]}
    for body in (named, named | {"segments": [{"alias": segment["alias"].upper()}]}):
        shown = sigma("POST", "/dimensions", body, status=201)
        assert [one["id"] for one in shown["segments"]] == [segment["id"]]
        assert shown["defaultSegmentId"] == segment["id"]


@on_one_engine
@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"segments": [{"alias": "not a locale!"}]}, 400, "A locale is a language with"),
        ({"segments": [{"id": "seg-en", "alias": "no locale!"}]}, 400, "A locale is a language"),
        ({"segments": [{"id": "seg-en", "alias": "da"}]}, 400, "Two segments of a dimension"),
        ({"segments": [{"id": "seg-da", "alias": "fr"}, {"alias": "da"}]}, 400, "Two segments"),
        ({"id": "other1"}, 409, "There is a dimension language already!"),
        ({"alias": "other"}, 400, "The alias of a dimension never changes: it is 'language'!"),
    ],
)
def test_the_language_refuses_what_does_not_fit_it(sigma, change, status, message) -> None:
    before = sigma("POST", "/dimensions", LANGUAGE, status=201)
    sent = {name: LANGUAGE[name] for name in ("id", "alias", "name", "segments")} | change
    assert sigma("POST", "/dimensions", sent, status=status)["message"].startswith(message)
    assert sigma("GET", "/dimensions/dim-language", status=200) == before


@on_one_engine
def test_a_put_keeps_id_and_default_where_it_names_none(sigma) -> None:
    sigma("POST", "/dimensions", MARKET, status=201)
    for alias, segments in (("market", MARKET["segments"]), ("language", [{"alias": "en-us"}])):
        address = f"/dimensions/dim-{alias}"
        default = sigma("GET", address, status=200)["defaultSegmentId"]
        body = {"alias": alias, "name": "M", "segments": segments[::-1]}
        told = sigma("PUT", address, body, status=200)
        assert (told["id"], told["defaultSegmentId"]) == (f"dim-{alias}", default)


def test_segments_are_replaced_unless_values_name_them(
    sigma, given_attribute, given_schema
) -> None:
    sigma("POST", "/dimensions", MARKET, status=201)
    schema = given_schema("toys", given_attribute("price", "number", dimensionIds=["dim-market"]))
    price = [*everywhere(5), in_segment("seg-us", 6, "dim-market")]
    body = {"schemaId": schema, "values": {"price": price}}
    record = sigma("POST", "/records", body, status=201)
    assert record["values"] == {"price": price}

    without_us = MARKET | {"segments": MARKET["segments"][:1], "name": "Markets"}
    told = sigma("PUT", "/dimensions/dim-market", without_us, status=409)
    assert told == {
        "error": "CONFLICT",
        "message": "Records have values of price in us: unset them first!",
    }
    sigma("PUT", f"/records/{record['id']}", {"values": {}}, status=200)
    assert sigma("PUT", "/dimensions/dim-market", without_us, status=200) == _with_default(
        without_us
    )


@pytest.mark.parametrize("keyed_database", ["sqlite"], indirect=True)
def test_a_new_segment_takes_over_no_past_of_one_that_is_gone(
    sigma, pims, given_attribute, given_schema
) -> None:
    sigma("POST", "/dimensions", MARKET, status=201)
    schema = given_schema("toys", given_attribute("price", "number", dimensionIds=["dim-market"]))
    price = [*everywhere(5), in_segment("seg-us", 6, "dim-market")]
    body = {"schemaId": schema, "values": {"price": price}}
    record = sigma("POST", "/records", body, status=201)
    sigma("PUT", f"/records/{record['id']}", {"values": {"price": everywhere(5)}}, status=200)
    [emptied, *_] = pims("listTransactions", status=200)["transactions"]
    asia = {"id": "seg-asia", "alias": "asia", "name": "Asia"}
    for segments in (MARKET["segments"][:1], [*MARKET["segments"][:1], asia]):
        sigma("PUT", "/dimensions/dim-market", MARKET | {"segments": segments}, status=200)

    reply = pims("revert", transaction=emptied["transaction"], status=200)

    assert (reply["reverted"], reply["skipped"]) == (0, 1)
    shown = sigma("GET", f"/records/{record['id']}", status=200)["values"]
    assert shown == {"price": everywhere(5)}


def test_a_dimension_in_use_stays_with_its_attribute(sigma, given_attribute, given_schema) -> None:
    sigma("POST", "/dimensions", MARKET, status=201)
    given_attribute("price", "number", dimensionIds=["dim-market", "dim-language"])
    schema = given_schema("toys", "attr-price")
    ids = []
    for _ in range(11):
        values = {"price": [*everywhere(5), in_segment("seg-us", 6, "dim-market")]}
        body = {"schemaId": schema, "values": values}
        ids.append(sigma("POST", "/records", body, status=201)["id"])
    sigma("POST", "/records", body | {"values": {"price": everywhere(5)}}, status=201)

    before = sigma("GET", "/attributes/attr-price", status=200)
    narrower = before | {"dimensionIds": ["dim-language"]}
    told = sigma("PUT", "/attributes/attr-price", narrower, status=409)
    message = "Values of price that are stored name a dimension that is left out!"
    assert (told["error"], told["message"]) == ("CONFLICT", message)
    assert told["details"] == [
        {"message": message},
        *({"message": f"{one} has one.", "attribute": "price"} for one in ids[:10]),
    ]
    assert sigma("GET", "/attributes/attr-price", status=200) == before
    unused = before | {"dimensionIds": ["dim-market"]}
    assert sigma("PUT", "/attributes/attr-price", unused, status=200) == unused


def test_a_dimension_that_scopes_an_attribute_stays(sigma, given_attribute) -> None:
    sigma("POST", "/dimensions", MARKET, status=201)
    given_attribute("price", "number", dimensionIds=["dim-market"])

    told = sigma("DELETE", "/dimensions/dim-market", status=409)
    assert told["message"] == (
        "The dimension scopes the attributes price: take it from them first!"
    )
    sigma("DELETE", "/attributes/attr-price", status=204)
    sigma("DELETE", "/dimensions/dim-market", status=204)
    sigma("GET", "/dimensions/dim-market", status=404)
    sigma("DELETE", "/dimensions/dim-language", status=409)


def test_the_scope_matrix_combines_segments(sigma) -> None:
    sigma("POST", "/dimensions", LANGUAGE, status=201)
    sigma("POST", "/dimensions", MARKET, status=201)

    matrix = sigma(
        "POST",
        "/dimensions/scope-matrix",
        {"dimensionIds": ["dim-market", "dim-language"]},
        status=200,
    )

    assert matrix == [
        {"dim-market": "seg-eu", "dim-language": "seg-en"},
        {"dim-market": "seg-eu", "dim-language": "seg-da"},
        {"dim-market": "seg-us", "dim-language": "seg-en"},
        {"dim-market": "seg-us", "dim-language": "seg-da"},
    ]
    assert sigma("POST", "/dimensions/scope-matrix", {"dimensionIds": []}, status=200) == [{}]
    unknown = {"dimensionIds": ["dim-moon"]}
    told = sigma("POST", "/dimensions/scope-matrix", unknown, status=404)
    assert told == {"error": "NOT_FOUND", "message": "Dimension 'dim-moon' does not exist!"}


@on_one_engine
@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"alias": None}, 400, "alias is required!"),
        ({"name": ""}, 400, "name cannot be empty!"),
        ({"segments": []}, 400, "A dimension has one default segment, which is among"),
        ({"segments": "eu"}, 400, "segments must be a list of objects!"),
        ({"defaultSegmentId": "seg-asia"}, 400, "A dimension has one default segment, which is"),
        ({"segments": MARKET["segments"] * 2}, 400, "Two segments of a dimension cannot have"),
    ],
)
def test_what_is_no_dimension_is_refused(sigma, change, status, message) -> None:
    before = sigma("GET", "/dimensions", status=200)
    told = sigma("POST", "/dimensions", MARKET | change, status=status)
    assert told["message"].startswith(message)
    assert sigma("GET", "/dimensions", status=200) == before
