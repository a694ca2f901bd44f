"""A server that is killed in the middle of writes: what it acknowledged is there, and nothing half.

PIMS_TEST_THOROUGH=1 kills more often.
"""

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Semaphore

from tests.reliability.running_server import (
    Caller,
    Gone,
    Reply,
    Server,
    check_catalogue,
    serving,
)

ROUNDS = 50 if os.environ.get("PIMS_TEST_THOROUGH") == "1" else 3
WRITERS = 4
WRITES_MAX = 2_000  # of one writer; it is killed long before
PATIENCE_S = 60
MOMENTS = random.Random(20240213)

Names = Callable[[str], str]


@dataclass
class Record:
    """What one writer knows of its writes, in their order. open: sent, never answered."""

    sku: str
    acknowledged: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)


def write_until_it_is_gone(server: Server, record: Record, done: Semaphore) -> None:
    """Create a product and edit it, one write after the other."""
    with server.caller() as caller:
        for number in range(WRITES_MAX):
            value = f"{record.sku} {number}"
            record.open.append(value)
            try:
                _write(caller, record.sku, value, is_first=not number)
            except Gone:
                return
            record.acknowledged.append(record.open.pop())
            done.release()


def _write(caller: Caller, sku: str, value: str, *, is_first: bool) -> Reply:
    """Write a product; every other write has a name, by which it may be sent again."""
    values = {"attributes": {"title": value, "ean": value}}
    named = {"idempotency_key": value} if _is_named(value) else {}
    action = "createProduct" if is_first else "editProduct"
    reply = caller.post(action, sku=sku, data=values, **named)
    assert reply.status == 200, reply
    return reply


def _is_named(value: str) -> bool:
    return int(value.rpartition(" ")[2]) % 2 == 1


def send_again(caller: Caller, record: Record) -> None:
    """Send again what the writer got no answer to, and what it did: both are there once."""
    for value in filter(_is_named, [*record.acknowledged[-2:], *record.open]):
        first, again = (_write(caller, record.sku, value, is_first=False) for _ in range(2))
        assert first == again
        page = {"pagination": {"pageSize": 500}}
        history = caller.post("historyProduct", sku=record.sku, params=page).body["history"]
        stored = [entry["transaction"] for entry in history if entry["new"]["ean"] == value]
        assert stored == [again.body["transaction"]]


def wait_for_writes(done: Semaphore, count: int) -> None:
    for _ in range(count):
        assert done.acquire(timeout=PATIENCE_S)


def check_record(caller: Caller, record: Record) -> None:
    """Everything acknowledged is in history, in order; at most the open write beside it."""
    reply = caller.post("historyProduct", sku=record.sku, params={"pagination": {"pageSize": 500}})
    if reply.status == 404:
        assert record.acknowledged == []
        return
    kept = [entry["new"]["ean"] for entry in reply.body["history"]]
    assert kept in (record.acknowledged, [*record.acknowledged, *record.open])
    shown = caller.shown(record.sku)
    assert (shown["title"], shown["ean"], shown["version"]) == (kept[-1], kept[-1], len(kept))
    found = caller.post("getList", params={"filter_values": {"ean": kept[-1]}})
    assert [one["sku"] for one in found.body["products"]] == [record.sku]


def write_until_killed(server: Server, kill: Callable[[], None], names: Names) -> list[Record]:
    """Have some writers write, kill in the middle of it, and return what each of them knows."""
    records = [Record(names("KILLED")) for _ in range(WRITERS)]
    done = Semaphore(0)
    with ThreadPoolExecutor(WRITERS) as pool:
        futures = [pool.submit(write_until_it_is_gone, server, one, done) for one in records]
        wait_for_writes(done, MOMENTS.randint(20, 60))
        kill()
        for future in futures:
            future.result(PATIENCE_S)
    assert sum(len(one.acknowledged) for one in records) >= 20
    return records


def check_records(server: Server, records: list[Record]) -> None:
    with server.caller() as caller:
        for record in records:
            check_record(caller, record)


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(site, names) -> None:
    records: list[Record] = []

    for _ in range(ROUNDS):
        with serving(site.url, site.key) as server:
            check_records(server, records)
            records += write_until_killed(server, server.kill, names)
    with serving(site.url, site.key) as server:
        check_records(server, records)
    check_catalogue(site.url)


def test_killed_workers_are_replaced_and_take_nothing_with_them(site, names) -> None:
    with serving(site.url, site.key) as server:
        for _ in range(ROUNDS):
            records = write_until_killed(server, server.kill_workers, names)
            check_records(server, records)
            with server.caller() as caller:
                for record in records:
                    send_again(caller, record)
    check_catalogue(site.url)
