"""pims webhook: list, test, deliveries, redeliver."""

import json

import pytest

from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.services.outlets.webhooks import add_webhook
from pims_api.storage.history.changes import Actor
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.unit_of_work import unit_of_work
from tests.connectors.receiver import receiving


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setenv("PIMS_OUTGOING_ALLOW", "127.0.0.1/32")
    with receiving() as made:
        yield made


@pytest.fixture
def webhook(database, receiver):
    """A webhook of the id `wh-shop`, made by the command line."""
    settings = {"description": None, "url": receiver.url, "events": ["entity.created"]}
    wanted = Outlet(1, 0, OutletKind.WEBHOOK, "Shop", settings, client_id="wh-shop")
    with unit_of_work(database, 1, Actor("tests")) as work:
        return add_webhook(work, Outlets(database), wanted)


def test_webhooks_are_listed(run, run_json, webhook, receiver) -> None:
    assert run("webhook", "list") == f"wh-shop  Shop  {receiver.url}  active\n"
    (shown,) = run_json("webhook", "list")
    assert shown == {
        "id": "wh-shop",
        "name": "Shop",
        "url": receiver.url,
        "events": ["entity.created"],
        "active": True,
        "reason": None,
        "told_up_to": shown["told_up_to"],
    }


def test_a_test_is_sent_at_once_and_listed(run, run_json, webhook, receiver) -> None:
    said = run("webhook", "test", "wh-shop")

    (told,) = receiver.told
    number = told.json["deliveryId"]
    assert told.json["event"] == "webhook.test"
    assert said == f"Delivery {number} arrived: the receiver answered 200.\n"
    (shown,) = run_json("webhook", "deliveries", "wh-shop")
    assert (shown["delivery"], shown["status"], shown["answer"]) == (number, "delivered", 200)
    assert number in run("webhook", "deliveries", "wh-shop", "--status", "delivered")
    assert run("webhook", "deliveries", "wh-shop", "--status", "dead") == ""


def test_one_that_fails_is_told_and_can_be_made_again(run, run_json, webhook, receiver) -> None:
    receiver.answers += [503]
    said = run("webhook", "test", "wh-shop", status=1)
    (dead,) = run_json("webhook", "deliveries", "wh-shop", "--status", "dead")
    number = dead["delivery"]
    assert f"Delivery {number} failed: The receiver answered 503." in said

    run("webhook", "redeliver", "wh-shop", number)
    assert [one.json["deliveryId"] for one in receiver.told] == [number, number]
    assert json.loads(receiver.told[0].body) == json.loads(receiver.told[1].body)


def test_what_is_not_there_is_said_to_be_absent(run, webhook) -> None:
    assert "Webhook does not exist!" in run("webhook", "test", "wh-other", status=1)
    assert "Delivery does not exist!" in run("webhook", "redeliver", "wh-shop", "x", status=1)
