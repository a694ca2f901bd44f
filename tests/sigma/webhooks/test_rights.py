"""A webhook is told what its maker may see, and nobody gets more by one of somebody else."""

from collections.abc import Callable
from typing import Any

import pytest

from pims_api.services.keys.api_keys import create_key
from pims_api.services.users import accounts
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.connectors.receiver import Receiver, receiving
from tests.sigma.conftest import Send, Sigma, everywhere
from tests.sigma.webhooks.conftest import EVERY_EVENT, SECRET, Deliver

CANARY = "nobody sees this"


@pytest.fixture
def writer(sigma: Sigma, apparel: str, given_role: Sigma, as_role: Callable[[str], Sigma]) -> Sigma:
    """`sigma` for a role that does not see descriptions of apparel."""
    permission = {"schemaId": apparel, "attributePermissions": {"attr-description": "hidden"}}
    role = given_role("writer", schemaPermissions=[permission], canManageRoles=True)
    return as_role(str(role))


def hook(receiver: Receiver, number: str = "wh-shop") -> dict[str, Any]:
    return {
        "id": number,
        "name": "Shop",
        "url": receiver.url,
        "events": EVERY_EVENT,
        "secret": SECRET,
    }


def do_everything(sigma: Sigma, apparel: str) -> None:
    """Create, change and delete a record and a variant, with a canary in a hidden attribute."""
    values = {"description": everywhere(CANARY), "price": everywhere(1)}
    record = sigma("POST", "/records", {"schemaId": apparel, "values": values}, status=201)["id"]
    variants = f"/records/{record}/variants"
    variant = sigma("POST", variants, {"values": values}, status=201)["id"]
    for path in (f"/records/{record}", f"{variants}/{variant}"):
        sent = {"scopedValues": everywhere(f"{CANARY} again")}
        sigma("PATCH", f"{path}/values/description", sent, status=200)
        sigma("PATCH", f"{path}/values/price", {"scopedValues": everywhere(2)}, status=200)
    sigma("DELETE", f"{variants}/{variant}", status=204)
    sigma("DELETE", f"/records/{record}", status=204)


def test_what_the_role_of_the_maker_hides_is_told_in_no_event(
    sigma: Sigma, writer: Sigma, apparel: str, receiver: Receiver, deliver: Deliver
) -> None:
    writer("POST", "/webhooks", hook(receiver), status=201)
    do_everything(sigma, apparel)
    deliver()

    assert receiver.events == [
        "entity.created",
        "variant.created",
        "entity.updated",
        "entity.updated",
        "variant.updated",
        "variant.updated",
        "variant.deleted",
        "entity.deleted",
    ]
    assert not [one for one in receiver.told if CANARY.encode() in one.body]
    assert receiver.told[2].json["data"]["changes"] == []  # told, without what is hidden


def test_what_the_view_of_the_key_hides_is_told_in_no_event(
    sigma: Sigma,
    pims: Any,
    make_key: Callable[..., str],
    apparel: str,
    receiver: Receiver,
    deliver: Deliver,
) -> None:
    body = {"name": "narrow", "attributes": {"sku": {}, "price": {}}}
    pims("addPimView", path="/pim/manage/views", status=200, **body)
    key = make_key("pim_user", "pim_manager", views=("narrow",), default_view="narrow")
    sigma("POST", "/webhooks", hook(receiver), status=201, key=key)
    do_everything(sigma, apparel)
    deliver()

    assert len(receiver.told) == 8
    assert not [one for one in receiver.told if CANARY.encode() in one.body]


def test_records_outside_the_rows_of_the_view_are_not_told_of(
    sigma: Sigma,
    pims: Any,
    make_key: Callable[..., str],
    apparel: str,
    receiver: Receiver,
    deliver: Deliver,
) -> None:
    body = {"name": "hats", "attributes": {"sku": {}}, "condition_query": "[[sku]] LIKE 'HAT-%'"}
    pims("addPimView", path="/pim/manage/views", status=200, **body)
    key = make_key("pim_user", "pim_manager", views=("hats",), default_view="hats")
    sigma("POST", "/webhooks", hook(receiver), status=201, key=key)
    for sku in ("HAT-1", "COAT-1"):
        values = {"sku": everywhere(sku)}
        body = {"schemaId": apparel, "values": values}
        record = sigma("POST", "/records", body, status=201)["id"]
        sigma("DELETE", f"/records/{record}", status=204)
    deliver()

    assert receiver.events == ["entity.created", "entity.deleted"]
    assert not [one for one in receiver.told if b"COAT" in one.body]


def assert_switched_off(sigma: Sigma, receiver: Receiver, reason: str) -> None:
    """Nothing was told, and the webhook says why."""
    shown = sigma("GET", "/webhooks/wh-shop", status=200)
    assert (receiver.told, shown["active"]) == ([], False)
    assert shown["reason"] == reason


def test_a_webhook_whose_key_is_withdrawn_is_switched_off(
    sigma: Sigma, make_key: Callable[..., str], apparel: str, receiver: Receiver, deliver: Deliver
) -> None:
    asked = {"name": "maker", "permissions": ["read", "update-model"]}
    made = sigma("POST", "/api-keys", asked, status=201)
    sigma("POST", "/webhooks", hook(receiver), status=201, key=made["key"])
    sigma("DELETE", f"/api-keys/{made['id']}", status=204)
    do_everything(sigma, apparel)
    deliver()
    reason = "The key that made this webhook was withdrawn or has expired."
    assert_switched_off(sigma, receiver, reason)


def test_a_webhook_whose_user_is_disabled_is_switched_off(
    sigma: Sigma,
    writer: Sigma,
    apparel: str,
    receiver: Receiver,
    deliver: Deliver,
    database: Database,
) -> None:
    writer("POST", "/webhooks", hook(receiver), status=201)
    with unit_of_work(database, 1, Actor("tests")) as work:
        user = accounts.find_user(work, "role-writer@example.com")
        accounts.set_disabled(work, user, disabled=True)
    do_everything(sigma, apparel)
    deliver()
    reason = "The user who made this webhook is gone or disabled."
    assert_switched_off(sigma, receiver, reason)


def test_a_webhook_whose_key_may_not_read_records_is_told_nothing(
    sigma: Sigma, apparel: str, receiver: Receiver, deliver: Deliver
) -> None:
    asked = {"name": "maker", "permissions": ["update-model"]}
    key = sigma("POST", "/api-keys", asked, status=201)["key"]
    sigma("POST", "/webhooks", hook(receiver), status=201, key=key)
    do_everything(sigma, apparel)
    deliver()
    reason = "Who made this webhook may not read records any more."
    assert_switched_off(sigma, receiver, reason)


def test_who_gives_a_webhook_another_address_is_its_maker(
    sigma: Sigma, writer: Sigma, apparel: str, receiver: Receiver, deliver: Deliver
) -> None:
    sigma("POST", "/webhooks", hook(receiver), status=201)
    with receiving() as other:
        renamed = hook(receiver) | {"name": "Renamed"}
        writer("PUT", "/webhooks/wh-shop", renamed, status=200)
        do_everything(sigma, apparel)
        deliver()
        assert CANARY.encode() in receiver.told[0].body

        writer("PUT", "/webhooks/wh-shop", hook(other), status=200)
        do_everything(sigma, apparel)
        deliver()
        assert len(other.told) == 8
        assert not [one for one in other.told if CANARY.encode() in one.body]


def test_a_redelivery_hides_what_is_hidden_by_now(
    sigma: Sigma, send: Send, writer: Sigma, apparel: str, receiver: Receiver, deliver: Deliver
) -> None:
    writer("POST", "/webhooks", hook(receiver), status=201)
    do_everything(sigma, apparel)
    deliver()
    for number in receiver.ids[:8]:
        sigma("POST", f"/webhooks/wh-shop/deliveries/{number}/redeliver", status=200)
    deliver()

    again = {one.json["deliveryId"]: one.body for one in receiver.told[8:]}
    assert again == {one.json["deliveryId"]: one.body for one in receiver.told[:8]}


def test_webhooks_of_another_tenant_are_told_nothing(
    sigma: Sigma, apparel: str, receiver: Receiver, deliver: Deliver, database: Database
) -> None:
    other = add_tenant(database, "other")
    with unit_of_work(database, other, Actor("tests")) as work:
        key, _ = create_key(work, None, "k", ("pim_user", "pim_manager"))
    sigma("POST", "/webhooks", hook(receiver), status=201, key=key)
    do_everything(sigma, apparel)
    deliver()

    assert receiver.told == []
    assert sigma("GET", "/webhooks", status=200) == []
    sigma("GET", "/webhooks/wh-shop", status=404)
