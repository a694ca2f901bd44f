"""Two servers are told what cannot both be: one of them does it, and nothing is left half."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from tests.reliability.conftest import Site
from tests.reliability.nodes import serving_nodes
from tests.reliability.running_server import Caller, Reply, check_catalogue

PATIENCE_S = 60
ROUNDS = 8

Pair = tuple[Caller, Caller]
Act = Callable[[Caller], Reply]
STATES = [{"id": "open", "name": "Open"}, {"id": "shut", "name": "Shut"}]
WORKFLOW = {"id": "wf", "alias": "wf", "name": "W", "states": STATES}


@pytest.fixture(scope="module")
def pair(site: Site) -> Iterator[Pair]:
    """A caller of each of two servers, with a schema whose `code` is unique."""
    with serving_nodes(site.url, site.key, 2, workers=1) as nodes:
        one, other = nodes.servers
        with one.caller() as here, other.caller() as there:
            code = {"alias": "code", "name": "Code", "type": "text", "inheritable": False}
            code |= {"validation": {"unique": True, "maxLength": 40}}
            sku = {"id": "attr-sku", "alias": "sku", "name": "SKU", "type": "text"}
            done(here, "POST", "/attributes", code)
            done(here, "POST", "/attributes", sku)
            done(here, "POST", "/schemas", schema())
            yield here, there
    check_catalogue(site.url)


def schema(**more: Any) -> dict[str, Any]:
    group = {"id": "g", "name": "G", "attributeIds": ["attr-sku", "attr-code"]}
    body = {"id": "s", "alias": "s", "name": "S", "variantEnabled": True}
    return body | {"attributeGroups": [group]} | more


def done(caller: Caller, method: str, path: str, body: Any = None) -> Any:
    reply = caller.send(method, path, body)
    assert reply.status < 300, reply
    return reply.body


def record(caller: Caller, **values: str) -> str:
    """Make a record; its id."""
    return str(done(caller, "POST", "/records", of("s", **values))["id"])


def of(schema_id: str, **values: str) -> dict[str, Any]:
    scoped = {alias: [{"scope": {}, "value": value}] for alias, value in values.items()}
    return {"schemaId": schema_id, "values": scoped}


def at_once(pair: Pair, turn: int, *acts: Act) -> list[Reply]:
    """Have both servers do something at one moment; who begins changes with the turn."""
    start = Barrier(len(acts))
    callers = pair if turn % 2 else pair[::-1]

    def act(one: tuple[Caller, Act]) -> Reply:
        start.wait(PATIENCE_S)
        return one[1](one[0])

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, zip(callers, acts, strict=True)))


def statuses(replies: list[Reply]) -> list[int]:
    return [one.status for one in replies]


def test_two_variants_do_not_become_each_others_parent(pair, names) -> None:
    here, _ = pair
    for turn in range(ROUNDS):
        top, left, right, low = (names(one) for one in ("TOP", "LEFT", "RIGHT", "LOW"))
        made = record(here, sku=top)
        for sku, above in ((left, top), (right, top), (low, right)):
            attributes = {"variation_of": above}
            reply = here.post(
                "createProduct", sku=sku, product_type="s", data={"attributes": attributes}
            )
            assert reply.status == 200, reply
        below = (low, right)[turn % 2]  # directly, or further down
        replies = at_once(
            pair,
            turn,
            lambda one, under=below, sku=left: one.edit(sku, variation_of=under),
            lambda one, under=left, sku=right: one.edit(sku, variation_of=under),
        )
        assert sorted(statuses(replies)) == [200, 400], replies
        found = done(here, "GET", f"/records/{made}/variants")
        assert len(found) == 3
        for one in found:
            done(here, "GET", f"/records/{made}/variants/{one['id']}/resolved")


def test_a_workflow_goes_while_a_record_is_created(pair, names) -> None:
    here, _ = pair
    for turn in range(ROUNDS):
        done(here, "POST", "/workflows", WORKFLOW)
        bound = turn % 2 == 0
        done(here, "PUT", "/schemas/s", schema(workflowId="wf" if bound else None))
        body = of("s", sku=names("SKU"))
        deleted, created = at_once(
            pair,
            turn // 2,
            lambda one: one.send("DELETE", "/workflows/wf"),
            lambda one, body=body: one.send("POST", "/records", body),
        )
        assert (deleted.status, created.status) == (409 if bound else 204, 201)
        assert created.body["lifecycleStateId"] == ("open" if bound else None)
        if bound:
            done(here, "PUT", "/schemas/s", schema())
            done(here, "DELETE", "/workflows/wf")
        shown = done(here, "GET", f"/records/{created.body['id']}")
        assert shown["lifecycleStateId"] is None


def test_a_unique_value_is_taken_once(pair, names) -> None:
    here, _ = pair
    for turn in range(ROUNDS):
        code, first, second = names("CODE"), record(here), record(here)
        small = done(here, "POST", f"/records/{first}/variants", {"values": {}})["id"]
        body = of("s", code=code)
        ways: list[Act] = [
            lambda one, sent=body: one.send("POST", "/records", sent),
            lambda one, sent=body, to=second: one.send("PUT", f"/records/{to}", sent),
            lambda one, sent=body, to=(first, small): one.send(
                "PATCH",
                f"/records/{to[0]}/variants/{to[1]}/values/code",
                {"scopedValues": sent["values"]["code"]},
            ),
        ]
        replies = at_once(pair, turn, ways[turn % 3], ways[(turn + 1 + turn // 3 % 2) % 3])
        assert 409 in statuses(replies)
        (won,) = [one for one in replies if one.status < 300]
        (lost,) = [one for one in replies if one.status == 409]
        assert lost.body["error"] == "CONFLICT"
        assert won.body["values"]["code"] == body["values"]["code"]


def test_a_sku_is_taken_once_and_made_skus_differ(pair, names) -> None:
    for turn in range(ROUNDS):
        sku = names("SKU")
        sent = [of("s", sku=sku)] * 2 if turn % 2 else [of("s")] * 2
        replies = at_once(
            pair,
            turn,
            *(lambda one, body=body: one.send("POST", "/records", body) for body in sent),
        )
        assert sorted(statuses(replies)) == ([201, 409] if turn % 2 else [201, 201])
        ids = {one.body["id"] for one in replies if one.status == 201}
        assert len(ids) == (1 if turn % 2 else 2)


def test_a_schema_goes_or_gets_a_record(pair, names) -> None:
    here, _ = pair
    for turn in range(ROUNDS):
        body = schema(id=f"s-{turn}", alias=f"alias-{turn}", attributeGroups=[])
        done(here, "POST", "/schemas", body)
        replies = at_once(
            pair,
            turn,
            lambda one, number=turn: one.send("DELETE", f"/schemas/s-{number}"),
            lambda one, number=turn: one.send("POST", "/records", of(f"s-{number}")),
        )
        assert statuses(replies) in ([204, 400], [409, 201])


def test_a_variant_is_made_below_what_is_there(pair, names) -> None:
    here, _ = pair
    for turn in range(ROUNDS):
        made = record(here)
        small = done(here, "POST", f"/records/{made}/variants", {"values": {}})["id"]
        gone = (f"/records/{made}", f"/records/{made}/variants/{small}")[turn % 2]
        deleted, created = at_once(
            pair,
            turn // 2,
            lambda one, path=gone: one.send("DELETE", path),
            lambda one, to=made, under=small: one.send(
                "POST", f"/records/{to}/variants", {"parentId": under, "values": {}}
            ),
        )
        assert deleted.status == 204
        assert created.status in (201, 404 if turn % 2 == 0 else 400)
        left = here.send("GET", f"/records/{made}/variants")
        assert left.body == [] if turn % 2 else left.status == 404
