"""What a state hides is in no reply, and what it locks stays as it is."""

import pytest

from tests.sigma.conftest import REVIEW, everywhere

CANARY = "nobody sees this"


@pytest.fixture
def poster(sigma, review) -> str:
    """A poster in review, with a fee and a note."""
    values = {"headline": "A", "body": "B", "fee": 10, "note": CANARY}
    sent = {alias: everywhere(value) for alias, value in values.items()}
    made = sigma("POST", "/records", {"schemaId": review, "values": sent}, status=201)["id"]
    sigma("POST", f"/records/{made}/transition", {"toStateId": "state-review"}, status=200)
    return str(made)


@pytest.fixture
def variant(sigma, poster) -> str:
    values = {"headline": everywhere("A small"), "note": everywhere(CANARY)}
    return sigma("POST", f"/records/{poster}/variants", {"values": values}, status=201)["id"]


@pytest.fixture
def printed(sigma, poster, variant) -> str:
    """The poster in print."""
    sigma("POST", f"/records/{poster}/transition", {"toStateId": "state-print"}, status=200)
    return poster


def locked(alias: str, state: str) -> dict:
    message = f"{alias} cannot be written in the state {state}!"
    return {"error": "VALIDATION_ERROR", "message": message}


def test_a_hidden_attribute_is_in_no_reply(sigma, send, review, printed, variant) -> None:
    record = sigma("GET", f"/records/{printed}", status=200)
    assert list(record["values"]) == ["headline", "body", "fee"]
    own = sigma("GET", f"/records/{printed}/variants/{variant}", status=200)
    assert own["values"] == {"headline": everywhere("A small")}
    resolved = sigma("GET", f"/records/{printed}/variants/{variant}/resolved", status=200)
    assert resolved["effectiveValues"] == {
        "headline": everywhere("A small"),
        "body": everywhere("B"),
        "fee": everywhere(10),
    }
    assert resolved["overriddenAttributes"] == ["headline"]
    assert resolved["inheritedAttributes"] == ["body", "fee"]
    for path in (
        "/records",
        f"/records/{printed}",
        f"/records/{printed}/variants",
        f"/records/{printed}/variants/{variant}",
        f"/records/{printed}/variants/{variant}/resolved",
        f"/records/{printed}/completeness",
        f"/records/{printed}/audit",
        "/variants",
        "/audit",
    ):
        response = send("GET", path)
        assert response.status_code == 200
        assert CANARY not in response.text, path


def test_what_is_hidden_comes_back_with_the_state(sigma, review, printed) -> None:
    back = {"id": "back", "name": "Back", "fromStateId": "state-print", "toStateId": "state-draft"}
    more = REVIEW | {"transitions": [*REVIEW["transitions"], back]}
    sigma("PUT", "/workflows/wf-review", more, status=200)
    sigma("PUT", f"/records/{printed}", {"values": {"headline": everywhere("C")}}, status=200)
    moved = sigma("POST", f"/records/{printed}/transition", {"transitionId": "back"}, status=200)
    assert moved["values"] == {
        "headline": everywhere("C"),
        "body": everywhere("B"),
        "note": everywhere(CANARY),
    }


def test_a_change_of_the_sets_holds_at_once(sigma, review, printed) -> None:
    shown = REVIEW | {"states": [{"id": state["id"]} for state in REVIEW["states"]]}
    sigma("PUT", "/workflows/wf-review", shown, status=200)
    record = sigma("GET", f"/records/{printed}", status=200)
    assert list(record["values"]) == ["headline", "body", "fee", "note"]
    sigma("PUT", "/workflows/wf-review", REVIEW, status=200)
    record = sigma("GET", f"/records/{printed}", status=200)
    assert list(record["values"]) == ["headline", "body", "fee"]


def test_a_read_only_attribute_is_not_written(sigma, poster) -> None:
    before = sigma("GET", f"/records/{poster}", status=200)
    sent = {"scopedValues": everywhere(11)}
    refused = locked("fee", "Review")
    assert sigma("PATCH", f"/records/{poster}/values/fee", sent, status=400) == refused
    nothing = {"scopedValues": []}
    assert sigma("PATCH", f"/records/{poster}/values/fee", nothing, status=400) == refused
    values = before["values"] | {"fee": everywhere(11)}
    assert sigma("PUT", f"/records/{poster}", {"values": values}, status=400) == refused
    assert sigma("GET", f"/records/{poster}", status=200) == before


def test_what_was_read_can_be_sent_back(sigma, poster) -> None:
    before = sigma("GET", f"/records/{poster}", status=200)
    sent = {"values": before["values"]}
    assert sigma("PUT", f"/records/{poster}", sent, status=200) == before
    kept = sigma("PUT", f"/records/{poster}", {"values": {}}, status=200)
    assert kept["values"] == {"fee": everywhere(10)}


def test_a_hidden_attribute_is_not_written(sigma, printed, variant) -> None:
    refused = locked("note", "Print")
    for value in (CANARY, "x"):
        sent = {"scopedValues": everywhere(value)}
        for one in (printed, f"{printed}/variants/{variant}"):
            assert sigma("PATCH", f"/records/{one}/values/note", sent, status=400) == refused
            body = {"values": {"note": everywhere(value)}}
            assert sigma("PUT", f"/records/{one}", body, status=400) == refused


def test_variants_are_locked_by_the_state_of_their_record(sigma, printed, variant) -> None:
    sent = {"scopedValues": everywhere("own")}
    address = f"/records/{printed}/variants/{variant}/values/body"
    assert sigma("PATCH", address, sent, status=400) == locked("body", "Print")
    body = {"values": {"body": everywhere("own")}}
    told = sigma("POST", f"/records/{printed}/variants", body, status=400)
    assert told == locked("body", "Print")


def test_a_new_record_is_locked_by_the_default_state(sigma, review) -> None:
    states = [REVIEW["states"][0] | {"readOnly": ["attr-fee"], "hidden": ["attr-note"]}]
    body = REVIEW | {"states": [*states, *REVIEW["states"][1:]]}
    sigma("PUT", "/workflows/wf-review", body, status=200)
    for alias, value in (("fee", 1), ("note", "x")):
        body = {"schemaId": review, "values": {alias: everywhere(value)}}
        assert sigma("POST", "/records", body, status=400) == locked(alias, "Draft")
