"""Workflows are defined, used by schemas, changed and deleted."""

import copy

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import REVIEW, everywhere


def changed(*path: str | int, to: object) -> dict:
    """Return the workflow of posters with another value at a place."""
    body = copy.deepcopy(REVIEW)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return body


def test_a_workflow_is_shown_as_it_was_sent(sigma, review) -> None:
    assert sigma("GET", "/workflows/wf-review", status=200) == REVIEW
    assert sigma("GET", "/workflows", status=200) == [REVIEW]
    assert sigma("GET", f"/schemas/{review}", status=200)["workflowId"] == "wf-review"


def test_a_workflow_needs_no_more_than_states(sigma, given_attribute) -> None:
    given_attribute("headline")
    body = {
        "alias": "short",
        "name": "Short",
        "description": "No more than that.",
        "states": [{"id": "a", "color": "#ff0000", "required": ["headline"]}, {"id": "b"}],
        "transitions": [{"fromStateId": "a", "toStateId": "b"}],
    }
    assert sigma("POST", "/workflows", body, status=201) == {
        "id": "wf-short",
        "alias": "short",
        "name": "Short",
        "description": "No more than that.",
        "defaultStateId": "a",
        "states": [
            {
                "id": "a",
                "name": "a",
                "color": "#ff0000",
                "hidden": [],
                "required": ["attr-headline"],
                "readOnly": [],
            },
            {"id": "b", "name": "b", "hidden": [], "required": [], "readOnly": []},
        ],
        "transitions": [
            {
                "id": "a-to-b",
                "name": "b",
                "fromStateId": "a",
                "toStateId": "b",
                "allowedRoleIds": [],
                "requiresCompleteness": 0,
            }
        ],
    }


def test_a_workflow_is_replaced_whole(sigma, review) -> None:
    body = changed("name", to="Proofs") | {"description": "Of posters."}
    assert sigma("PUT", "/workflows/wf-review", body, status=200) == body
    assert sigma("GET", "/workflows/wf-review", status=200) == body
    assert sigma("PUT", "/workflows/wf-review", REVIEW, status=200) == REVIEW


REFUSED = [
    ("defaultStateId", "state-none", "The workflow has no state 'state-none'!"),
    ("states", [], "A workflow has 1 to 100 states, at most 1000 transitions!"),
    ("states", REVIEW["states"] * 2, "Two states of the workflow are called 'state-draft'!"),
    ("transitions", [REVIEW["transitions"][0]] * 2, "Two transitions of the workflow are called"),
    ("alias", None, "alias is required!"),
]


@on_one_engine
@pytest.mark.parametrize(("field", "value", "message"), REFUSED)
def test_a_workflow_that_does_not_hold_together_is_refused(
    sigma, review, field, value, message
) -> None:
    told = sigma("PUT", "/workflows/wf-review", changed(field, to=value), status=400)
    assert told["error"] == "VALIDATION_ERROR"
    assert told["message"].startswith(message)
    assert sigma("GET", "/workflows/wf-review", status=200) == REVIEW


@on_one_engine
def test_unknown_ids_in_a_workflow_are_named(sigma, review) -> None:
    body = changed("states", 0, "hidden", to=["attr-none"])
    body["transitions"][1]["allowedRoleIds"] = ["role-none"]
    body["transitions"][0]["requiresCompleteness"] = 50
    assert sigma("PUT", "/workflows/wf-review", body, status=400) == {
        "error": "VALIDATION_ERROR",
        "message": "There is no attribute 'attr-none'!",
        "details": [
            {
                "message": "There is no attribute 'attr-none'!",
                "pointer": "/states/0/hidden/0",
            },
            {
                "message": "There is no role 'role-none'!",
                "pointer": "/transitions/1/allowedRoleIds/0",
            },
        ],
    }


@on_one_engine
@pytest.mark.parametrize("percent", [-1, 101, 1.5, "50"])
def test_the_completeness_of_a_transition_is_a_percentage(sigma, review, percent) -> None:
    body = changed("transitions", 0, "requiresCompleteness", to=percent)
    told = sigma("PUT", "/workflows/wf-review", body, status=400)
    message = "requiresCompleteness must be a whole number from 0 to 100!"
    assert told == {"error": "VALIDATION_ERROR", "message": message}


@on_one_engine
@pytest.mark.parametrize("body", [REVIEW, REVIEW | {"id": "wf-2"}, REVIEW | {"alias": "other"}])
def test_an_id_or_alias_is_taken_once(sigma, review, body) -> None:
    assert sigma("POST", "/workflows", body, status=409)["error"] == "CONFLICT"


@on_one_engine
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_workflow_that_is_not_there_is_not_found(sigma, method) -> None:
    body = None if method != "PUT" else {"alias": "a", "name": "A", "states": [{"id": "s"}]}
    assert sigma(method, "/workflows/wf-none", body, status=404) == {
        "error": "NOT_FOUND",
        "message": "Workflow 'wf-none' does not exist!",
    }


def test_a_workflow_in_use_stays(sigma, review) -> None:
    assert sigma("DELETE", "/workflows/wf-review", status=409) == {
        "error": "CONFLICT",
        "message": "The workflow is used by poster: take it from there first!",
    }
    sigma("DELETE", f"/schemas/{review}", status=204)
    sigma("DELETE", "/workflows/wf-review", status=204)
    assert sigma("GET", "/workflows", status=200) == []
    assert sigma("POST", "/workflows", REVIEW, status=201) == REVIEW


@on_one_engine
def test_a_schema_names_a_workflow_that_is_there(sigma, apparel) -> None:
    schema = sigma("GET", f"/schemas/{apparel}", status=200)
    assert "workflowId" not in schema
    told = sigma("PUT", f"/schemas/{apparel}", schema | {"workflowId": "wf-none"}, status=400)
    assert told == {"error": "VALIDATION_ERROR", "message": "There is no workflow 'wf-none'!"}


def test_a_state_stays_while_records_are_in_it(sigma, review) -> None:
    body = {"schemaId": review, "values": {"headline": everywhere("A")}}
    made = sigma("POST", "/records", body, status=201)["id"]
    sigma("POST", f"/records/{made}/transition", {"toStateId": "state-review"}, status=200)
    shorter = changed("states", to=[REVIEW["states"][0], REVIEW["states"][2]])
    shorter["transitions"] = []
    assert sigma("PUT", "/workflows/wf-review", shorter, status=409) == {
        "error": "CONFLICT",
        "message": "Records are in the states state-review: move them to others first!",
    }
    sigma("DELETE", f"/records/{made}", status=204)
    assert sigma("PUT", "/workflows/wf-review", shorter, status=200) == shorter


@on_one_engine
def test_who_may_not_change_schemas_changes_no_workflow(sigma, review, given_role, as_role) -> None:
    given_role("writer", canImport=True)
    writer = as_role("role-writer")
    assert writer("GET", "/workflows/wf-review", status=200) == REVIEW
    told = writer("PUT", "/workflows/wf-review", REVIEW, status=403)
    assert told == {"error": "PERMISSION_DENIED", "message": "You may not change workflows!"}
    told = writer("DELETE", "/workflows/wf-review", status=403)
    assert told == {"error": "PERMISSION_DENIED", "message": "You may not delete workflows!"}
