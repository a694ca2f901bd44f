"""Many writers at a time, in the processes of one real server or of two, on one database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.reliability.conftest import WRITERS, Site
from tests.reliability.nodes import Nodes, serving_nodes
from tests.reliability.running_server import Caller, Reply, check_catalogue

ROUNDS = 10  # writes of each writer
PATIENCE_S = 60


@pytest.fixture(scope="module", params=[1, 2], ids=["one-node", "two-nodes"])
def server(request: pytest.FixtureRequest, site: Site) -> Iterator[Nodes]:
    with serving_nodes(site.url, site.key, request.param, workers=2) as running:
        yield running
    check_catalogue(site.url)


def together(
    server: Nodes, work: Callable[[Caller, int], list[Reply]], writers: int = WRITERS
) -> list[list[Reply]]:
    """Run the work of each writer, all beginning at the same moment; return their replies."""
    start = Barrier(writers)

    def write(number: int) -> list[Reply]:
        with server.caller() as caller:
            caller.post("listProduct")  # connected before the others begin
            start.wait(PATIENCE_S)
            return work(caller, number)

    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(write, range(writers)))


def statuses(replies: list[list[Reply]]) -> list[int]:
    return sorted(reply.status for one in replies for reply in one)


def given_product(server: Nodes, sku: str, **attributes: str) -> None:
    with server.caller() as caller:
        reply = caller.post("createProduct", sku=sku, data={"attributes": attributes})
        assert reply.status == 200, reply


def entries(server: Nodes, sku: str) -> list[dict]:
    with server.caller() as caller:
        params = {"pagination": {"pageSize": 500}}
        reply = caller.post("historyProduct", sku=sku, params=params)
        assert reply.body["total_count"] == len(reply.body["history"])
        return reply.body["history"]


def test_no_update_is_lost_and_no_refusal_leaves_a_trace(server, names) -> None:
    sku = names("HOT")
    given_product(server, sku)

    def write(caller: Caller, number: int) -> list[Reply]:
        replies = []
        for value in range(ROUNDS):
            replies.append(caller.edit(sku, **{f"own{number}": f"{value}"}))
            replies.append(caller.edit(sku, **{f"own{number}": "lost", "status": "gone"}))
        return replies

    replies = together(server, write)

    acknowledged = WRITERS * ROUNDS
    assert statuses(replies) == [200] * acknowledged + [400] * acknowledged
    with server.caller() as caller:
        shown = caller.shown(sku)
    assert shown["version"] == 1 + acknowledged
    assert [shown[f"own{number}"] for number in range(WRITERS)] == [f"{ROUNDS - 1}"] * WRITERS
    changes = [entry["new"] for entry in entries(server, sku)[1:]]
    assert len(changes) == acknowledged
    for number in range(WRITERS):
        own = [new[f"own{number}"] for new in changes if f"own{number}" in new]
        assert own == [f"{value}" for value in range(ROUNDS)]


def test_every_write_is_acknowledged_with_a_version_of_its_own(server, names) -> None:
    sku = names("HOT")
    given_product(server, sku)

    def write(caller: Caller, number: int) -> list[Reply]:
        return [caller.edit(sku, title=f"{number} {value}") for value in range(ROUNDS)]

    replies = together(server, write)

    versions = sorted(reply.body["version"] for one in replies for reply in one)
    assert versions == list(range(2, 2 + WRITERS * ROUNDS))


def test_increments_with_if_version_add_up(server, names) -> None:
    sku = names("COUNTER")
    given_product(server, sku, counter="0")

    def increment(caller: Caller, number: int) -> list[Reply]:
        replies = []
        for _ in range(ROUNDS):
            before = caller.shown(sku)
            attributes = {"counter": f"{int(before['counter']) + 1}"}
            body = {"if_version": before["version"], "data": {"attributes": attributes}}
            replies.append(caller.post("editProduct", sku=sku, **body))
        return replies

    replies = together(server, increment)

    done = statuses(replies).count(200)
    assert set(statuses(replies)) <= {200, 412}
    with server.caller() as caller:
        shown = caller.shown(sku)
    assert (shown["counter"], shown["version"]) == (f"{done}", 1 + done)
    assert done >= ROUNDS  # somebody always gets through


def test_one_winner_per_sku(server, names) -> None:
    skus = [names("RACE") for _ in range(ROUNDS)]

    def create(caller: Caller, number: int) -> list[Reply]:
        values = {"attributes": {"title": f"{number}"}}
        return [caller.post("createProduct", sku=sku, data=values) for sku in skus]

    replies = together(server, create)

    for number, sku in enumerate(skus):
        told = [one[number] for one in replies]
        [winner] = [reply for reply in told if reply.status == 200]
        lost = [reply for reply in told if reply.status != 200]
        assert {reply.status for reply in lost} == {409}
        assert {reply.body["status_message"] for reply in lost} == {"Product already exists!"}
        assert [entry["new"]["title"] for entry in entries(server, sku)] == [
            winner.body["data"]["attributes"]["title"]
        ]


def test_one_winner_per_unique_value(server, names) -> None:
    skus = [names("UNIQUE") for _ in range(WRITERS)]
    eans = [names("EAN") for _ in range(ROUNDS)]
    for sku in skus:
        given_product(server, sku)

    def claim(caller: Caller, number: int) -> list[Reply]:
        replies = []
        for ean in eans:
            replies.append(caller.edit(skus[number], ean=ean))
        return replies

    replies = together(server, claim)

    with server.caller() as caller:
        held = [caller.shown(sku)["ean"] for sku in skus]
    kept = [ean for ean in held if ean is not None]
    assert len(set(kept)) == len(kept)
    assert set(statuses(replies)) == {200, 409}
    lost = [reply for one in replies for reply in one if reply.status == 409]
    codes = {error["code"] for reply in lost for error in reply.body["errors"]}
    assert codes == {"not_unique"}
    for number, sku in enumerate(skus):
        won = [ean for ean, reply in zip(eans, replies[number], strict=True) if reply.status == 200]
        assert [entry["new"]["ean"] for entry in entries(server, sku)[1:]] == won
        assert held[number] == (won[-1] if won else None)


def test_two_links_never_close_a_circle(server, names) -> None:
    for _ in range(ROUNDS):
        pair = [names("CIRCLE"), names("CIRCLE")]
        for sku in pair:
            given_product(server, sku)

        def link(caller: Caller, number: int, pair: list[str] = pair) -> list[Reply]:
            return [caller.edit(pair[number], variation_of=pair[1 - number])]

        replies = together(server, link, writers=2)

        assert statuses(replies) == [200, 400]
        [[error]] = [one[0].body["errors"] for one in replies if one[0].status == 400]
        assert error["code"] == "cycle"


def test_a_reader_never_sees_half_a_write(server, names) -> None:
    sku = names("PAIR")
    given_product(server, sku, left="0", right="0")

    def write_or_read(caller: Caller, number: int) -> list[Reply]:
        if number < WRITERS // 2:
            pairs = [f"{number} {value}" for value in range(ROUNDS)]
            return [caller.edit(sku, left=pair, right=pair) for pair in pairs]
        params = {"condition_query": f"[[sku]] = '{sku}' AND [[left]] IS NOT NULL"}
        return [caller.post("getList", params=params) for _ in range(ROUNDS)]

    replies = together(server, write_or_read)

    assert set(statuses(replies)) == {200}
    for reply in (reply for one in replies[WRITERS // 2 :] for reply in one):
        [product] = reply.body["products"]
        assert reply.body["sku_count"] == 1
        assert product["data"]["attributes"]["left"] == product["data"]["attributes"]["right"]


def test_creations_beside_lists_keep_counts_and_pages_together(server, names) -> None:
    brand = names("brand")

    def create_or_count(caller: Caller, number: int) -> list[Reply]:
        if number < WRITERS // 2:
            values = {"attributes": {"left": brand}}
            skus = [names(f"NEW{number}") for _ in range(ROUNDS)]
            return [caller.post("createProduct", sku=sku, data=values) for sku in skus]
        params = {"filter_values": {"left": brand}, "pagination": {"pageSize": 500}}
        return [caller.post("getList", params=params) for _ in range(ROUNDS)]

    replies = together(server, create_or_count)

    assert set(statuses(replies)) == {200}
    for one in replies[WRITERS // 2 :]:
        counts = [reply.body["sku_count"] for reply in one]
        assert counts == sorted(counts)
        assert counts == [len(reply.body["products"]) for reply in one]
    with server.caller() as caller:
        last = caller.post("getList", params={"filter_values": {"left": brand}})
    assert last.body["sku_count"] == WRITERS // 2 * ROUNDS
