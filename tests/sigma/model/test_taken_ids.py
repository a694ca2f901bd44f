"""Whose id or alias is taken already is told so, by what is taken."""

import pytest

from tests.databases.fresh import on_one_engine

SEGMENTS = [{"id": "seg-a", "alias": "a", "name": "A"}]
DIMENSION = {"id": "dim-m", "alias": "market", "name": "M", "segments": SEGMENTS}
LIST = {"id": "ol-c", "alias": "colors", "name": "C", "values": []}
STATES = [{"id": "state-a", "name": "A"}]
WORKFLOW = {"id": "wf-a", "alias": "review", "name": "R", "states": STATES}
CATALOG = {"id": "catalog-a", "alias": "seasons", "name": "S"}


@pytest.mark.parametrize(
    ("path", "body", "number", "alias"),
    [
        ("/dimensions", DIMENSION, "dim-m", "market"),
        ("/option-lists", LIST, "ol-c", "colors"),
        ("/workflows", WORKFLOW, "wf-a", "review"),
        ("/catalogs", CATALOG, "catalog-a", "seasons"),
    ],
)
def test_the_message_names_it(sigma, path, body, number, alias) -> None:
    sigma("POST", path, body, status=201)
    for more, taken in (({"alias": "other"}, number), ({"id": "other-id"}, alias)):
        told = sigma("POST", path, body | more, status=409)
        assert told["error"] == "CONFLICT"
        assert taken in told["message"]


@on_one_engine
def test_a_system_attribute_gets_an_id_once(sigma) -> None:
    body = {"id": "t1", "alias": "title", "name": "Title", "type": "text"}
    sigma("POST", "/attributes", body, status=201)
    told = sigma("POST", "/attributes", body | {"id": "t2"}, status=409)
    taken = "There is an attribute with the alias title already!"
    assert told == {"error": "CONFLICT", "message": taken}
    for again in (body, body | {"id": None}):
        assert sigma("POST", "/attributes", again, status=201)["id"] == "t1"


@pytest.mark.parametrize(("field", "value"), [("id", "val-a"), ("alias", "a")])
def test_a_list_cannot_have_a_value_twice(sigma, field, value) -> None:
    values = [{"id": "val-a", "alias": "a", "label": "A"}, {"id": "val-b", "alias": "b"}]
    values[1][field] = value
    told = sigma("POST", "/option-lists", LIST | {"values": values}, status=409)
    assert told == {"error": "CONFLICT", "message": f"There is an option {value} already!"}
    assert sigma("GET", "/option-lists", status=200) == []


@pytest.mark.parametrize("number", ["apikey-99", "99", "apikey-x"])
def test_a_key_that_is_not_there_is_named(sigma, number) -> None:
    for method, path in (
        ("POST", f"/api-keys/{number}/deactivate"),
        ("DELETE", f"/api-keys/{number}"),
    ):
        told = sigma(method, path, status=404)
        assert told == {"error": "NOT_FOUND", "message": f"API key '{number}' does not exist!"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", "/attributes", {"alias": "a b", "name": "A", "type": "text"}, 400,
         "The alias of an attribute has 1 to 64 letters, digits, _ and -, "
         "and begins with a letter!"),
        ("POST", "/attributes",
         {"alias": "a", "name": "A", "type": "boolean", "validation": {"maxLength": 3}}, 400,
         "a cannot have a maxLength: it is for texts!"),
        ("POST", "/attributes",
         {"alias": "a", "name": "A", "type": "text", "validation": {"pattern": "("}}, 400,
         "a needs another pattern: an RE2 pattern (no look-around, no back-references)!"),
        ("POST", "/schemas", {"alias": "a b", "name": "A", "variantEnabled": True}, 400,
         "The alias of a schema has 1 to 64 letters, digits, dashes or underscores!"),
    ],
)  # fmt: skip
def test_refusals_have_the_nouns_of_this_face(sigma, method, path, body, status, message) -> None:
    assert sigma(method, path, body, status=status)["message"] == message


def test_a_schema_with_records_stays(sigma, given_schema, make_key, send) -> None:
    schema = given_schema("things")
    made = sigma("POST", "/records", {"schemaId": schema, "values": {}}, status=201)
    told = sigma("DELETE", f"/schemas/{schema}", status=409)
    assert told["message"] == "There are records of the schema things: it stays!"
    sigma("DELETE", f"/records/{made['id']}", status=204)
    told = sigma("DELETE", f"/schemas/{schema}", status=409)
    assert told["message"] == (
        "Only deleted records of the schema things are left, and their history needs it: it stays!"
    )
    reader = make_key("pim_user")
    told = send("POST", "/records", {"schemaId": schema, "values": {}}, key=reader).get_json()
    assert told == {"error": "PERMISSION_DENIED", "message": "You may not edit records!"}
