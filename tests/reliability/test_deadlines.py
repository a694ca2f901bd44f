"""Requests that grow towards every limit: each ends in time, nobody else is kept waiting.

The catalogue has thousands of different titles and a product with a long history. The server has a
short deadline and two workers.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from pims_api.storage.database import Database
from pims_api.storage.tables import change, tenant, transaction
from tests.databases.fresh import ENGINES, FreshKeyedDatabase
from tests.environment import settings_of
from tests.pims.conftest import opened_app, talk
from tests.reliability.running_server import Caller, Reply, Server, serving

READ_S, WRITE_S, GRACE_S = 0.5, 2.0, 1.0
PRODUCTS, ENTRIES = 4_000, 20_000
MEMORY_MAX = 400 * 1024 * 1024
SIZES = (1, 30, 1_000_000)  # of a request; those above a limit are cut to it
LETTERS = "abcdefghiklmnoprstuv"
ATTRIBUTES = {
    "brand": {"type": "string", "isFilterable": "y", "isIndexable": "y", "isSearchable": "y"},
    "color": {"type": "string", "isFilterable": "y"},
    "price": {"type": "number", "isFilterable": "y", "isIndexable": "y"},
    "sizes": {"type": "number", "isFilterable": "y", "collection": "y"},
    "code": {"type": "string", "validation": "(a|aa)+b?"},
}

Json = dict[str, Any]


def title(number: int) -> str:
    words = (LETTERS[number // 20**place % 20] * (place + 3) for place in range(6))
    return f"{' '.join(words)} {number}"


def values(number: int) -> Json:
    return {
        "title": title(number),
        "brand": f"brand {number % 900}",
        "color": f"color {number % 40}",
        "price": str(number * 7 % 1_000),
        "sizes": [str(number % 17), str(number % 23)],
    }


@pytest.fixture(scope="module", params=ENGINES)
def server(
    request: pytest.FixtureRequest, fresh_keyed_database: FreshKeyedDatabase
) -> Iterator[Server]:
    with fresh_keyed_database(request.param) as keyed:
        with opened_app(keyed.url) as app:
            fill(talk(app.test_client(), keyed.key))
        add_history(keyed.url)
        limits = {"PIMS_READ_DEADLINE_SECONDS": READ_S, "PIMS_WRITE_DEADLINE_SECONDS": WRITE_S}
        settings = {name: str(seconds) for name, seconds in limits.items()}
        with serving(keyed.url, keyed.key, **settings) as found:
            yield found


def fill(pims: Any) -> None:
    items = [
        {"name": name, "definition": {"label": {"en-us": name}} | definition}
        for name, definition in ATTRIBUTES.items()
    ]
    pims("addAttribute", path="/pim/manage/attributes", items=items, status=200)
    for start in range(0, PRODUCTS, 1_000):
        rows = [
            {"action": "createProduct", "sku": f"P{n}", "data": {"attributes": values(n)}}
            for n in range(start, start + 1_000)
        ]
        pims("batch", actions=rows, status=200)


def add_history(url: str) -> None:
    """Add entries to the history of the first product, as many years would."""
    database = Database(settings_of(url))
    first = 1_000_000
    numbers = range(first, first + ENTRIES)
    with database.writing() as connection:
        connection.execute(
            insert(transaction),
            [{"tenant_id": 1, "sequence": n, "at": n, "actor": f"user {n % 9}"} for n in numbers],
        )
        one = {"tenant_id": 1, "entity": "product", "entity_id": 1}
        connection.execute(
            insert(change),
            [one | {"sequence": n, "old": {"price": f"{n}"}, "new": {"price": "7"}}
             for n in numbers],
        )  # fmt: skip
        connection.execute(update(tenant).values(sequence=first + ENTRIES))
        connection.commit()
    database.close()


def joined(word: str, parts: list[str]) -> str:
    """Join parts as far as the limits of a condition go."""
    text = parts[0]
    for part in parts[1:200]:
        if len(text) + len(part) + len(word) > 8_000:
            break
        text += word + part
    return text


def patterns(size: int, name: str = "title") -> list[str]:
    triples = ((a, b, c) for a in LETTERS for b in LETTERS for c in LETTERS)
    return [f"[[{name}]] LIKE '%{'%'.join(one)}%'" for one, _ in zip(triples, range(size))]  # noqa: B905


def listed(**params: Any) -> Json:
    return {"action": "getList", "params": {"definition": False} | params}


def requests(size: int) -> dict[str, Json]:
    """Return a request of each kind, of this size or as large as it may be."""
    few, some = min(size, 200), min(size, 1_000)
    likes, marks = joined(" OR ", patterns(few)), ["_" * 6 + "%"] * few
    comparisons = [f"[[sizes]] > {n / 100}" for n in range(few)]
    orders = ["title", "brand", "price", "sku"][: max(1, few % 5)]
    words = [LETTERS[n % 20] * (n % 4 + 1) for n in range(min(size, 32))]
    history = {"definition": False, "pagination": {"page": min(size, 10_000), "pageSize": 500}}
    numbered = {"page": max(1, min(size, PRODUCTS // 500)), "pageSize": 500}
    return {
        "any of patterns": listed(condition_query=likes),
        "none of patterns": listed(condition_query=f"NOT ({likes})"),
        "all but patterns": listed(condition_query=joined(
            " AND ", [f"NOT {one}" for one in patterns(few)])),
        "patterns of SKUs": listed(condition_query=joined(" OR ", patterns(few, "sku"))),
        "patterns of signs": listed(condition_query=joined(
            " OR ", [f"[[title]] LIKE '%{n}{one}'" for n, one in enumerate(marks)])),
        "explained patterns": listed(condition_query=likes, explain=True),
        "numbers of collections": listed(condition_query=joined(" OR ", comparisons)),
        "list of values": listed(condition_query="[[title]] IN ({})".format(
            ", ".join(f"'{n}'" for n in range(some)))),
        "filter values": listed(filter_values={"brand": [f"brand {n}" for n in range(some)]}),
        "words": listed(search=" ".join(words)),
        "deep page": listed(pagination=numbered, order=[{"attribute": one} for one in orders]),
        "whole page": listed(pagination=numbered, condition_query="[[title]] LIKE '%a%b%'"),
        "many SKUs": {"action": "listProductsBySku", "params": {"definition": False},
                      "skus": [f"P{n}" for n in range(min(size, 500))]},
        "history": {"action": "historyProduct", "sku": "P0", "params": history},
        "history of a user": {"action": "historyProduct", "sku": "P0",
                              "params": history | {"user": "user 3"}},
        "unknown names": listed(attributes=[f"titel{n}" for n in range(min(size, 10_000))]),
        "batch": {"action": "batch", "dry_run": True, "actions": [
            {"action": "saveProduct", "sku": f"P{n}", "data": {"attributes": {
                "title": f"{n}", "code": "a" * min(size, 5_000)}}} for n in range(some)]},
    }  # fmt: skip


SHOP = ["/v/pc", "/v/ctf", "/v/ctn", "/v/c/1", "/sv//aaa"]
KINDS = [*requests(1)]


def timed(caller: Caller, body: Json) -> tuple[Reply, float]:
    start = time.monotonic()
    reply = caller.post(**body)
    return reply, time.monotonic() - start


def is_answer(reply: Reply) -> bool:
    """Return whether a reply is an answer, or the refusal of what takes too long."""
    if reply.status in (200, 207):
        return True
    return reply.status == 503 and [one["code"] for one in reply.body["errors"]] == ["busy"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_request_of_any_size_ends_in_time(server: Server, kind: str, size: int) -> None:
    body = requests(size)[kind]
    with server.caller() as caller:
        reply, seconds = timed(caller, body)
    assert is_answer(reply), reply
    assert seconds < (WRITE_S if kind == "batch" else READ_S) + GRACE_S
    assert all(memory(pid) < MEMORY_MAX for pid in server.workers())


@pytest.mark.parametrize("address", SHOP)
def test_a_read_of_a_shop_ends_in_time(server: Server, address: str) -> None:
    start = time.monotonic()
    with server.caller() as caller:
        reply = caller.get(address)
    assert reply.status in (200, 404, 503)
    assert time.monotonic() - start < READ_S + GRACE_S


@pytest.mark.parametrize("kind", ["any of patterns", "history of a user", "explained patterns"])
def test_eight_of_the_largest_requests_keep_nobody_waiting(server: Server, kind: str) -> None:
    body = requests(SIZES[-1])[kind]

    def attack(_: int) -> list[tuple[Reply, float]]:
        with server.caller() as caller:
            return [timed(caller, body) for _ in range(3)]

    with ThreadPoolExecutor(8) as pool, server.caller() as second:
        attacks: list[Future[list[tuple[Reply, float]]]] = [
            pool.submit(attack, number) for number in range(8)
        ]
        served = []
        while not all(one.done() for one in attacks):
            served.append(timed(second, listed(pagination={"pageSize": 20})))
    assert [reply.status for reply, _ in served] == [200] * len(served)
    assert max(seconds for _, seconds in served) < READ_S + 2 * GRACE_S
    assert all(is_answer(reply) for one in attacks for reply, _ in one.result())
    assert all(memory(pid) < MEMORY_MAX for pid in server.workers())


def memory(pid: int) -> int:
    """Return the greatest memory that a process has had so far, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(peak) * 1024
