"""changes with `wait`: the answer comes when something is written, or the time is over."""

import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pims_api.storage.database import Database
from tests.databases.fresh import KeyedDatabase
from tests.pims.conftest import talk
from tests.pims.past.conftest import Json, Pims, changes, create, edit
from tests.reliability.running_server import pims_words

LONG_S = 30
QUICK_S_MAX = 5  # far more than it takes, for a busy machine


class Waiting:
    """A reader in a thread of its own."""

    def __init__(self, app: Flask, key: str, since: str, **params: Any) -> None:
        self.reply: Json = {}
        self._pims = talk(app.test_client(), key)
        self._params = {"since": since, "wait": LONG_S, **params}
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        self.reply = self._pims("changes", params=self._params)

    def answer(self) -> Json:
        self._thread.join(QUICK_S_MAX)
        assert not self._thread.is_alive()
        return self.reply


@pytest.fixture
def waits(app: Flask, key: str, database: Database) -> Callable[..., Waiting]:
    """Begin to wait, and return when the thread does."""

    def begin(since: str, **params: Any) -> Waiting:
        started = threading.Event()
        watch = database.watch
        look = watch._sequence

        def noted(tenant_id: int) -> int:
            started.set()
            return look(tenant_id)

        watch._sequence = noted  # type: ignore[method-assign]
        waiting = Waiting(app, key, since, **params)
        assert started.wait(QUICK_S_MAX)
        return waiting

    return begin


def test_a_change_ends_the_waiting(shop: Pims, waits: Callable[..., Waiting]) -> None:
    since = changes(shop)["next"]
    waiting = waits(since)
    create(shop, "A")
    reply = waiting.answer()
    assert [one["sku"] for one in reply["changes"]] == ["A"]
    assert reply["next"] != since


def test_a_change_of_another_process_ends_it(
    shop: Pims, waits: Callable[..., Waiting], keyed_database: KeyedDatabase
) -> None:
    create(shop, "A", price="1")
    waiting = waits(changes(shop)["next"])
    words = pims_words(keyed_database.url, "product", "edit", "A", "--set", "price", "2")
    subprocess.run(words, check=True, capture_output=True)
    [entry] = waiting.answer()["changes"]
    assert (entry["sku"], entry["data"]["attributes"]["price"]) == ("A", "2")


def test_a_change_outside_of_the_selection_ends_it_too(
    shop: Pims, waits: Callable[..., Waiting]
) -> None:
    create(shop, "A", price="50")
    since = changes(shop, condition_query="[[price]] < 5")["next"]
    waiting = waits(since, condition_query="[[price]] < 5")
    edit(shop, "A", price="60")
    reply = waiting.answer()
    assert (reply["changes"], reply["more"]) == ([], False)


def test_what_changed_before_is_told_at_once(shop: Pims) -> None:
    since = changes(shop)["next"]
    create(shop, "A")
    begun = time.monotonic()
    assert len(changes(shop, since, wait=LONG_S)["changes"]) == 1
    assert changes(shop, None, wait=LONG_S)["changes"] == []
    assert time.monotonic() - begun < QUICK_S_MAX


def test_the_time_is_over(shop: Pims) -> None:
    since = changes(shop)["next"]
    begun = time.monotonic()
    reply = changes(shop, since, wait=1)
    assert time.monotonic() - begun >= 1
    assert (reply["changes"], reply["next"]) == ([], since)


def test_only_so_many_wait_and_the_others_are_answered_at_once(
    shop: Pims, waits: Callable[..., Waiting]
) -> None:
    since = changes(shop)["next"]
    waiting = waits(since)
    begun = time.monotonic()
    assert changes(shop, since, wait=LONG_S)["changes"] == []
    assert time.monotonic() - begun < QUICK_S_MAX
    create(shop, "A")
    waiting.answer()
