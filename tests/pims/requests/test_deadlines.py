"""Requests whose time is over: 503, never 500, and nothing is left behind."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pims_api.deadline import Deadline
from pims_api.storage.database import Database
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
SHOP_READS = ["/v/pl?skus=H1,S1", "/v/pc", "/v/pc/2?filters=1", "/v/ctn", "/v/ctf", "/sv//hammer"]


@pytest.fixture(autouse=True)
def tools(pims: Callable[..., Json]) -> None:
    fill_tool_shop(pims)


class Looks:
    """Deadlines that are over from their n-th look at the clock. seen: the looks so far."""

    def __init__(self, patch: pytest.MonkeyPatch, end_at: float) -> None:
        self.seen = 0
        self._end_at = end_at
        patch.setattr(Deadline, "left_s", lambda _: self._left_s())

    def _left_s(self) -> float:
        self.seen += 1
        return 1_000.0 if self.seen < self._end_at else -1.0


def answers(ask: Callable[[], TestResponse]) -> list[TestResponse]:
    """Ask again and again, with a deadline that is over at each look at the clock in turn."""
    found, end_at, looks = [], 0, 1
    while end_at < looks:
        end_at += 1
        with pytest.MonkeyPatch.context() as patch:
            clock = Looks(patch, end_at)
            found.append(ask())
            looks = clock.seen
    return found


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
    found = answers(ask)
    assert is_refusal(found[0])
    assert not is_refusal(found[-1])
    assert all(one.data == before.data or is_refusal(one) for one in found if not timed(body))


def timed(body: Json) -> bool:
    """Return whether the reply tells how long something took, so that no two are alike."""
    return "explain" in body.get("params", {})


@pytest.mark.parametrize("address", SHOP_READS)
def test_a_read_of_a_shop_ends_wherever_it_is(client: FlaskClient, key: str, address: str) -> None:
    found = answers(lambda: client.get(address, headers={"ApiKey": key}))
    assert is_refusal(found[0])
    assert not is_refusal(found[-1])
    assert all(one.status_code in (200, 503) for one in found)


@pytest.mark.parametrize(("path", "action", "body"), WRITES)
def test_a_write_whose_time_is_over_stores_nothing(
    client: FlaskClient, key: str, database: Database, path: str, action: str, body: Json
) -> None:
    before = stored_rows(database)
    ended = 0
    for reply in answers(
        lambda: client.post(path, json={"action": action, **body}, headers={"ApiKey": key})
    ):
        if not is_refusal(reply):
            break
        ended += 1
        assert stored_rows(database) == before
    assert ended > 1
