"""Retries, deliveries that are given up, and webhooks that switch off."""

from typing import Any

import pytest

from pims_api.clock import now_us
from pims_api.jobs.webhooks import sender, serving
from pims_api.settings import Settings
from pims_api.storage.database import Database
from tests.connectors.listener import answering, listening
from tests.connectors.receiver import Receiver
from tests.sigma.conftest import Sigma, everywhere
from tests.sigma.webhooks.conftest import Deliver, set_setting

FAILED = "The receiver answered 500."


@pytest.fixture
def changed(sigma: Sigma, apparel: str, given_webhook: Sigma) -> Any:
    """`changed(3)`: so many changes of one record, which a webhook is yet to be told of."""
    values = {"description": everywhere("Warm")}
    record = sigma("POST", "/records", {"schemaId": apparel, "values": values}, status=201)["id"]
    given_webhook()

    def change(count: int) -> None:
        for value in range(count):
            body = {"scopedValues": everywhere(value)}
            sigma("PATCH", f"/records/{record}/values/price", body, status=200)

    return change


@pytest.fixture
def deliveries(sigma: Sigma) -> Any:
    """`deliveries("dead")`: the deliveries of that status, newest first."""

    def listed(status: str | None = None) -> Any:
        query = f"?status={status}" if status else ""
        return sigma("GET", f"/webhooks/wh-shop/deliveries{query}", status=200)

    return listed


def test_a_failed_delivery_is_tried_again_under_its_id(
    changed: Any, receiver: Receiver, deliver: Deliver, deliveries: Any
) -> None:
    receiver.answers += [500, 302, 200]
    changed(2)
    deliver()

    first, second, third, other = receiver.told
    assert first.body == second.body == third.body != other.body
    assert [(one["status"], one["attempts"]) for one in deliveries()] == [
        ("delivered", 1),
        ("delivered", 3),
    ]


def test_the_next_attempt_waits_and_the_next_event_with_it(
    changed: Any, receiver: Receiver, deliver: Deliver, deliveries: Any, database: Database
) -> None:
    set_setting(database, webhook_retries="3600")
    receiver.answers += [500]
    changed(2)
    deliver()

    (waiting,) = deliveries("pending")
    assert len(receiver.told) == 1
    assert (waiting["attempts"], waiting["responseStatus"], waiting["error"]) == (1, 500, FAILED)
    assert waiting["nextAttemptAt"] > waiting["lastAttemptAt"]


def test_the_attempts_come_after_10_60_and_300_seconds(
    changed: Any, receiver: Receiver, deliver: Deliver, deliveries: Any, database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    usual = Settings(database_url="sqlite://")
    assert usual.webhook_timeout_s == 10
    set_setting(database, webhook_retries=usual.webhook_retries)
    receiver.answers += [500] * 4
    changed(1)
    clock = [now_us()]
    for module in (sender, serving):
        monkeypatch.setattr(module, "now_us", lambda: clock[0])
    deliver()
    for attempt, wait_s in enumerate((10, 60, 300), 1):
        clock[0] += wait_s * 1_000_000 - 1
        deliver()
        assert len(receiver.told) == attempt
        clock[0] += 1
        deliver()
        assert len(receiver.told) == attempt + 1
    assert [(one["status"], one["attempts"]) for one in deliveries()] == [("dead", 4)]


def test_after_four_attempts_a_delivery_is_dead_and_the_next_one_comes(
    changed: Any, receiver: Receiver, deliver: Deliver, deliveries: Any, sigma: Sigma
) -> None:
    receiver.answers += [500] * 4
    changed(2)
    deliver()

    (dead,) = deliveries("dead")
    assert len(receiver.told) == 5
    assert dead["deliveryId"] == receiver.ids[0] == receiver.ids[3] != receiver.ids[4]
    assert (dead["attempts"], dead["error"], dead["nextAttemptAt"]) == (4, FAILED, None)
    assert sigma("GET", "/webhooks/wh-shop", status=200)["active"] is True


def test_a_dead_delivery_is_made_again_when_somebody_asks(
    changed: Any, receiver: Receiver, deliver: Deliver, deliveries: Any, sigma: Sigma
) -> None:
    receiver.answers += [500] * 4
    changed(1)
    deliver()
    number = receiver.ids[0]

    path = f"/webhooks/wh-shop/deliveries/{number}/redeliver"
    assert sigma("POST", path, status=200)["status"] == "pending"
    deliver()
    assert receiver.told[4].body == receiver.told[0].body
    assert [(one["deliveryId"], one["status"]) for one in deliveries()] == [(number, "delivered")]

    receiver.answers += [500]
    sigma("POST", path, status=200)
    deliver()
    assert [one["status"] for one in deliveries()] == ["dead"]


def test_a_delivery_that_waits_is_tried_at_once_when_somebody_asks(
    changed: Any, receiver: Receiver, deliver: Deliver, deliveries: Any, sigma: Sigma,
    database: Database,
) -> None:  # fmt: skip
    set_setting(database, webhook_retries="3600")
    receiver.answers += [500]
    changed(1)
    deliver()
    sigma("POST", f"/webhooks/wh-shop/deliveries/{receiver.ids[0]}/redeliver", status=200)
    deliver()

    assert receiver.ids[1:] == receiver.ids[:1]
    assert [one["status"] for one in deliveries()] == ["delivered"]


def test_twenty_dead_deliveries_in_a_row_switch_a_webhook_off(
    changed: Any, receiver: Receiver, deliver: Deliver, sigma: Sigma, database: Database
) -> None:
    set_setting(database, webhook_retries="")
    receiver.answers += [500] * 19 + [200] + [500] * 20
    changed(42)
    deliver()

    shown = sigma("GET", "/webhooks/wh-shop", status=200)
    assert len(receiver.told) == 40
    assert shown["active"] is False
    assert shown["reason"] == f"The last 20 deliveries were given up; the last one: {FAILED}"

    sigma("PUT", "/webhooks/wh-shop", shown | {"active": True}, status=200)
    deliver()
    assert len(receiver.told) == 42
    assert sigma("GET", "/webhooks/wh-shop", status=200)["reason"] is None


def test_of_the_dead_the_newest_are_kept(
    changed: Any, receiver: Receiver, deliver: Deliver, deliveries: Any, database: Database
) -> None:
    set_setting(database, webhook_retries="", webhook_dead_kept=5)
    receiver.answers += [500] * 8
    changed(8)
    deliver()

    assert [one["deliveryId"] for one in deliveries("dead")] == receiver.ids[:2:-1]


def test_410_switches_a_webhook_off_at_once(
    changed: Any, receiver: Receiver, deliver: Deliver, sigma: Sigma
) -> None:
    receiver.answers += [410]
    changed(2)
    deliver()

    shown = sigma("GET", "/webhooks/wh-shop", status=200)
    assert (len(receiver.told), shown["active"]) == (1, False)
    assert shown["reason"] == "The receiver answered 410: it does not want to be told any more."

    sigma("PUT", "/webhooks/wh-shop", shown | {"active": True}, status=200)
    deliver()
    assert receiver.ids[0] == receiver.ids[1]
    assert len(receiver.told) == 3


def test_a_test_is_sent_even_to_one_that_is_switched_off(
    given_webhook: Sigma, receiver: Receiver, deliver: Deliver, deliveries: Any, sigma: Sigma
) -> None:
    given_webhook(active=False)
    asked = sigma("POST", "/webhooks/wh-shop/test", status=200)
    deliver()

    (told,) = receiver.told
    assert told.json == {
        "deliveryId": asked["deliveryId"],
        "event": "webhook.test",
        "timestamp": asked["timestamp"],
        "workspaceId": "ws-1",
        "data": {"webhookId": "wh-shop"},
    }
    (shown,) = deliveries()
    assert (shown["status"], shown["responseStatus"], shown["entityId"]) == ("delivered", 200, None)


def test_of_what_arrived_the_last_hundred_are_kept(
    changed: Any, receiver: Receiver, deliver: Deliver, deliveries: Any
) -> None:
    changed(120)
    deliver()

    assert [one["deliveryId"] for one in deliveries()] == receiver.ids[:19:-1]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"nonsense\r\n\r\n", "The connection could not be made, or it broke."),
        (b"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
         "The receiver answered 307."),
    ],
)  # fmt: skip
def test_what_is_no_answer_or_leads_elsewhere_is_a_failure(
    changed: Any, deliver: Deliver, deliveries: Any, sigma: Sigma, answer: bytes, error: str
) -> None:
    with listening(answering(answer)) as odd:
        shown = sigma("GET", "/webhooks/wh-shop", status=200)
        sigma("PUT", "/webhooks/wh-shop", shown | {"url": odd.url}, status=200)
        changed(1)
        deliver()

    (dead,) = deliveries("dead")
    assert (dead["attempts"], dead["error"]) == (4, error)


def test_an_endless_answer_counts_by_its_status(
    changed: Any, deliver: Deliver, deliveries: Any, sigma: Sigma
) -> None:
    with listening(answering(b"HTTP/1.1 200 X\r\n\r\n" + b"x" * 1_000_000)) as odd:
        shown = sigma("GET", "/webhooks/wh-shop", status=200)
        sigma("PUT", "/webhooks/wh-shop", shown | {"url": odd.url}, status=200)
        changed(1)
        deliver()

    assert [one["status"] for one in deliveries()] == ["delivered"]


def test_an_address_that_is_not_allowed_any_more_fails_with_that_reason(
    changed: Any, receiver: Receiver, deliver: Deliver, deliveries: Any, database: Database
) -> None:
    set_setting(database, outgoing_allow="")
    changed(1)
    deliver()

    (dead,) = deliveries("dead")
    assert receiver.told == []
    assert dead["error"].startswith("127.0.0.1 is not a public address!")
