"""What ids, numbers, guards and lineages may be."""

import json
from urllib.parse import quote

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere

SEGMENTS = [{"id": "seg-a", "alias": "a", "name": "A"}]
BODIES = {
    "/attributes": {"alias": "a", "name": "A", "type": "text"},
    "/schemas": {"alias": "a", "name": "A", "variantEnabled": True},
    "/dimensions": {"alias": "a", "name": "A", "segments": SEGMENTS},
    "/option-lists": {"alias": "a", "name": "A"},
    "/workflows": {"alias": "a", "name": "A", "states": [{"id": "s", "name": "S"}]},
    "/roles": {"name": "A"},
    "/catalogs": {"alias": "a", "name": "A"},
    "/catalogs/cat-default/categories": {"name": "A"},
    "/saved-queries": {"name": "A", "criteria": []},
}


@on_one_engine
@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("number", ["a/b", "a\nb", " a", "a ", ".", "..", "\x7f", "x" * 129, " "])
def test_an_id_is_what_an_address_can_hold(sigma, path, number) -> None:
    told = sigma("POST", path, BODIES[path] | {"id": number}, status=400)
    assert told["error"] == "VALIDATION_ERROR"
    assert told["message"].startswith("id ")


NAMED = BODIES | {
    "/channels": {"name": "A", "alias": "a", "type": "custom", "config": {}},
    "/webhooks": {"name": "A", "url": "https://a.example/", "events": ["entity.created"]},
    "/export-jobs": {"name": "A", "destinationType": "webhook", "format": "csv",
                     "destinationConfig": {"url": "https://a.example/"}},
    "/api-keys": {"name": "A", "permissions": ["read"]},
}  # fmt: skip


@on_one_engine
@pytest.mark.parametrize("path", NAMED)
@pytest.mark.parametrize("sign", ["\n", "\x07", "\x7f"])
def test_a_name_is_a_line(sigma, path, sign) -> None:
    told = sigma("POST", path, NAMED[path] | {"name": f"A{sign}B"}, status=400)
    assert told["message"].startswith("name cannot hold control characters!")


@pytest.mark.parametrize("number", ["a b", "é☃", "a?b#c%2F", "x" * 128, "a\\b;c=d&e+f"])
def test_other_ids_are_found_again(sigma, send, number) -> None:
    sigma("POST", "/attributes", BODIES["/attributes"] | {"id": number}, status=201)
    assert sigma("GET", f"/attributes/{quote(number)}", status=200)["id"] == number


def test_values_of_dictionaries_keep_ids_of_any_letters(sigma, pims) -> None:
    values = ["cotton / wool", "x" * 255]
    definition = {
        "type": "dropdown",
        "label": {"en-us": "fabric"},
        "dictionary": {"columns": ["value"], "values": [[one] for one in values]},
    }
    path = "/pim/manage/attributes"
    pims("addAttribute", path=path, name="fabric", definition=definition, status=200)
    (shown,) = sigma("GET", "/option-lists", status=200)
    assert sigma("PUT", f"/option-lists/{shown['id']}", shown, status=200) == shown


def _with_number(body, text):
    """Return a body as JSON, with a number in the very digits of a text in place of `...`."""
    return json.dumps(body, default=lambda _: "number").replace('"number"', text)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [("1e-05", "0.00001"), ("1E+3", "1000"), ("-2.5e1", "-25"), ("1.50", "1.50"), ("0e0", "0")],
)
def test_numbers_with_exponents_are_numbers(
    sigma, client, key, given_attribute, given_schema, sent, shown
) -> None:
    schema = given_schema("things", given_attribute("weight", "number"))
    body = _with_number({"schemaId": schema, "values": {"weight": everywhere(...)}}, sent)
    headers = {"X-Sigma-ApiKey": key, "Content-Type": "application/json"}
    reply = client.post("/api/v1/records", data=body, headers=headers)
    assert reply.status_code == 201, reply.text
    assert f'"value":{shown}}}' in reply.text
    one = {"attribute": "weight", "operator": "equals", "value": ...}
    criterion = _with_number({"criteria": [one]}, sent)
    found = client.post("/api/v1/search", data=criterion, headers=headers)
    assert found.get_json()["total"] == 1


@pytest.mark.parametrize("sent", ["1e400", "1e-400", "1e99999999999999999999", "1e41"])
def test_numbers_that_are_too_long_are_refused(
    client, key, given_attribute, given_schema, sent
) -> None:
    schema = given_schema("things", given_attribute("weight", "number"))
    body = _with_number({"schemaId": schema, "values": {"weight": everywhere(...)}}, sent)
    headers = {"X-Sigma-ApiKey": key, "Content-Type": "application/json"}
    assert client.post("/api/v1/records", data=body, headers=headers).status_code == 400
    one = {"attribute": "weight", "operator": "gt", "value": ...}
    criterion = _with_number({"criteria": [one]}, sent)
    assert client.post("/api/v1/search", data=criterion, headers=headers).status_code == 400


def test_an_attribute_has_a_hundred_guards(sigma, given_attribute) -> None:
    guard = {"attributeId": given_attribute("weight", "number"), "operator": "isNotEmpty"}
    body = {"alias": "note", "name": "Note", "type": "text"}
    told = sigma("POST", "/attributes", body | {"guards": [guard] * 101}, status=400)
    assert told["message"] == "An attribute has at most 100 guards!"
    sigma("POST", "/attributes", body | {"guards": [guard] * 100}, status=201)


def test_a_lineage_that_is_too_long_is_refused(sigma, given_attribute, given_schema) -> None:
    schema = given_schema("things", given_attribute("sku"))
    record = sigma(
        "POST", "/records",
        {"schemaId": schema, "values": {"sku": everywhere("r" * 250)}}, status=201,
    )["id"]  # fmt: skip
    above, path = record, f"/records/{record}/variants"
    for letter in "abcdefgh":
        body = {"values": {"sku": everywhere(letter * 249)}, "parentId": above}
        answer = sigma("POST", path, body, status=201 if letter != "h" else 400)
        above = answer.get("id", above)
    assert answer == {
        "error": "VALIDATION_ERROR",
        "message": "The variant would lie too deep: "
        "the SKUs of what is above it are too long together!",
    }
