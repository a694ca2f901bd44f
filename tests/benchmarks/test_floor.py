"""The floor does the same work as ours: it answers the same bytes."""

import re
from itertools import islice

import orjson
import pytest

from benchmarks.catalogues.load import LONG_HISTORY_SKU
from benchmarks.measure.requests import RequestSource
from benchmarks.measure.workloads import BY_NAME
from tests.benchmarks.conftest import ENTRIES, Measured

READS = ["read", "by-sku", "list", "page-400", "narrow", "broad", "prefix", "not-like", "history"]
SAMPLES = 5
_NUMBER = re.compile(rb'"transaction":\d+')


def numberless(reply: bytes) -> bytes:
    """Return a reply without the numbers of transactions: the floor counts its own."""
    return _NUMBER.sub(b'"transaction":0', reply)


@pytest.mark.parametrize("name", READS)
def test_a_read_of_the_floor_answers_what_ours_answers(measured: Measured, name: str) -> None:
    workload = BY_NAME[name]
    source = RequestSource(measured.catalogue, measured.catalogue.skus())
    for body in islice(workload.bodies(source), SAMPLES):
        assert numberless(measured.floor(workload.floor, body)) == numberless(measured.ours(body))


def test_the_filters_of_the_bench_find_something(measured: Measured) -> None:
    source = RequestSource(measured.catalogue, measured.catalogue.skus())
    found = {}
    for name in ("broad", "prefix", "not-like", "search"):
        body = next(BY_NAME[name].bodies(source))
        found[name] = orjson.loads(measured.ours(body))["sku_count"]
    assert 0 < found["search"] < 60
    assert found["prefix"] == 30
    assert 150 < found["broad"] < 250
    assert 450 < found["not-like"] < 600


def test_the_product_with_a_long_history_has_all_entries(measured: Measured) -> None:
    body = {"action": "historyProduct", "sku": LONG_HISTORY_SKU}
    assert orjson.loads(measured.ours(body))["total_count"] == ENTRIES
    assert orjson.loads(measured.floor("history", body))["total_count"] == ENTRIES


def test_a_product_created_at_the_floor_comes_back_as_ours_does(measured: Measured) -> None:
    body = next(BY_NAME["create"].bodies(RequestSource(measured.catalogue, ())))
    assert numberless(measured.floor("create", body)) == numberless(measured.ours(body))
    read = {"action": "listProduct", "sku": body["sku"]}
    assert measured.floor("read", read) == measured.ours(read)


@pytest.mark.parametrize("name", ["edit", "edit-ten"])
def test_an_edit_at_the_floor_comes_back_as_ours_does(measured: Measured, name: str) -> None:
    source = RequestSource(measured.catalogue, ["FNP-00000005"])
    body = next(BY_NAME[name].bodies(source))
    assert numberless(measured.floor("edit", body)) == numberless(measured.ours(body))
    read = {"action": "listProduct", "sku": "FNP-00000005"}
    assert measured.floor("read", read) == measured.ours(read)


def test_an_edit_at_the_floor_is_in_its_history(measured: Measured) -> None:
    body = {"action": "editProduct", "sku": LONG_HISTORY_SKU}
    body["data"] = {"attributes": {"price": "77.77"}}
    measured.floor("edit", body)
    page = {"pageSize": 24, "pageNum": 2}
    history = {"sku": LONG_HISTORY_SKU, "params": {"pagination": page}}
    last = orjson.loads(measured.floor("history", history))["history"][-1]
    assert last["new"] == {"price": "77.77"}
    assert last["old"] == {"price": str(ENTRIES - 1)}


@pytest.mark.parametrize("name", ["batch-create", "batch-edit"])
def test_a_batch_at_the_floor_stores_what_ours_stores(measured: Measured, name: str) -> None:
    skus = measured.catalogue.skus()
    body = next(
        BY_NAME[name].bodies(RequestSource(measured.catalogue, skus, iter(range(9_000, 99_000))))
    )
    measured.ours(body)
    measured.floor("batch", body)
    read = {"action": "listProduct", "sku": body["actions"][-1]["sku"]}
    assert measured.floor("read", read) == measured.ours(read)
