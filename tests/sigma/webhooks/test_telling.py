"""What a receiver is told, request by request, and what it is not."""

import hashlib
import hmac
import re

import pytest
import standardwebhooks

from pims_api import __version__
from pims_api.jobs.webhooks.sender import WebhookSender
from pims_api.jobs.webhooks.serving import Sending
from pims_api.storage.database import Database
from tests.connectors.receiver import Receiver, receiving
from tests.sigma.conftest import Sigma, everywhere
from tests.sigma.webhooks.conftest import SECRET, Deliver
from views.jobs.webhooks import TELLING

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def jacket(sigma: Sigma, apparel: str) -> str:
    """The id of a record made before there was any webhook."""
    values = {"description": everywhere("Warm"), "sku": everywhere("J-1")}
    body = {"schemaId": apparel, "values": values}
    return str(sigma("POST", "/records", body, status=201)["id"])


def price(value: object) -> dict[str, object]:
    return {"scopedValues": everywhere(value)}


def test_an_event_is_told_with_the_record_and_what_changed(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook()
    sigma("PATCH", f"/records/{jacket}/values/price", price(19.5), status=200)
    deliver()

    (told,) = receiver.told
    assert told.json == {
        "deliveryId": told.json["deliveryId"],
        "event": "entity.updated",
        "timestamp": told.json["data"]["updatedAt"],
        "workspaceId": "ws-1",
        "data": {
            **sigma("GET", f"/records/{jacket}", status=200),
            "changes": [{"attribute": "price", "oldValue": None, "newValue": everywhere(19.5)}],
        },
    }
    assert UUID.fullmatch(told.json["deliveryId"])


def test_a_variant_is_told_as_a_get_shows_it(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    variants = f"/records/{jacket}/variants"
    variant = sigma("POST", variants, {"values": {}}, status=201)["id"]
    given_webhook(events=["variant.updated"])
    sigma("PATCH", f"{variants}/{variant}/values/price", price(19.5), status=200)
    deliver()

    (told,) = receiver.told
    assert told.json["event"] == "variant.updated"
    assert told.json["data"] == {
        **sigma("GET", f"{variants}/{variant}", status=200),
        "changes": [{"attribute": "price", "oldValue": None, "newValue": everywhere(19.5)}],
    }


def test_both_signatures_of_a_body_hold(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook()
    sigma("DELETE", f"/records/{jacket}", status=204)
    deliver()

    (told,) = receiver.told
    signed = hmac.new(SECRET.encode(), told.body, hashlib.sha256).hexdigest()
    assert told.headers["x-sigma-signature"] == signed
    assert standardwebhooks.Webhook(SECRET).verify(told.body, told.headers) == told.json
    assert told.headers["webhook-id"] == told.json["deliveryId"]
    assert told.headers["user-agent"] == f"PIMS/{__version__}"
    assert told.headers["content-type"] == "application/json"


def test_without_a_secret_nothing_is_signed(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook(secret=None)
    sigma("DELETE", f"/records/{jacket}", status=204)
    deliver()

    (told,) = receiver.told
    assert not {"x-sigma-signature", "webhook-signature", "webhook-id"} & set(told.headers)


def test_each_deed_is_its_event_in_the_order_of_deeds(
    sigma: Sigma, given_webhook: Sigma, apparel: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook()
    body = {"schemaId": apparel, "values": {"description": everywhere("Warm")}}
    record = sigma("POST", "/records", body, status=201)["id"]
    variants = f"/records/{record}/variants"
    variant = sigma("POST", variants, {"values": {}}, status=201)["id"]
    sigma("PATCH", f"{variants}/{variant}/values/price", price(1), status=200)
    sigma("PATCH", f"/records/{record}/values/price", price(2), status=200)
    sigma("DELETE", f"{variants}/{variant}", status=204)
    sigma("DELETE", f"/records/{record}", status=204)
    deliver()

    shown = [(one.json["event"], one.json["data"]["id"]) for one in receiver.told]
    assert shown == [
        ("entity.created", record),
        ("variant.created", variant),
        ("variant.updated", variant),
        ("entity.updated", record),
        ("variant.deleted", variant),
        ("entity.deleted", record),
    ]


def test_each_event_shows_the_record_as_it_was_after_that_change(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook()
    for value in (1, 2, 3):
        sigma("PATCH", f"/records/{jacket}/values/price", price(value), status=200)
    sigma("DELETE", f"/records/{jacket}", status=204)
    deliver()

    prices = [one.json["data"]["values"]["price"] for one in receiver.told]
    assert prices == [everywhere(1), everywhere(2), everywhere(3), everywhere(3)]
    last = receiver.told[-2].json["data"]["changes"]
    assert last == [{"attribute": "price", "oldValue": everywhere(2), "newValue": everywhere(3)}]
    assert receiver.told[-1].json["data"]["changes"] == []


def test_a_transition_tells_from_where_to_where(
    sigma: Sigma, review: str, given_webhook: Sigma, receiver: Receiver, deliver: Deliver
) -> None:
    values = {"note": everywhere("secret note"), "headline": everywhere("Sale")}
    record = sigma("POST", "/records", {"schemaId": review, "values": values}, status=201)["id"]
    given_webhook()
    way = {"transitionId": "draft-review"}
    shown = sigma("POST", f"/records/{record}/transition", way, status=200)
    deliver()

    (told,) = receiver.told
    assert told.json["event"] == "entity.transition"
    states = {"fromStateId": "state-draft", "toStateId": "state-review"}
    assert told.json["data"] == {**shown, "changes": [], **states}


def test_only_the_events_that_a_webhook_wants_are_told(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook(events=["entity.deleted"])
    sigma("PATCH", f"/records/{jacket}/values/price", price(1), status=200)
    deliver()
    sigma("DELETE", f"/records/{jacket}", status=204)
    deliver()

    assert receiver.events == ["entity.deleted"]


def test_what_happened_before_a_webhook_was_made_is_not_told(
    given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook()
    deliver()

    assert receiver.told == []


def test_one_that_was_switched_off_goes_on_where_it_stopped(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook()
    made = sigma("GET", "/webhooks/wh-shop", status=200)
    sigma("PUT", "/webhooks/wh-shop", made | {"active": False}, status=200)
    for value in (1, 2):
        sigma("PATCH", f"/records/{jacket}/values/price", price(value), status=200)
    deliver()
    assert receiver.told == []

    assert sigma("PUT", "/webhooks/wh-shop", made | {"active": True}, status=200)["active"] is True
    deliver()
    changes = [one.json["data"]["changes"][0]["newValue"] for one in receiver.told]
    assert changes == [everywhere(1), everywhere(2)]
    assert "x-sigma-signature" in receiver.told[0].headers


def test_skip_jumps_to_now(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook(active=False)
    sigma("PATCH", f"/records/{jacket}/values/price", price(1), status=200)
    skipped = sigma("PUT", "/webhooks/wh-shop", {"skip": True, "active": True}, status=200)
    assert (skipped["active"], skipped["name"], skipped["secret"]) == (True, "Shop", "•" * 8)
    sigma("PATCH", f"/records/{jacket}/values/price", price(2), status=200)
    deliver()

    changes = [one.json["data"]["changes"][0]["newValue"] for one in receiver.told]
    assert changes == [everywhere(2)]


def test_a_body_too_long_is_told_without_changes_then_without_values(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook()
    for length in (40_000, 65_400):
        text = {"scopedValues": everywhere("x" * length)}
        sigma("PATCH", f"/records/{jacket}/values/description", text, status=200)
    deliver()

    first, second = (one.json for one in receiver.told)
    assert (first["truncated"], second["truncated"]) == (True, True)
    assert "changes" not in first["data"]
    assert first["data"]["values"]["description"] == everywhere("x" * 40_000)
    assert set(second["data"]) & {"changes", "values"} == set()
    assert second["data"]["id"] == jacket
    assert max(len(one.body) for one in receiver.told) <= 64 * 1024


def test_many_changes_come_in_their_order_each_once(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    given_webhook()
    for value in range(130):
        sigma("PATCH", f"/records/{jacket}/values/price", price(value), status=200)
    deliver()

    told = [one.json["data"]["changes"][0]["newValue"][0]["value"] for one in receiver.told]
    assert told == list(range(130))
    assert len(set(receiver.ids)) == 130


def test_a_delivery_told_twice_has_the_same_id_and_body(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, database: Database
) -> None:
    """As after a crash between an answer and its note, by which nothing was stored."""
    given_webhook()
    for value in (1, 2):
        sigma("PATCH", f"/records/{jacket}/values/price", price(value), status=200)

    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    sender = WebhookSender(Sending(database, TELLING, tell=kill))
    with pytest.raises(Killed):
        sender.run_until_idle()
    WebhookSender(Sending(database, TELLING)).run_until_idle()

    first, again, second = receiver.told
    assert first.body == again.body
    assert first.json["deliveryId"] != second.json["deliveryId"]


def test_two_webhooks_are_told_the_same_under_ids_of_their_own(
    sigma: Sigma, given_webhook: Sigma, jacket: str, receiver: Receiver, deliver: Deliver
) -> None:
    with receiving() as other:
        given_webhook()
        given_webhook("wh-other", url=other.url)
        sigma("DELETE", f"/records/{jacket}", status=204)
        deliver()

        assert (receiver.events, other.events) == (["entity.deleted"], ["entity.deleted"])
        assert receiver.ids != other.ids
