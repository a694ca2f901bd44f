"""The audit trail tells who changed what, newest first."""

import re

import pytest

from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import everywhere

MOMENT = re.compile(r"2\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ\Z")


@pytest.fixture
def story(sigma, review, as_role) -> str:
    """A poster made and brought to review by Ann, its body then changed by the key; its id."""
    ann = as_role("role-admin")
    values = {"headline": everywhere("A"), "fee": everywhere(1.50)}
    made = ann("POST", "/records", {"schemaId": review, "values": values}, status=201)["id"]
    ann("POST", f"/records/{made}/transition", {"toStateId": "state-review"}, status=200)
    values = {"headline": everywhere("B"), "body": everywhere("text"), "fee": everywhere(1.50)}
    sigma("PUT", f"/records/{made}", {"values": values}, status=200)
    return str(made)


def told(entries: list[dict]) -> list[dict]:
    """Return entries without what differs from run to run."""
    for one in entries:
        assert MOMENT.match(one.pop("timestamp"))
        assert re.fullmatch(r"audit-\d+-\d+", one.pop("id"))
    return entries


def test_the_trail_of_a_record_is_told_newest_first(sigma, key, story) -> None:
    assert told(sigma("GET", f"/records/{story}/audit", status=200)) == [
        {
            "entityId": story,
            "action": "update",
            "userId": f"{key[0]}xxx...xxx{key[-1]}",
            "changes": [
                {
                    "attribute": "headline",
                    "oldValue": everywhere("A"),
                    "newValue": everywhere("B"),
                },
                {"attribute": "body", "oldValue": None, "newValue": everywhere("text")},
            ],
        },
        {
            "entityId": story,
            "action": "transition",
            "userId": "user-1",
            "changes": [],
            "fromStateId": "state-draft",
            "toStateId": "state-review",
        },
        {
            "entityId": story,
            "action": "create",
            "userId": "user-1",
            "changes": [
                {"attribute": "headline", "oldValue": None, "newValue": everywhere("A")},
                {"attribute": "fee", "oldValue": None, "newValue": everywhere(1.5)},
            ],
        },
    ]
    newest = sigma("GET", f"/records/{story}/audit?limit=1&offset=1", status=200)
    assert [one["action"] for one in newest] == ["transition"]


def test_records_name_the_users_who_made_and_changed_them(sigma, key, story) -> None:
    record = sigma("GET", f"/records/{story}", status=200)
    assert record["createdBy"] == "user-1"
    assert record["updatedBy"] == f"{key[0]}xxx...xxx{key[-1]}"
    (listed,) = sigma("GET", "/records", status=200)["items"]
    assert listed["createdBy"] == "user-1"


def actions(sigma, query: str = "") -> list[tuple[str, str]]:
    page = sigma("GET", f"/audit?{query}", status=200)
    assert page["total"] == len(page["items"])
    return [(one["entityId"], one["action"]) for one in page["items"]]


def test_the_trail_of_the_workspace_has_filters(sigma, story) -> None:
    body = {"values": {"headline": everywhere("small")}}
    variant = sigma("POST", f"/records/{story}/variants", body, status=201)["id"]
    sigma("DELETE", f"/records/{story}", status=204)
    everything = actions(sigma)
    assert sorted(everything[:2]) == [(story, "delete"), (variant, "delete")]
    assert everything[2:] == [
        (variant, "create"),
        (story, "update"),
        (story, "transition"),
        (story, "create"),
    ]
    assert actions(sigma, "action=create") == [(variant, "create"), (story, "create")]
    assert actions(sigma, "action=update") == [(story, "update")]
    assert actions(sigma, "action=transition") == [(story, "transition")]
    assert sorted(actions(sigma, "action=delete")) == sorted(everything[:2])
    assert actions(sigma, "userId=user-1") == [(story, "transition"), (story, "create")]
    assert actions(sigma, "userId=user-9") == []
    assert actions(sigma, f"entityId={variant}") == [(variant, "delete"), (variant, "create")]
    assert actions(sigma, "entityId=ent-999") == actions(sigma, "entityId=nobody") == []
    wrong = variant.replace("var", "ent")
    assert actions(sigma, f"entityId={wrong}") == []


def test_the_trail_comes_in_pages(sigma, story) -> None:
    page = sigma("GET", "/audit?offset=1&limit=1", status=200)
    assert [one["action"] for one in page.pop("items")] == ["transition"]
    assert page == {"total": 3, "offset": 1, "limit": 1}
    beyond = sigma("GET", "/audit?offset=1000000000000", status=200)
    assert (beyond["items"], beyond["total"]) == ([], 3)


def test_a_text_that_looks_like_a_deletion_is_none(sigma, story) -> None:
    text = '{"~stage":"status":"deleted"'
    sent = {"scopedValues": everywhere(text)}
    sigma("PATCH", f"/records/{story}/values/note", sent, status=200)
    assert actions(sigma, "action=delete") == []
    assert [action for _, action in actions(sigma, "action=update")] == ["update", "update"]


def test_the_rows_of_a_view_hold_in_the_trail(sigma, story, pims, make_key, review) -> None:
    values = {"headline": everywhere("other")}
    other = sigma("POST", "/records", {"schemaId": review, "values": values}, status=201)["id"]
    condition = f"[[sku]] = '{other}'"
    body = {"name": "one", "attributes": {"headline": {}}, "condition_query": condition}
    pims("addPimView", path="/pim/manage/views", status=200, **body)
    key = make_key("pim_user", views=("one",))
    page = sigma("GET", "/audit", status=200, key=key)
    assert page["total"] == 1
    assert [one["entityId"] for one in page["items"]] == [other]
    assert sigma("GET", f"/audit?entityId={story}", status=200, key=key)["items"] == []
    sigma("GET", f"/records/{story}/audit", status=404, key=key)


@on_one_engine
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("action=made", "action must be one of create, update, delete, transition!"),
        ("limit=501", "limit must be a whole number from 1 to 500!"),
        ("offset=-1", "offset must be a whole number from 0 to 1000000000000!"),
    ],
)
def test_a_trail_that_cannot_be_asked_for_is_refused(sigma, query, message) -> None:
    told_of = sigma("GET", f"/audit?{query}", status=400)
    assert told_of == {"error": "VALIDATION_ERROR", "message": message}


def test_the_statements_of_a_page_do_not_grow_with_it(sigma, review, queries, as_role) -> None:
    ann = as_role("role-admin")
    counts = []
    for rounds in (2, 6):
        for number in range(rounds):
            values = {"headline": everywhere(str(number))}
            body = {"schemaId": review, "values": values}
            made = ann("POST", "/records", body, status=201)["id"]
            ann("POST", f"/records/{made}/variants", {"values": values}, status=201)
        with queries() as sent:
            sigma("GET", "/audit", status=200)
            sigma("GET", "/records", status=200)
            sigma("GET", "/variants", status=200)
        counts.append(len(sent))
    assert counts[0] == counts[1]
