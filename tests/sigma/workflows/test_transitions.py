"""Records begin in the default state and go to others as their workflow lets them."""

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.snapshot import snapshot
from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import REVIEW, everywhere


@pytest.fixture
def poster(sigma, review):
    """`poster(headline="A")`: a record of posters; its id."""

    def made(**values: object) -> str:
        sent = {alias: everywhere(value) for alias, value in values.items()}
        return sigma("POST", "/records", {"schemaId": review, "values": sent}, status=201)["id"]

    return made


@pytest.fixture
def go(sigma):
    """`go(poster, "review", status=200)`: the answer to that transition."""

    def to(record: str, state: str, *, status: int, ask=sigma):
        return ask(
            "POST", f"/records/{record}/transition", {"toStateId": f"state-{state}"}, status=status
        )

    return to


def state_of(sigma, record: str) -> str | None:
    return sigma("GET", f"/records/{record}", status=200)["lifecycleStateId"]


def found(sigma, state: str) -> list[str]:
    page = sigma("GET", f"/records?lifecycleStateId=state-{state}", status=200)
    assert page["total"] == len(page["items"])
    return [one["id"] for one in page["items"]]


def test_a_record_begins_in_the_default_state_and_moves(sigma, poster, go) -> None:
    one, two = poster(headline="A"), poster(headline="B")
    assert [state_of(sigma, each) for each in (one, two)] == ["state-draft"] * 2

    before = sigma("GET", f"/records/{one}", status=200)
    after = go(one, "review", status=200)
    assert after == sigma("GET", f"/records/{one}", status=200)
    assert after == before | {
        "lifecycleStateId": "state-review",
        "updatedAt": after["updatedAt"],
    }
    assert found(sigma, "draft") == [two]
    assert found(sigma, "review") == [one]
    assert found(sigma, "print") == found(sigma, "none") == []


def test_records_of_a_schema_without_a_workflow_have_no_state(sigma, apparel, go) -> None:
    body = {"schemaId": apparel, "values": {"sku": everywhere("CW")}}
    made = sigma("POST", "/records", body, status=201)
    assert made["lifecycleStateId"] is None
    assert go(made["id"], "draft", status=422) == {
        "error": "TRANSITION_ERROR",
        "message": "There is no workflow, so there are no transitions!",
    }
    assert sigma("GET", f"/records/{made['id']}/transitions", status=200) == []


def test_records_that_were_there_before_the_workflow_are_in_its_default_state(
    sigma, apparel, review, go
) -> None:
    body = {"schemaId": apparel, "values": {"sku": everywhere("CW")}}
    made = sigma("POST", "/records", body, status=201)["id"]
    schema = sigma("GET", f"/schemas/{apparel}", status=200)
    sigma("PUT", f"/schemas/{apparel}", schema | {"workflowId": "wf-review"}, status=200)
    assert state_of(sigma, made) == "state-draft"
    assert found(sigma, "draft") == [made]

    go(made, "review", status=200)
    sigma("PUT", f"/schemas/{apparel}", schema, status=200)
    assert state_of(sigma, made) is None
    assert found(sigma, "draft") == found(sigma, "review") == []
    sigma("PUT", f"/schemas/{apparel}", schema | {"workflowId": "wf-review"}, status=200)
    assert found(sigma, "review") == [made]


def test_another_default_state_is_that_of_new_records_alone(sigma, apparel, review, go) -> None:
    body = {"schemaId": apparel, "values": {"sku": everywhere("CW")}}
    old, moved = (
        sigma("POST", "/records", body | {"values": values}, status=201)["id"]
        for values in (body["values"], {})
    )
    schema = sigma("GET", f"/schemas/{apparel}", status=200)
    sigma("PUT", f"/schemas/{apparel}", schema | {"workflowId": "wf-review"}, status=200)

    workflow = REVIEW | {"defaultStateId": "state-review"}
    assert sigma("PUT", "/workflows/wf-review", workflow, status=200) == workflow
    new = sigma("POST", "/records", body | {"values": {}}, status=201)["id"]
    states = [state_of(sigma, one) for one in (old, moved, new)]
    assert states == ["state-draft", "state-draft", "state-review"]
    assert set(found(sigma, "draft")) == {old, moved}
    assert found(sigma, "review") == [new]

    go(moved, "review", status=200)
    entry = sigma("GET", f"/records/{moved}/audit", status=200)[0]
    assert (entry["fromStateId"], entry["toStateId"]) == ("state-draft", "state-review")
    for default in ("state-print", "state-draft", "state-review"):
        sigma("PUT", "/workflows/wf-review", REVIEW | {"defaultStateId": default}, status=200)
        assert state_of(sigma, old) == "state-draft"
        assert set(found(sigma, "draft")) == {old}
    without = REVIEW | {"defaultStateId": "state-review", "states": REVIEW["states"][1:]}
    told = sigma("PUT", "/workflows/wf-review", without | {"transitions": []}, status=409)
    assert told["message"] == ("Records are in the states state-draft: move them to others first!")


def test_what_pims_makes_of_the_type_begins_there_too(sigma, review, pims) -> None:
    pims("createProduct", sku="P-1", product_type="poster", data={"attributes": {}}, status=200)
    made = found(sigma, "draft")
    assert [state_of(sigma, one) for one in made] == ["state-draft"]


@pytest.mark.parametrize(
    "body",
    [
        {"toStateId": "state-review"},
        {"targetStateId": "state-review"},
        {"stateId": "state-review"},
        {"lifecycleStateId": "state-review"},
        {"transitionId": "draft-review"},
        {"transitionId": "draft-review", "toStateId": "state-review"},
    ],
)
@on_one_engine
def test_a_transition_is_named_by_its_end_or_its_id(sigma, poster, body) -> None:
    one = poster()
    moved = sigma("POST", f"/records/{one}/transition", body, status=200)
    assert moved["lifecycleStateId"] == "state-review"


@on_one_engine
def test_a_transition_that_names_nothing_is_refused(sigma, poster) -> None:
    assert sigma("POST", f"/records/{poster()}/transition", {}, status=400) == {
        "error": "VALIDATION_ERROR",
        "message": "toStateId or transitionId is required!",
    }


@on_one_engine
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"toStateId": "state-print"}, "There is no transition from Draft to 'state-print'!"),
        ({"toStateId": "state-draft"}, "There is no transition from Draft to 'state-draft'!"),
        ({"toStateId": "nowhere"}, "There is no transition from Draft to 'nowhere'!"),
        ({"transitionId": "review-draft"}, "There is no transition 'review-draft' from Draft!"),
    ],
)
def test_a_transition_that_is_not_defined_is_refused(sigma, poster, body, message) -> None:
    one = poster()
    told = sigma("POST", f"/records/{one}/transition", body, status=422)
    assert told == {"error": "TRANSITION_ERROR", "message": message}
    assert state_of(sigma, one) == "state-draft"


def test_a_gate_measures_what_the_state_behind_it_requires(sigma, poster, go) -> None:
    one = poster(headline="A")
    go(one, "review", status=200)
    assert go(one, "print", status=422) == {
        "error": "TRANSITION_ERROR",
        "message": "The transition 'To print' needs 100 percent of what Print requires, "
        "and there are 50!",
    }
    assert [way["id"] for way in sigma("GET", f"/records/{one}/transitions", status=200)] == [
        "review-draft"
    ]
    sigma("PATCH", f"/records/{one}/values/body", {"scopedValues": everywhere("B")}, status=200)
    assert sigma("GET", f"/records/{one}/transitions", status=200) == (REVIEW["transitions"][1:])
    assert go(one, "print", status=200)["lifecycleStateId"] == "state-print"


def test_the_role_is_asked_before_completeness(
    sigma, review, poster, go, given_role, as_role
) -> None:
    given_role("editor")
    given_role("printer")
    ways = [
        *REVIEW["transitions"][:2],
        REVIEW["transitions"][2] | {"allowedRoleIds": ["role-printer"]},
    ]
    sigma("PUT", "/workflows/wf-review", REVIEW | {"transitions": ways}, status=200)
    editor, printer = as_role("role-editor"), as_role("role-printer")
    one = poster(headline="A")
    go(one, "review", status=200, ask=editor)

    told = go(one, "print", status=422, ask=editor)
    message = "Your role may not take the transition 'To print'!"
    assert told == {"error": "TRANSITION_ERROR", "message": message}
    assert "needs 100 percent" in go(one, "print", status=422, ask=printer)["message"]

    sigma("PATCH", f"/records/{one}/values/body", {"scopedValues": everywhere("B")}, status=200)
    usable = [
        [way["id"] for way in ask("GET", f"/records/{one}/transitions", status=200)]
        for ask in (editor, printer)
    ]
    assert usable == [["review-draft"], ["review-draft", "review-print"]]
    assert go(one, "print", status=200, ask=printer)["lifecycleStateId"] == "state-print"


def test_a_role_that_a_transition_names_stays(sigma, review, given_role) -> None:
    given_role("printer")
    ways = [REVIEW["transitions"][0] | {"allowedRoleIds": ["role-printer"]}]
    sigma("PUT", "/workflows/wf-review", REVIEW | {"transitions": ways}, status=200)
    assert sigma("DELETE", "/roles/role-printer", status=409) == {
        "error": "CONFLICT",
        "message": "Transitions of the workflows Review name the role: change them first!",
    }


@on_one_engine
def test_administrators_take_any_transition_and_viewers_none(
    sigma, review, poster, go, given_role, as_role
) -> None:
    given_role("printer")
    ways = [REVIEW["transitions"][0] | {"allowedRoleIds": ["role-printer"]}]
    sigma("PUT", "/workflows/wf-review", REVIEW | {"transitions": ways}, status=200)
    one, two = poster(), poster()
    viewer = as_role("role-viewer")
    assert viewer("GET", f"/records/{one}/transitions", status=200) == []
    told = go(one, "review", status=403, ask=viewer)
    assert told == {"error": "PERMISSION_DENIED", "message": "You may not edit records!"}
    assert go(one, "review", status=200, ask=as_role("role-admin"))["id"] == one
    assert go(two, "review", status=200)["id"] == two


def test_a_transition_takes_the_tag_of_the_record(sigma, send, poster) -> None:
    one = poster()
    address, body = f"/records/{one}/transition", {"toStateId": "state-review"}
    tag = send("GET", f"/records/{one}").headers["ETag"]
    sigma("PATCH", f"/records/{one}/values/note", {"scopedValues": everywhere("N")}, status=200)
    sigma("POST", address, body, status=412, If_Match=tag)
    tag = send("GET", f"/records/{one}").headers["ETag"]
    sigma("POST", address, body, status=200, If_Match=tag)


def test_pims_sees_nothing_of_states(sigma, pims, poster, go, database) -> None:
    one = poster(headline="A")
    go(one, "review", status=200)
    go(one, "draft", status=200)
    shown = pims("listProduct", sku=one, status=200)
    assert [name for name in shown["data"]["attributes"] if "stage" in name] == []
    history = pims("historyProduct", sku=one, params={"definition": False}, status=200)
    assert (history["total_count"], len(history["history"])) == (1, 1)
    assert "state-" not in str(shown) + str(history)
    with snapshot(database, 1) as seen:
        assert [told for check in CHECKS for told in check.find(seen)] == []
