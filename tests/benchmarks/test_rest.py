"""The workloads of the REST API ask for what they say."""

from functools import partial
from itertools import islice
from typing import Any

import orjson
import pytest

from benchmarks.catalogues.made import made_catalogue, made_shape
from benchmarks.measure.client import message_of
from benchmarks.measure.requests import Call, RequestSource
from benchmarks.measure.rest import LEVELS, import_call, make_chain
from benchmarks.measure.tenant import learn_ids
from benchmarks.measure.workloads import BY_NAME, PairedWorkload
from tests.benchmarks.conftest import Measured

REST = [name for name, one in BY_NAME.items() if isinstance(one, PairedWorkload)]


def source_of(measured: Measured) -> RequestSource:
    return RequestSource(measured.catalogue, measured.catalogue.skus(), iter(range(50_000, 60_000)))


def ask(measured: Measured, call: Call) -> Any:
    return orjson.loads(measured.connection.ask(message_of(measured.address, call)))


def asked(measured: Measured, name: str) -> Any:
    return ask(measured, next(BY_NAME[name].calls(source_of(measured))))


def test_each_is_put_beside_a_workload_that_there_is() -> None:
    beside = {name: BY_NAME[name].beside for name in REST}
    assert {one for one in beside.values() if one} <= BY_NAME.keys()
    assert beside["rest-read"] == "read"


def test_a_record_and_a_page_are_those_of_the_catalogue(measured: Measured) -> None:
    read = asked(measured, "rest-read")
    assert read["id"].startswith("ent-")
    assert len(read["values"]) >= 20
    assert len(asked(measured, "rest-list")["items"]) == 50


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("rest-narrow", 1, 40), ("rest-any-scope", 1, 40), ("rest-contains", 1, 60)],
)
def test_searches_find_some(measured: Measured, name: str, least: int, most: int) -> None:
    calls = islice(BY_NAME[name].calls(source_of(measured)), 5)
    assert least <= max(ask(measured, call)["total"] for call in calls) <= most


def test_the_tenant_api_reads_lists_and_makes_products(measured: Measured) -> None:
    source = source_of(measured)
    learn_ids(partial(ask, measured), source)
    read, listed, made = (
        ask(measured, next(BY_NAME[f"tenant-{name}"].calls(source)))
        for name in ("read", "list", "create")
    )
    assert read["title"]
    assert len(listed) == 100
    assert made["status"] == "ACTIVE"


def test_a_created_record_has_the_values_of_a_product(measured: Measured) -> None:
    made = asked(measured, "rest-create")
    assert isinstance(made["values"]["price"][0]["value"], float | int)
    assert len(made["values"]["gallery"][0]["value"]) == 3


def test_the_resolved_variant_has_values_of_its_record(measured: Measured) -> None:
    source = source_of(measured)
    make_chain(lambda call: ask(measured, call), source)
    shown = ask(measured, next(BY_NAME["rest-resolved"].calls(source)))
    assert f"Level {LEVELS - 1}" in orjson.dumps(shown).decode()
    assert "brand" in orjson.dumps(shown).decode()


def test_an_import_makes_every_row(measured: Measured) -> None:
    rows = [measured.catalogue.more(number) for number in range(70_000, 70_003)]
    done = ask(measured, import_call(measured.catalogue, rows))
    assert (done["created"], done["failed"], done["errors"]) == (3, 0, [])


def test_each_party_of_a_workload_is_asked_at_its_own_path() -> None:
    source = RequestSource(made_catalogue(made_shape(10, 22, 0.5, 0)), ["A"])
    floor, limit = (BY_NAME["read"].calls(source, path) for path in ("/floor", "/limit"))
    assert [next(one).path for one in (floor, limit)] == ["/floor", "/limit"]
