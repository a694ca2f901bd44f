"""The worker killed while it tells a webhook: every event is told, in order, under one id."""

import os
import signal
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.connectors.receiver import Receiver, Told, receiving
from tests.pims.conftest import opened_app, talk
from tests.reliability.running_server import DEADLINE_S, ROOT, pims_words, wait_for

PRODUCTS, EDITS = 8, 6
EVENTS = PRODUCTS * (EDITS + 1)
SETTINGS = {
    "PIMS_OUTGOING_ALLOW": "127.0.0.1/32",
    "PIMS_SECRET_KEY": "A" * 43,
    "PIMS_WEBHOOK_TIMEOUT_SECONDS": "1",
    "PIMS_WEBHOOK_RETRIES": "0,0,0",
}


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


class Workers:
    """The worker that runs, and the next one when it was killed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.killed = 0
        self.process = self._start()

    def kill(self) -> None:
        """Kill the worker at once, and start another one."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(DEADLINE_S)
        self.killed += 1
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        words = pims_words(self._url, "worker")
        return subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL)


@contextmanager
def working(url: str) -> Iterator[Workers]:
    workers = Workers(url)
    try:
        yield workers
    finally:
        workers.process.terminate()
        workers.process.wait(DEADLINE_S)


def make_changes(site, url: str, names: Callable[[str], str]) -> list[str]:
    """Make a webhook, then products and edits of them; return their SKUs."""
    skus = [names("HOOK") for _ in range(PRODUCTS)]
    with opened_app(site.url) as app:
        client = app.test_client()
        body = {"name": "Shop", "url": url, "events": ["entity.created", "entity.updated"]}
        headers = {"X-Sigma-ApiKey": site.key}
        made = client.post("/api/v1/webhooks", json=body, headers=headers)
        assert made.status_code == 201, made.text
        pims = talk(client, site.key)
        for sku in skus:
            pims("createProduct", sku=sku, data={"attributes": {"counter": "0"}}, status=200)
        for value in range(1, EDITS + 1):
            for sku in skus:
                data = {"attributes": {"counter": str(value)}}
                pims("editProduct", sku=sku, data=data, status=200)
    return skus


def check_told(receiver: Receiver) -> None:
    """Every event was told under one id with one body, those of a record in their order."""
    bodies: dict[str, bytes] = {}
    order: defaultdict[str, list[str]] = defaultdict(list)
    for one in receiver.told:
        told = one.json
        assert bodies.setdefault(told["deliveryId"], one.body) == one.body
        value = told["data"]["values"]["counter"][0]["value"]
        seen = order[told["data"]["id"]]
        if value not in seen:
            seen.append(value)
    assert len(bodies) == EVENTS
    assert set(map(tuple, order.values())) == {tuple(range(EDITS + 1))}


@pytest.mark.parametrize("after_answer", [False, True])
def test_a_worker_killed_at_deliveries_loses_none(site, names, after_answer: bool) -> None:
    """It dies between a change and its delivery, and between a delivery and its note."""
    with receiving() as receiver:
        make_changes(site, receiver.url, names)
        with working(site.url) as workers:
            deaths = [1, EVENTS // 2]

            def note(_: Told) -> None:
                if deaths and len(receiver.told) >= deaths[0] + workers.killed:
                    deaths.pop(0)
                    workers.kill()

            if after_answer:
                wait_for(lambda: _step(receiver, note), "all events")
            else:
                receiver.note = note
                wait_for(lambda: _all_told(receiver), "all events")
            assert workers.killed > 0
    check_told(receiver)


def _step(receiver: Receiver, note: Callable[[Told], None]) -> bool:
    if receiver.told:
        note(receiver.told[-1])
    return _all_told(receiver)


def _all_told(receiver: Receiver) -> bool:
    return len(set(receiver.ids)) == EVENTS
