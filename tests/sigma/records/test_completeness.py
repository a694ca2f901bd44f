"""How complete a record is, in its state and in every other one."""

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import REVIEW, everywhere, in_segment


def made(sigma, schema: str, **values: object) -> str:
    sent = {alias: everywhere(value) for alias, value in values.items()}
    return sigma("POST", "/records", {"schemaId": schema, "values": sent}, status=201)["id"]


def test_completeness_tells_what_each_state_lacks(sigma, review) -> None:
    one = made(sigma, review, headline="A", note="N")
    empty = {"score": 100, "filled": [], "missing": []}
    assert sigma("GET", f"/records/{one}/completeness", status=200) == {
        "entityId": one,
        "currentStateId": "state-draft",
        "score": 100,
        "states": [
            {"stateId": "state-draft"} | empty,
            {"stateId": "state-review"} | empty,
            {"stateId": "state-print", "score": 50, "filled": ["headline"], "missing": ["body"]},
        ],
    }


def test_the_score_is_that_of_the_present_state(sigma, review) -> None:
    states = [REVIEW["states"][0] | {"required": ["attr-headline", "attr-body", "attr-fee"]}]
    body = REVIEW | {"states": [*states, *REVIEW["states"][1:]]}
    sigma("PUT", "/workflows/wf-review", body, status=200)
    one = made(sigma, review, headline="A", fee=0)
    told = sigma("GET", f"/records/{one}/completeness", status=200)
    assert told["score"] == told["states"][0]["score"] == 67
    assert told["states"][0] == {
        "stateId": "state-draft",
        "score": 67,
        "filled": ["headline", "fee"],
        "missing": ["body"],
    }


def test_a_record_without_a_workflow_lacks_nothing(sigma, apparel) -> None:
    one = made(sigma, apparel, sku="CW")
    told = sigma("GET", f"/records/{one}/completeness", status=200)
    assert told == {"entityId": one, "currentStateId": None, "score": 100, "states": []}


def test_what_a_guard_hides_is_not_required(sigma, review) -> None:
    body = sigma("GET", "/attributes/attr-body", status=200)
    asked = {"attributeId": "attr-fee", "operator": "isNotEmpty"}
    sigma("PUT", "/attributes/attr-body", body | {"guards": [asked]}, status=200)
    one = made(sigma, review, headline="A")
    address = f"/records/{one}/completeness"
    last = {"stateId": "state-print", "score": 100, "filled": ["headline"], "missing": []}
    assert sigma("GET", address, status=200)["states"][2] == last
    sigma("PATCH", f"/records/{one}/values/fee", {"scopedValues": everywhere(1)}, status=200)
    last = {"stateId": "state-print", "score": 50, "filled": ["headline"], "missing": ["body"]}
    assert sigma("GET", address, status=200)["states"][2] == last


def test_what_the_schema_does_not_have_is_not_required(sigma, review) -> None:
    schema = sigma("GET", f"/schemas/{review}", status=200)
    groups = [schema["attributeGroups"][0] | {"attributeIds": ["attr-headline"]}]
    sigma("PUT", f"/schemas/{review}", schema | {"attributeGroups": groups}, status=200)
    one = made(sigma, review)
    last = sigma("GET", f"/records/{one}/completeness", status=200)["states"][2]
    assert last == {"stateId": "state-print", "score": 0, "filled": [], "missing": ["headline"]}


def test_a_value_in_another_language_alone_is_not_enough(sigma, review, german) -> None:
    body = sigma("GET", "/attributes/attr-body", status=200) | {"dimensionIds": ["dim-language"]}
    sigma("PUT", "/attributes/attr-body", body, status=200)
    one = made(sigma, review, headline="A")
    address = f"/records/{one}/values/body"
    sent = {"scopedValues": [in_segment("seg-de-de", "B")]}
    sigma("PATCH", address, sent, status=200)
    last = sigma("GET", f"/records/{one}/completeness", status=200)["states"][2]
    assert (last["score"], last["missing"]) == (50, ["body"])


def test_a_role_learns_nothing_of_what_it_does_not_see(sigma, review, given_role, as_role) -> None:
    permission = {"schemaId": review, "attributePermissions": {"attr-body": "hidden"}}
    ask = as_role(given_role("layman", schemaPermissions=[permission]))
    one = made(sigma, review, headline="A")
    last = ask("GET", f"/records/{one}/completeness", status=200)["states"][2]
    # The score is that of the record, as in every other reply: no role makes it more complete.
    assert last == {
        "stateId": "state-print",
        "score": 50,
        "filled": ["headline"],
        "missing": [],
    }


@on_one_engine
@pytest.mark.parametrize(
    ("filled", "required", "score"),
    [(1, 8, 12), (3, 8, 38), (5, 8, 62), (7, 8, 88), (1, 3, 33), (2, 3, 67), (8, 8, 100)],
)
def test_the_score_is_rounded(
    sigma, given_attribute, given_schema, filled, required, score
) -> None:
    names = [f"part-{number}" for number in range(required)]
    ids = [given_attribute(name) for name in names]
    states = [{"id": "state-whole", "name": "Whole", "required": ids}]
    body = {"id": "wf-parts", "alias": "parts", "name": "Parts", "states": states}
    sigma("POST", "/workflows", body, status=201)
    schema = given_schema("thing", *ids, workflowId="wf-parts")
    values = {name: everywhere("x") for name in names[:filled]}
    made = sigma("POST", "/records", {"schemaId": schema, "values": values}, status=201)["id"]
    told = sigma("GET", f"/records/{made}/completeness", status=200)
    assert (told["score"], told["states"][0]["missing"]) == (score, names[filled:])
