"""A workflow goes while others use it: one of the two is refused, and nothing is left half."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from pims_api.services.maintenance.check import CHECKS
from pims_api.storage.snapshot import snapshot
from tests.sigma.conftest import BASE, REVIEW, everywhere

PATIENCE_S = 60
ROUNDS = 5


@pytest.fixture
def together(app, key):
    """`together(("DELETE", "/workflows/wf", None), …)`: the statuses, all sent at one moment."""

    def act(*requests):
        start = Barrier(len(requests))

        def send(request):
            method, path, body = request
            client = app.test_client()
            start.wait(PATIENCE_S)
            headers = {"X-Sigma-ApiKey": key}
            return client.open(BASE + path, method=method, json=body, headers=headers).status_code

        with ThreadPoolExecutor(len(requests)) as pool:
            return list(pool.map(send, requests))

    return act


def test_a_workflow_is_deleted_or_taken_into_use(sigma, review, together) -> None:
    schema = sigma("GET", f"/schemas/{review}", status=200)
    address = f"/schemas/{review}"
    for _ in range(ROUNDS):
        sigma("PUT", address, schema | {"workflowId": None}, status=200)
        statuses = together(("PUT", address, schema), ("DELETE", "/workflows/wf-review", None))
        assert statuses in ([200, 409], [400, 204])
        if statuses == [400, 204]:
            sigma("POST", "/workflows", REVIEW, status=201)


def test_a_workflow_goes_while_records_are_created(sigma, review, together, database) -> None:
    schema = sigma("GET", f"/schemas/{review}", status=200)
    address = f"/schemas/{review}"
    body = {"schemaId": review, "values": {"headline": everywhere("A")}}
    creations = [("POST", "/records", body)] * 2
    for number in range(ROUNDS):
        sigma("PUT", address, schema | {"workflowId": None}, status=200)
        statuses = together(*creations, ("DELETE", "/workflows/wf-review", None))
        assert statuses == [201, 201, 204]
        page = sigma("GET", "/records", status=200)
        assert page["total"] == 4 * number + 2
        assert {one["lifecycleStateId"] for one in page["items"]} == {None}

        sigma("POST", "/workflows", REVIEW, status=201)
        assert together(*creations, ("PUT", address, schema)) == [201, 201, 200]
        page = sigma("GET", "/records?lifecycleStateId=state-draft", status=200)
        assert page["total"] == 4 * number + 4
        sigma("PUT", address, schema | {"workflowId": None}, status=200)
    with snapshot(database, 1) as seen:
        assert [told for check in CHECKS for told in check.find(seen)] == []


def test_of_two_transitions_at_a_time_one_is_too_late(sigma, review, together) -> None:
    ways = [REVIEW["transitions"][0], {"fromStateId": "state-draft", "toStateId": "state-print"}]
    sigma("PUT", "/workflows/wf-review", REVIEW | {"transitions": ways}, status=200)
    for _ in range(ROUNDS):
        body = {"schemaId": review, "values": {}}
        made = sigma("POST", "/records", body, status=201)["id"]
        ends = ("state-review", "state-print")
        address = f"/records/{made}/transition"
        statuses = together(*(("POST", address, {"toStateId": end}) for end in ends))
        assert sorted(statuses) == [200, 422]
        won = ends[statuses.index(200)]
        assert sigma("GET", f"/records/{made}", status=200)["lifecycleStateId"] == won


def test_a_role_is_deleted_or_given_to_a_transition(sigma, review, together) -> None:
    ways = [REVIEW["transitions"][0] | {"allowedRoleIds": ["role-printer"]}]
    named = REVIEW | {"transitions": ways}
    for _ in range(ROUNDS):
        sigma("PUT", "/workflows/wf-review", REVIEW, status=200)
        sigma("POST", "/roles", {"id": "role-printer", "name": "Printer"}, status=201)
        statuses = together(
            ("PUT", "/workflows/wf-review", named), ("DELETE", "/roles/role-printer", None)
        )
        assert statuses in ([200, 409], [400, 204])
        sigma("PUT", "/workflows/wf-review", REVIEW, status=200)
        if statuses == [200, 409]:
            sigma("DELETE", "/roles/role-printer", status=204)
