"""The sender with its threads: nobody waits for another one, and nobody sends twice at a time."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import pytest

from pims_api.jobs.shutdown import Stop
from pims_api.jobs.webhooks import sender as sender_module
from pims_api.jobs.webhooks.sender import WebhookSender
from pims_api.jobs.webhooks.serving import Sending
from pims_api.storage.database import Database
from tests.connectors.receiver import Receiver, Told, receiving
from tests.sigma.conftest import Sigma, everywhere
from tests.sigma.webhooks.conftest import set_setting
from views.jobs.webhooks import TELLING

PATIENCE_S = 30.0

Sender = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def sender(database: Database) -> Sender:
    """`with sender():` webhooks are told by threads while the block lasts."""

    @contextmanager
    def running() -> Iterator[None]:
        stop = Stop()
        thread = threading.Thread(target=WebhookSender(Sending(database, TELLING, stop)).run)
        thread.start()
        try:
            yield
        finally:
            stop.ask()
            thread.join(PATIENCE_S)
            assert not thread.is_alive()

    return running


@pytest.fixture
def record(sigma: Sigma, apparel: str) -> str:
    values = {"description": everywhere("Warm")}
    body = {"schemaId": apparel, "values": values}
    return str(sigma("POST", "/records", body, status=201)["id"])


def change(sigma: Sigma, record: str, value: int) -> None:
    body = {"scopedValues": everywhere(value)}
    sigma("PATCH", f"/records/{record}/values/price", body, status=200)


def told(receiver: Receiver, count: int) -> threading.Event:
    """Return what is set when a receiver was told so many events."""
    done = threading.Event()

    def note(_: Told) -> None:
        if len(receiver.told) >= count:
            done.set()

    receiver.note = note
    return done


@contextmanager
def held(receiver: Receiver) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Have a receiver not answer until it is freed. Yields: it was told; what frees it."""
    at_work, go_on = threading.Event(), threading.Event()

    def note(_: Told) -> None:
        at_work.set()
        go_on.wait(PATIENCE_S)

    receiver.note = note
    try:
        yield at_work, go_on
    finally:
        go_on.set()


def test_a_change_is_told_as_soon_as_it_is_made(
    sigma: Sigma, given_webhook: Sigma, record: str, receiver: Receiver, sender: Sender
) -> None:
    given_webhook()
    with sender():
        for count in range(1, 4):
            done = told(receiver, count)
            change(sigma, record, count)
            assert done.wait(PATIENCE_S)


def test_writes_are_followed_as_long_as_there_is_a_webhook(
    sigma: Sigma, given_webhook: Sigma, record: str, receiver: Receiver, sender: Sender,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    looked, begun, ended = (threading.Event() for _ in range(3))
    look, follow = WebhookSender._has_webhooks, WebhookSender._follow

    def noted_look(self: WebhookSender, **more: bool) -> bool:
        found = look(self, **more)
        looked.set()
        return found

    def noted_follow(self: WebhookSender, *pools: ThreadPoolExecutor) -> None:
        begun.set()
        follow(self, *pools)
        ended.set()

    monkeypatch.setattr(sender_module, "LOOK_FOR_FIRST_S", 0.01)
    monkeypatch.setattr(sender_module, "_STILL_ANY_EVERY_S", 0.0)
    monkeypatch.setattr(WebhookSender, "_has_webhooks", noted_look)
    monkeypatch.setattr(WebhookSender, "_follow", noted_follow)
    with sender():
        assert looked.wait(PATIENCE_S)
        assert not begun.is_set()
        given_webhook()
        done = told(receiver, 1)
        change(sigma, record, 1)
        assert done.wait(PATIENCE_S)
        assert begun.is_set()
        assert not ended.is_set()
        sigma("DELETE", "/webhooks/wh-shop", status=204)
        assert ended.wait(PATIENCE_S)


def test_a_receiver_that_hangs_delays_no_other_one(
    sigma: Sigma, given_webhook: Sigma, record: str, receiver: Receiver, sender: Sender,
    database: Database,
) -> None:  # fmt: skip
    set_setting(database, webhook_timeout_s=PATIENCE_S)
    reached, free = threading.Event(), threading.Event()
    with receiving() as hanging:
        hanging.note = lambda _: reached.set() or (free.wait(PATIENCE_S) and None)
        given_webhook("wh-hanging", url=hanging.url)
        given_webhook()
        done = told(receiver, 10)
        with sender():
            for value in range(10):
                change(sigma, record, value)
            arrived = done.wait(PATIENCE_S) and reached.wait(PATIENCE_S)
            count = len(hanging.told)
            free.set()
    assert arrived
    assert count == 1


def test_two_senders_tell_a_webhook_each_event_once(
    sigma: Sigma, given_webhook: Sigma, record: str, receiver: Receiver, sender: Sender
) -> None:
    given_webhook()
    done = told(receiver, 60)
    with sender(), sender():
        for value in range(60):
            change(sigma, record, value)
        assert done.wait(PATIENCE_S)

    assert len(set(receiver.ids)) == len(receiver.ids) == 60
    values = [one.json["data"]["changes"][0]["newValue"][0]["value"] for one in receiver.told]
    assert values == list(range(60))


def test_nothing_is_sent_while_a_transaction_is_open(
    sigma: Sigma, given_webhook: Sigma, record: str, receiver: Receiver, sender: Sender,
    database: Database,
) -> None:  # fmt: skip
    """The receiver itself writes: on SQLite it would wait for ever for a sender that writes."""
    given_webhook(events=["entity.updated"])
    written = threading.Event()

    def write(_: Told) -> None:
        if not written.is_set():
            with database.writing() as connection:
                connection.rollback()
            written.set()

    receiver.note = write
    with sender():
        change(sigma, record, 1)
        assert written.wait(PATIENCE_S)


def test_one_that_is_switched_off_while_it_is_told_is_told_no_later_change(
    sigma: Sigma, given_webhook: Sigma, record: str, receiver: Receiver, sender: Sender
) -> None:
    shown = given_webhook()
    with sender(), held(receiver) as (at_work, _):
        change(sigma, record, 1)
        assert at_work.wait(PATIENCE_S)
        sigma("PUT", "/webhooks/wh-shop", shown | {"active": False}, status=200)
        change(sigma, record, 2)
    assert len(receiver.told) == 1


def test_one_that_is_deleted_while_it_is_told_leaves_nothing(
    sigma: Sigma, given_webhook: Sigma, record: str, receiver: Receiver, sender: Sender
) -> None:
    given_webhook()
    with sender(), held(receiver) as (at_work, _):
        change(sigma, record, 1)
        assert at_work.wait(PATIENCE_S)
        sigma("DELETE", "/webhooks/wh-shop", status=204)
    given_webhook()
    assert sigma("GET", "/webhooks/wh-shop/deliveries", status=200) == []


def test_a_skip_while_it_is_told_is_not_taken_back(
    sigma: Sigma, given_webhook: Sigma, record: str, receiver: Receiver, sender: Sender
) -> None:
    given_webhook()
    with sender(), held(receiver) as (at_work, go_on):
        change(sigma, record, 1)
        assert at_work.wait(PATIENCE_S)
        change(sigma, record, 2)
        sigma("PUT", "/webhooks/wh-shop", {"skip": True}, status=200)
        done = told(receiver, 2)
        change(sigma, record, 3)
        go_on.set()
        assert done.wait(PATIENCE_S)
    values = [one.json["data"]["changes"][0]["newValue"][0]["value"] for one in receiver.told]
    assert values == [1, 3]
