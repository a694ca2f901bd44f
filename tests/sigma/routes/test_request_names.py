"""A write of the Sigma face with a name is done once, and answered again as it was."""

import pytest

from pims_api.storage.tables import kept_reply
from tests.databases.fresh import on_one_engine

BODY = {"alias": "color", "name": "Color", "type": "text"}


def replayed(answer):
    return answer.headers.get("Idempotent-Replayed") == "true"


def test_a_creation_is_answered_by_the_same_bytes(send, sigma) -> None:
    first = send("POST", "/attributes", BODY, Idempotency_Key="n-1")
    again = send("POST", "/attributes", BODY, Idempotency_Key="n-1")

    assert (first.status_code, again.status_code, again.data) == (201, 201, first.data)
    assert (replayed(first), replayed(again)) == (False, True)
    assert sum(one["alias"] == "color" for one in sigma("GET", "/attributes", status=200)) == 1


def test_the_name_may_stand_in_the_body(send) -> None:
    body = BODY | {"idempotency_key": "n-1"}
    first, again = send("POST", "/attributes", body), send("POST", "/attributes", body)
    assert (again.status_code, again.data, replayed(again)) == (201, first.data, True)

    other = send("POST", "/attributes", body, Idempotency_Key="n-2")
    assert (other.status_code, other.json["error"]) == (400, "VALIDATION_ERROR")


@on_one_engine
@pytest.mark.parametrize("name", ["", "x" * 256, 5, None])
def test_what_is_no_name_is_refused(send, name) -> None:
    answer = send("POST", "/attributes", BODY | {"idempotency_key": name})
    assert (answer.status_code, answer.json["error"]) == (400, "VALIDATION_ERROR")
    if isinstance(name, str):
        answer = send("POST", "/attributes", BODY, Idempotency_Key=name)
        assert answer.status_code == 400


def test_another_request_may_not_have_its_name(send, given_attribute) -> None:
    given_attribute("size")
    send("POST", "/attributes", BODY, Idempotency_Key="n-1")
    for method, path, body in (
        ("POST", "/attributes", BODY | {"name": "Colour"}),
        ("DELETE", "/attributes/attr-size", None),
        ("PUT", "/attributes/attr-size", BODY),
    ):
        answer = send(method, path, body, Idempotency_Key="n-1")
        assert (answer.status_code, answer.json["error"]) == (422, "CONFLICT"), path


def test_a_removal_is_answered_again_without_a_body(send, given_attribute) -> None:
    number = given_attribute("size")
    first = send("DELETE", f"/attributes/{number}", Idempotency_Key="n-1")
    again = send("DELETE", f"/attributes/{number}", Idempotency_Key="n-1")
    anew = send("DELETE", f"/attributes/{number}")

    assert (first.status_code, again.status_code, anew.status_code) == (204, 204, 404)
    assert (again.data, replayed(again), again.content_type) == (b"", True, None)


def test_what_was_read_may_be_older_by_then(send, given_attribute) -> None:
    path = f"/attributes/{given_attribute('size')}"
    tag = send("GET", path).headers["ETag"]
    body = {"alias": "size", "name": "Sizes", "type": "text"}
    first = send("PUT", path, body, If_Match=tag, Idempotency_Key="n-1")
    again = send("PUT", path, body, If_Match=tag, Idempotency_Key="n-1")

    assert (first.status_code, again.status_code, again.data) == (200, 200, first.data)
    assert send("PUT", path, body, If_Match=tag).status_code == 412
    stale = send("PUT", path, body, If_Match=tag, Idempotency_Key="n-2")
    assert (stale.status_code, replayed(stale)) == (412, False)


def test_a_new_key_is_told_once(send, database) -> None:
    body = {"name": "till", "permissions": ["read"]}
    first = send("POST", "/api-keys", body, Idempotency_Key="n-1")
    again = send("POST", "/api-keys", body, Idempotency_Key="n-1")

    assert (first.status_code, again.json) == (201, first.json | {"key": None})
    with database.reading() as connection:
        (kept,) = connection.execute(kept_reply.select()).all()
    assert first.json["key"].encode() not in kept.reply


def test_a_trial_and_a_read_keep_nothing(send, given_attribute, given_schema, database) -> None:
    given_schema("apparel", given_attribute("size"))
    body = {
        "schemaId": "schema-apparel",
        "columnMapping": {"size": "size"},
        "rows": [{"size": "M"}],
    }
    assert send("POST", "/import/preview", body, Idempotency_Key="n-1").status_code == 200
    assert send("GET", "/attributes", Idempotency_Key="").status_code == 200
    with database.reading() as connection:
        assert connection.execute(kept_reply.select()).all() == []


def test_each_user_has_names_of_their_own(given_role, as_role, database) -> None:
    body = {"name": "Colors", "idempotency_key": "n-1"}
    for name in ("one", "two"):
        ask = as_role(given_role(name, canManageOptionLists=True))
        first = ask("POST", "/option-lists", body | {"alias": name}, status=201)
        assert ask("POST", "/option-lists", body | {"alias": name}, status=201) == first
    with database.reading() as connection:
        kept = connection.execute(kept_reply.select()).all()
    assert sorted(one.holder for one in kept) == [
        "user role-one@example.com", "user role-two@example.com",
    ]  # fmt: skip
