"""Readers who follow changes while two servers write and one is killed: copies are the catalogue.

PIMS_TEST_FEED_SECONDS=60 follows for a minute.
"""

import os
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pims_api.services.keys.api_keys import create_key
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.unit_of_work import unit_of_work
from tests.environment import settings_of
from tests.pims.conftest import opened_app, talk
from tests.reliability.conftest import Site
from tests.reliability.running_server import Caller, Gone, Server, check_catalogue, serving

FOLLOWED_S = float(os.environ.get("PIMS_TEST_FEED_SECONDS", "4"))
PATIENCE_S = 60
PRODUCTS = 40
VALUES = ("left", "right")

Json = dict[str, Any]
Names = Callable[[str], str]


class Reader:
    """Who has a copy of a selection and applies what changes tells."""

    def __init__(self, key: str, **params: Any) -> None:
        self.key = key
        self.knows: dict[str, Json] = {}
        self.places: list[tuple[int, str]] = []
        self._since: Any = 0
        self._params = params

    def page(self, caller: Caller, **params: Any) -> bool:
        """Apply the next page. Returns whether there is more."""
        asked = {"since": self._since, "limit": 7, **self._params, **params}
        reply = caller.under(self.key).post("changes", params=asked)
        assert reply.status == 200, reply
        told = reply.body["changes"]
        assert len({one["sku"] for one in told}) == len(told)
        for one in told:
            self.places.append((one["transaction"], one["sku"]))
            if one["kind"] == "gone":
                self.knows.pop(one["sku"], None)
            else:
                self.knows[one["sku"]] = one["data"]["attributes"]
        self._since = reply.body["next"]
        return bool(reply.body["more"])

    def follow(self, server: Server, is_over: threading.Event) -> None:
        with server.caller() as caller:
            while not is_over.is_set():
                self.page(caller, wait=1)

    def catch_up(self, caller: Caller) -> None:
        while self.page(caller):
            pass


def write(server: Server, skus: list[str], seed: int, is_over: threading.Event) -> int:
    """Write what comes to mind until it is over or the server is gone."""
    mind, count = random.Random(seed), 0
    with server.caller() as caller:
        while not is_over.is_set():
            sku = mind.choice(skus)
            values = {
                mind.choice(VALUES): mind.choice(["a", "b", "c"]),
                "counter": str(mind.randint(0, 20)),
                "status": mind.choice(["active", "active", "inactive", "deleted"]),
            }
            row = {"action": "saveProduct", "sku": sku, "data": {"attributes": values}}
            try:
                if mind.random() < 0.3:
                    other = row | {"sku": mind.choice([one for one in skus if one != sku])}
                    caller.post("batch", actions=[row, other])
                else:
                    caller.post("saveProduct", sku=sku, data={"attributes": values})
            except Gone:
                return count
            count += 1
    return count


@pytest.fixture
def view_key(site: Site, names: Names) -> str:
    """A key that sees the products whose left is not b, without their right."""
    name = names("rows")
    with opened_app(site.url) as app:
        talk(app.test_client(), site.key)(
            "addPimView", path="/pim/manage/views", status=200, name=name,
            condition_query="[[left]] <> 'b'",
            attributes={"left": {}, "counter": {"transform": "count"}},
        )  # fmt: skip
    database = Database(settings_of(site.url))
    with unit_of_work(database, 1, Actor("tests")) as work:
        text, _ = create_key(work, None, name, ["pim_user"], views=[name], default_view=name)
    database.close()
    return text


def everything(caller: Caller, key: str, **params: Any) -> dict[str, Json]:
    """Return a selection as lists tell it."""
    found: dict[str, Json] = {}
    after: str | None = ""
    while after is not None:
        asked = {"after": after, "includeVariants": True, **params}
        reply = caller.under(key).post("getList", params=asked)
        assert reply.status == 200, reply
        found |= {one["sku"]: one["data"]["attributes"] for one in reply.body["products"]}
        after = reply.body.get("next")
    return found


def test_copies_are_the_catalogue_whoever_writes_and_is_killed(
    site: Site, names: Names, view_key: str
) -> None:
    skus = [names("FED") for _ in range(PRODUCTS)]
    selections: list[tuple[str, Json]] = [
        (site.key, {}),
        (site.key, {"condition_query": "[[counter]] < 10"}),
        (view_key, {}),
    ]
    readers = [Reader(key, **params) for key, params in selections]
    is_over = threading.Event()
    with serving(site.url, site.key, PIMS_WAITING_MAX="4") as first, ThreadPoolExecutor(8) as pool:
        with serving(site.url, site.key) as second:
            for reader in readers:
                pool.submit(reader.follow, first, is_over)
            written = [
                pool.submit(write, server, skus, seed, is_over)
                for seed, server in enumerate((first, first, second, second))
            ]
            time.sleep(FOLLOWED_S / 2)
            second.kill()
            time.sleep(FOLLOWED_S / 2)
            is_over.set()
            assert sum(one.result(PATIENCE_S) for one in written) > 20
        pool.shutdown()
        with first.caller() as caller:
            for reader, (key, params) in zip(readers, selections, strict=True):
                reader.catch_up(caller)
                assert reader.knows == everything(caller, key, **params)
                assert [place for place, _ in reader.places] == sorted(
                    place for place, _ in reader.places
                )
    check_catalogue(site.url)
