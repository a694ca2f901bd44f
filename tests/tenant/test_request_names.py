"""A write of the tenant face with a name is done once, and answered again as it was."""

import pytest

from tests.databases.fresh import on_one_engine

BODY = {"title": "Hat", "sku": "HAT-1"}


def replayed(answer):
    return answer.headers.get("Idempotent-Replayed") == "true"


def test_a_creation_is_answered_by_the_same_bytes(send, tenant) -> None:
    first = send("POST", "/products", BODY, Idempotency_Key="n-1")
    again = send("POST", "/products", BODY, Idempotency_Key="n-1")

    assert (first.status_code, again.status_code, again.data) == (200, 200, first.data)
    assert (replayed(first), replayed(again)) == (False, True)
    assert len(tenant("GET", "/products")) == 1


def test_the_name_may_stand_in_the_body(send, refused) -> None:
    body = BODY | {"idempotency_key": "n-1"}
    first, again = send("POST", "/products", body), send("POST", "/products", body)
    assert (again.data, replayed(again)) == (first.data, True)

    text = refused(400, "POST", "/products", body, Idempotency_Key="n-2")
    assert "send one name" in text


@on_one_engine
@pytest.mark.parametrize("name", ["", "x" * 256, 5])
def test_what_is_no_name_is_refused(refused, name) -> None:
    assert "1 to 255" in refused(400, "POST", "/products", BODY | {"idempotency_key": name})


def test_another_request_may_not_have_its_name(send, refused) -> None:
    send("POST", "/products", BODY, Idempotency_Key="n-1")
    for body, more in ((BODY | {"title": "Cap"}, {}), (BODY, {"ApiUser": "Ann"})):
        text = refused(422, "POST", "/products", body, Idempotency_Key="n-1", **more)
        assert "another request" in text.lower()


def test_a_removal_is_answered_again(send, hat) -> None:
    path = f"/products/{hat['id']}"
    first = send("DELETE", path, Idempotency_Key="n-1")
    again = send("DELETE", path, Idempotency_Key="n-1")
    assert (first.status_code, again.status_code, again.data) == (204, 204, b"")
    assert (replayed(again), send("DELETE", path).status_code) == (True, 404)


def test_a_job_is_asked_for_once(send, tenant) -> None:
    first = send("POST", "/export", Idempotency_Key="n-1")
    again = send("POST", "/export", Idempotency_Key="n-1")
    assert (again.status_code, again.data, replayed(again)) == (first.status_code, first.data, True)
    assert len(tenant("GET", "/bulk-jobs?type=EXPORT")) == 1
