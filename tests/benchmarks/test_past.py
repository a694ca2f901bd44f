"""The workloads of the past ask for what they say."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count, islice
from typing import Any

import orjson
import pytest

from benchmarks.catalogues.made import made_catalogue, made_shape
from benchmarks.measure import past
from benchmarks.measure.client import message_of
from benchmarks.measure.requests import Call, RequestSource
from benchmarks.measure.revert import measure_revert
from benchmarks.measure.workloads import BY_NAME
from pims_api.storage.database import open_database
from tests.benchmarks.conftest import Measured

NUMBERS = count(80_000)  # no test gives a product the amount that it has from another


@pytest.fixture
def ask(measured: Measured) -> Callable[[Call], Any]:
    """Send a request and read the reply."""
    return lambda call: orjson.loads(measured.connection.ask(message_of(measured.address, call)))


@pytest.fixture
def source(measured: Measured) -> RequestSource:
    return RequestSource(measured.catalogue, measured.catalogue.skus(), NUMBERS)


def calls_of(name: str, ask: Callable[[Call], Any], source: RequestSource) -> Iterator[Call]:
    workload = BY_NAME[name]
    workload.prepare(ask, source)
    return workload.calls(source)


def test_a_read_shows_a_product_as_it_was_a_thousand_transactions_ago(ask, source, measured):
    edited = measured.catalogue.questions.edited
    before = ask(Call("GET", "/pim/status"))["transaction"]
    first = ask(next(calls_of("past-read", ask, source)))
    assert source.moment == before
    assert first["as_of"]["transaction"] == before
    assert ask(Call("GET", "/pim/status"))["transaction"] == before + 1_000
    then, now = (
        ask(past.read(source.touched[0], moment))["data"]["attributes"][edited]
        for moment in (before, before + 1_000)
    )
    assert then != now


def test_a_page_is_that_of_then(ask, source):
    call = next(calls_of("past-list", ask, source))
    assert ask(call)["as_of"]["transaction"] == source.moment


def test_the_feed_tells_of_every_product_once(ask, source, measured):
    pages = calls_of("changes", ask, source)
    told = [ask(call)["changes"] for call in islice(pages, len(source.cursors))]
    assert sorted(one["sku"] for page in told for one in page) == sorted(measured.catalogue.skus())
    assert [len(page) for page in told] == [500, 100]


def test_at_the_end_of_the_feed_there_is_nothing(ask, source):
    assert ask(next(calls_of("changes-none", ask, source)))["changes"] == []


def test_an_import_is_taken_back_whole(sqlite_url, tmp_path):
    catalogue = made_catalogue(made_shape(1_001, 22, 0.5, 0))
    with closing(open_database(sqlite_url)) as database:
        done = measure_revert(database, catalogue, tmp_path)
    assert (done.command, done.rows) == ("revert", 1_001)
