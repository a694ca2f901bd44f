"""The worker beside the server: killed in the middle of an import, it loses and repeats nothing."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.reliability.running_server import (
    Caller,
    Json,
    Server,
    check_catalogue,
    is_running,
    serving,
    start_worker,
    wait_for,
)

ROWS = 2_000  # four steps of an import
LEASE = {"PIMS_JOB_LEASE_SECONDS": "2", "PIMS_JOB_POLL_SECONDS": "0.1"}


@contextmanager
def serving_with_jobs(site) -> Iterator[tuple[Server, Caller]]:
    with (
        serving(site.url, site.key, workers=1, with_jobs=True, **LEASE) as server,
        server.caller() as caller,
    ):
        yield server, caller


def a_file(brand: str) -> bytes:
    """A file in which every tenth row is refused, and a variation comes before its parent."""
    rows = [
        f"{brand}-{number},{brand}-{number - 1 if number % 2 else ''},"
        f"{'' if number % 10 == 9 else 'Rod'},{brand},{number}\n"
        for number in range(ROWS)
    ]
    head = "sku,variation_of,title,left,counter\n"
    lone = (row.replace(f",{brand}-,", ",,") for row in reversed(rows))
    return (head + "".join(lone)).encode()


def send(caller: Caller, content: bytes) -> int:
    reply = caller.send_file("/pim/import", content)
    assert reply.status == 200, reply
    number: int = reply.body["job"]["id"]
    return number


def job(caller: Caller, number: int) -> Json:
    found: Json = caller.get(f"/pim/jobs/{number}").body["job"]
    return found


def is_over(caller: Caller, number: int) -> bool:
    return job(caller, number)["state"] in ("done", "failed")


def wait_for_a_step(caller: Caller, number: int) -> Json:
    """Return the job when it has saved a step, and is not over."""
    wait_for(lambda: job(caller, number)["done"] > 0, "the first step")
    found = job(caller, number)
    assert (found["state"], found["done"] < found["total"]) == ("running", True)
    return found


def catalogue(caller: Caller, brand: str) -> list[Json]:
    """Return the products of a brand, without it, by SKU."""
    found: list[Json] = []
    while True:
        page = {"pageSize": 500, "pageNum": len(found) // 500 + 1}
        params = {"filter_values": {"left": brand}, "pagination": page, "definition": False,
                  "includeVariants": True, "order": [{"attribute": "sku"}]}  # fmt: skip
        reply = caller.post("getList", params=params).body
        found += reply["products"]
        if len(found) >= reply["sku_count"]:
            return [without_brand(one, brand) for one in found]


def without_brand(product: Json, brand: str) -> Json:
    shown: Json = {
        name: value.replace(brand, "X") if isinstance(value, str) else value
        for name, value in product["data"]["attributes"].items()
        if name not in ("variation_skus", "variation_matrix")
    }
    return {"version": product["version"]} | shown


def test_a_killed_worker_is_replaced_and_its_import_equals_an_undisturbed_one(site, names):
    quiet, killed = names("QUIET"), names("KILLED")
    with serving_with_jobs(site) as (server, caller):
        undisturbed = send(caller, a_file(quiet))
        wait_for(lambda: is_over(caller, undisturbed), "the undisturbed import")
        number = send(caller, a_file(killed))
        wait_for_a_step(caller, number)
        first = server.job_worker()
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: is_over(caller, number), "the import of the killed worker")
        assert server.job_worker() not in (None, first)
        assert job(caller, number)["state"] == "done"
        assert job(caller, number)["totals"] == job(caller, undisturbed)["totals"]
        assert job(caller, number)["totals"]["rejected"] > 0
        products = catalogue(caller, killed)
        assert products == catalogue(caller, quiet)
        assert {one["version"] for one in products} == {1}
        assert len(products) == job(caller, number)["totals"]["created"]
    check_catalogue(site.url)


def test_a_worker_that_is_asked_to_stop_gives_its_job_back(site, names):
    brand = names("STOPPED")
    with serving_with_jobs(site) as (server, caller):
        number = send(caller, a_file(brand))
        before = wait_for_a_step(caller, number)
        worker = server.job_worker()
        assert worker is not None
        os.kill(worker, signal.SIGSTOP)  # else it may be quicker than the server ends
        server.process.terminate()
        os.kill(worker, signal.SIGTERM)  # as the server does, which may not have come to it yet
        os.kill(worker, signal.SIGCONT)
        assert server.process.wait(60) == 0
    with serving(site.url, site.key, workers=1) as server, server.caller() as caller:
        given_back = job(caller, number)
        assert given_back["state"] == "queued"
        assert before["done"] <= given_back["done"] <= given_back["total"]
    with serving_with_jobs(site) as (_, caller):
        wait_for(lambda: is_over(caller, number), "the rest of the import")
        assert job(caller, number)["state"] == "done"
        assert {one["version"] for one in catalogue(caller, brand)} == {1}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_worker_ends_with_the_server(site, how):
    with serving_with_jobs(site) as (server, caller):
        wait_for(lambda: server.job_worker() is not None, "the worker")
        # While gunicorn's worker starts a thread, a SIGQUIT finds the lock taken that it waits for,
        # and the worker is killed half a minute later: let it have the thread that it needs.
        for _ in range(3):
            assert caller.get("/healthz").status == 200
        worker = server.job_worker()
        assert worker is not None
        os.kill(server.process.pid, how)
        server.process.wait(60)
        wait_for(lambda: not is_running(worker), "the end of the worker")


def test_workers_that_share_the_work_do_no_job_twice(site, names):
    brand = names("SHARED")
    with serving(site.url, site.key, workers=1) as server, server.caller() as caller:
        contents = [
            f"sku,title,left\n{brand}-{number},Rod,{brand}\n".encode() for number in range(12)
        ]
        numbers = [send(caller, content) for content in contents]
        workers = [start_worker(site.url) for _ in range(3)]
        assert [one.wait(60) for one in workers] == [0, 0, 0]
        found = [job(caller, number) for number in numbers]
        assert {one["state"] for one in found} == {"done"}
        assert [one["totals"]["created"] for one in found] == [1] * 12
        assert {one["version"] for one in catalogue(caller, brand)} == {1}
