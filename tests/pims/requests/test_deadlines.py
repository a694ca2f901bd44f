"""Requests whose time is over: 503, never 500, and nothing is left behind."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pims_api import deadline
from pims_api.storage.catalogue_index.filter import operands
from pims_api.storage.database import Database
from pims_api.storage.history import changes
from tests.pims.conftest import ATTRIBUTES, CATEGORIES, PRODUCTS
from tests.pims.stored_rows import stored_rows
from tests.pims.tool_shop import fill_tool_shop

Json = dict[str, Any]

PATTERNS = " OR ".join(f"[[brand]] LIKE '%{letter}%'" for letter in "abcdefgh")
READS: list[tuple[str, str, Json]] = [
    (PRODUCTS, "getList", {}),
    (PRODUCTS, "getList", {"params": {"condition_query": PATTERNS}}),
    (PRODUCTS, "getList", {"params": {"condition_query": f"NOT ({PATTERNS})"}}),
    (PRODUCTS, "getList", {"params": {"condition_query": PATTERNS, "explain": True}}),
    (PRODUCTS, "getList", {"params": {"search": "claw hammer steel h"}}),
    (PRODUCTS, "getList", {"params": {"filter_values": {"color": ["red", "blue"]}}}),
    (PRODUCTS, "getList", {"params": {"order": [{"attribute": "price"}]}}),
    (PRODUCTS, "listProduct", {"sku": "S1"}),
    (PRODUCTS, "listProductsBySku", {"skus": ["H1", "H2", "S1", "S1-A"]}),
    (PRODUCTS, "historyProduct", {"sku": "H1"}),
    (PRODUCTS, "historyProduct", {"sku": "H1", "params": {"user": "Anna"}}),
    (ATTRIBUTES, "listAttributes", {}),
    (CATEGORIES, "listCategories", {}),
]
WRITES: list[tuple[str, str, Json]] = [
    (PRODUCTS, "editProduct", {"sku": "H1", "data": {"attributes": {"price": "11"}}}),
    (PRODUCTS, "createProduct", {"sku": "N1", "data": {"attributes": {"title": "New"}}}),
    (PRODUCTS, "batch", {"actions": [
        {"action": "saveProduct", "sku": sku, "data": {"attributes": {"title": "Many"}}}
        for sku in ("H1", "H2", "N2", "N3", "N4", "N5", "N6")
    ]}),
    (ATTRIBUTES, "editAttribute", {"name": "code", "definition": {"isFilterable": "y"}}),
    (ATTRIBUTES, "deleteAttribute", {"name": "brand"}),
    (CATEGORIES, "deleteCategory", {"id": 2, "force": True}),
]  # fmt: skip
SHOP_READS = ["/v/pl?skus=H1,S1", "/v/pc", "/v/c/2", "/v/ctn", "/v/ctf", "/sv//hammer"]


@pytest.fixture(autouse=True)
def tools(pims: Callable[..., Json], filled: Callable[..., Any]) -> None:
    filled(lambda: fill_tool_shop(pims))


class Clock:
    """A clock that stands still until its n-th look, and then leaps over every deadline."""

    def __init__(self, end_at: int) -> None:
        self._seen = 0
        self._end_at = end_at

    def monotonic(self) -> float:
        self._seen += 1
        return 10_000.0 * max(0, self._seen - self._end_at + 1)


def answers(ask: Callable[[], TestResponse]) -> Iterator[TestResponse]:
    """Ask again and again, with a deadline that is over one look at the clock later each time.

    The last answer is the first one that no deadline ended.
    """
    for end_at in count(2):  # the first look begins the time
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(deadline, "time", Clock(end_at))
            reply = ask()
        yield reply
        if not is_refusal(reply):
            return


def is_refusal(reply: TestResponse) -> bool:
    """Return whether the reply says that the time is over; else it must be a good one."""
    if reply.status_code == 200:
        return False
    assert reply.status_code == 503, reply.text
    [fault] = reply.json["errors"]
    assert fault["code"] == "busy"
    assert "nothing was stored" in fault["message"]
    assert reply.headers["Retry-After"] == "30"
    return True


@pytest.mark.parametrize(("path", "action", "body"), READS)
def test_a_read_ends_wherever_it_is_when_its_time_is_over(
    client: FlaskClient, key: str, path: str, action: str, body: Json
) -> None:
    def ask() -> TestResponse:
        return client.post(path, json={"action": action, **body}, headers={"ApiKey": key})

    before = ask()
    *refused, answer = answers(ask)
    assert refused
    if "explain" not in body.get("params", {}):  # it tells how long it took
        assert answer.data == before.data


@pytest.mark.parametrize("address", SHOP_READS)
def test_a_read_of_a_shop_ends_wherever_it_is(client: FlaskClient, key: str, address: str) -> None:
    *refused, answer = answers(lambda: client.get(address, headers={"ApiKey": key}))
    assert refused
    assert answer.status_code == 200


@pytest.mark.parametrize(("path", "action", "body"), WRITES)
def test_a_write_whose_time_is_over_stores_nothing(
    client: FlaskClient, key: str, database: Database, path: str, action: str, body: Json
) -> None:
    before = stored_rows(database)
    ended = 0
    for reply in answers(
        lambda: client.post(path, json={"action": action, **body}, headers={"ApiKey": key})
    ):
        if is_refusal(reply):
            ended += 1
            assert stored_rows(database) == before
    assert ended > 1


def test_slow_reads_beyond_the_places_are_refused_and_the_others_are_not(
    client: FlaskClient, key: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask() -> TestResponse:
        return client.post(PRODUCTS, json={"action": "getList"}, headers={"ApiKey": key})

    taken = [database.slow_places.take() for _ in range(3)]
    assert taken == [True, True, False]
    assert ask().status_code == 200
    monkeypatch.setattr(deadline, "SLOW_AFTER_S", -1)
    refused = ask()
    assert is_refusal(refused)
    assert "the server answers as many slow requests as it may" in refused.json["status_message"]
    database.slow_places.give_back()
    assert [ask().status_code for _ in range(3)] == [200, 200, 200]


def test_patterns_that_cannot_be_tested_in_time_are_refused_before_the_work_begins(
    client: FlaskClient, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operands, "TESTS_PER_S", 1)
    params = {"condition_query": f"NOT ({PATTERNS})"}
    body = {"action": "getList", "params": params}
    reply = client.post(PRODUCTS, json=body, headers={"ApiKey": key})
    assert is_refusal(reply)
    assert reply.json["status_message"] == (
        "The request takes longer than 15 seconds, above all for its condition; nothing was "
        "stored. Use fewer comparisons, above all fewer LIKE whose pattern begins with a wildcard!"
    )


@pytest.mark.parametrize("size", [1, 2, 1_000])
@pytest.mark.parametrize("newest_first", [False, True])
def test_the_entries_of_one_user_are_counted_and_paged_over_a_history_in_parts(
    client: FlaskClient, key: str, monkeypatch: pytest.MonkeyPatch, size: int, newest_first: bool
) -> None:
    def ask(**body: Any) -> Json:
        user = "Anna" if body.get("mine") else "Ben"
        sent = {name: value for name, value in body.items() if name != "mine"}
        reply = client.post(PRODUCTS, json=sent, headers={"ApiKey": key, "ApiUser": user})
        assert reply.status_code == 200, reply.text
        found: Json = reply.get_json()
        return found

    for price in range(1, 8):
        values = {"attributes": {"price": str(price)}}
        ask(action="editProduct", sku="G1", data=values, mine=price % 2)
    monkeypatch.setattr(changes, "ENTRIES_AT_ONCE", size)
    order = [{"direction": "DESC"}] if newest_first else []
    prices = []
    for page in (1, 2, 3):
        paging = {"page": page, "pageSize": 2}
        params = {"user": "Anna", "pagination": paging, "order": order, "definition": False}
        reply = ask(action="historyProduct", sku="G1", params=params)
        assert reply["total_count"] == 4
        prices.append([entry["new"]["price"] for entry in reply["history"]])
    assert prices == (
        [["7", "5"], ["3", "1"], []] if newest_first else [["1", "3"], ["5", "7"], []]
    )
