"""Webhooks on the wire: made, shown, changed, deleted; what is refused; who may."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pims_api.storage.database import Database
from tests.databases.fresh import on_one_engine
from tests.sigma.conftest import Send, Sigma
from tests.sigma.webhooks.conftest import EVERY_EVENT, SECRET, set_setting

MASK = "•" * 8
MADE = {
    "id": "wh-shop",
    "name": "Shop",
    "url": "https://127.0.0.1/hook",
    "events": ["entity.created"],
}


def test_a_webhook_is_shown_as_it_was_made_but_for_its_secret(sigma: Sigma) -> None:
    body = MADE | {"secret": SECRET, "description": "The shop"}
    made = sigma("POST", "/webhooks", body, status=201)

    times = {"createdAt": made["createdAt"], "updatedAt": made["createdAt"]}
    shown = body | {"secret": MASK, "active": True, "reason": None} | times
    assert made == shown
    assert sigma("GET", "/webhooks/wh-shop", status=200) == shown
    assert sigma("GET", "/webhooks", status=200) == [shown]


def test_without_an_id_one_is_made(sigma: Sigma) -> None:
    body = {name: value for name, value in MADE.items() if name != "id"}

    assert sigma("POST", "/webhooks", body, status=201)["id"] == "wh-1"


def test_an_id_that_is_taken_is_a_conflict(sigma: Sigma) -> None:
    sigma("POST", "/webhooks", MADE, status=201)

    assert sigma("POST", "/webhooks", MADE, status=409)["error"] == "CONFLICT"


def test_a_deleted_webhook_is_gone_with_its_deliveries(sigma: Sigma) -> None:
    sigma("POST", "/webhooks", MADE, status=201)
    sigma("POST", "/webhooks/wh-shop/test", status=200)
    sigma("DELETE", "/webhooks/wh-shop", status=204)

    for method, path in (
        ("GET", "/webhooks/wh-shop"),
        ("DELETE", "/webhooks/wh-shop"),
        ("GET", "/webhooks/wh-shop/deliveries"),
        ("POST", "/webhooks/wh-shop/test"),
        ("POST", "/webhooks/wh-shop/deliveries/any/redeliver"),
    ):
        assert sigma(method, path, status=404)["error"] == "NOT_FOUND"
    sigma("PUT", "/webhooks/wh-shop", MADE, status=404)
    sigma("POST", "/webhooks", MADE, status=201)
    assert sigma("GET", "/webhooks/wh-shop/deliveries", status=200) == []


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"secret": MASK}, MASK),
        ({}, MASK),
        ({"secret": None}, MASK),
        ({"secret": "another"}, MASK),
        ({"secret": ""}, None),
    ],
)
def test_a_masked_secret_stays_and_an_empty_one_is_removed(
    sigma: Sigma, sent: dict[str, Any], shown: str | None
) -> None:
    sigma("POST", "/webhooks", MADE | {"secret": SECRET}, status=201)

    assert sigma("PUT", "/webhooks/wh-shop", MADE | sent, status=200)["secret"] == shown
    assert sigma("GET", "/webhooks/wh-shop", status=200)["secret"] == shown


def test_no_secret_is_in_the_database_in_clear(
    sigma: Sigma, database: Database, tmp_path: Path
) -> None:
    sigma("POST", "/webhooks", MADE | {"secret": SECRET}, status=201)
    sigma("PUT", "/webhooks/wh-shop", MADE | {"secret": SECRET + "new"}, status=200)

    assert SECRET not in _everything(database)
    assert "The shop" not in _everything(database)
    assert "127.0.0.1/hook" in _everything(database)


def _everything(database: Database) -> str:
    with database.reading() as connection:
        if not database.is_sqlite:
            names = ("outlet", "change", "webhook_reader", "webhook_delivery")
            rows = [connection.exec_driver_sql(f"SELECT * FROM {one}").all() for one in names]  # noqa: S608
            return str(rows)
    with sqlite3.connect(database.url.database or "") as plain:
        return "\n".join(plain.iterdump())


@on_one_engine
@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"name": None}, "name is required!"),
        ({"name": " "}, "name cannot be empty!"),
        ({"name": 5}, "name must be text!"),
        ({"name": "x" * 256}, "name has at most 255 characters!"),
        ({"url": None}, "url is required!"),
        ({"url": ["https://example.com"]}, "url must be text!"),
        ({"url": "https://example.com/" + "x" * 2_000}, "url has at most 2000 characters!"),
        ({"events": None}, "events is required!"),
        ({"events": []}, f"events must name at least one of {', '.join(EVERY_EVENT)}!"),
        ({"events": "entity.created"}, "events must be a list of texts!"),
        ({"events": [1]}, "events must be a list of texts!"),
        ({"events": ["entity.created", "entity.create"]},
         f"There is no event 'entity.create'! Known ones: {', '.join(EVERY_EVENT)}."),
        ({"events": ["*"]}, f"There is no event '*'! Known ones: {', '.join(EVERY_EVENT)}."),
        ({"secret": 1}, "secret must be text!"),
        ({"secret": "x" * 256}, "secret has at most 255 characters!"),
        ({"secret": "***"}, "secret is masked, but there is none that could be kept: send it "
         "whole!"),
        ({"active": "yes"}, "active must be true or false!"),
        ({"id": "a/b"}, "id cannot hold / or control characters, or begin or end with a space!"),
    ],
)  # fmt: skip
def test_what_is_no_webhook_is_refused_and_nothing_stored(
    sigma: Sigma, sent: dict[str, Any], message: str
) -> None:
    refused = sigma("POST", "/webhooks", MADE | sent, status=400)

    assert refused == {"error": "VALIDATION_ERROR", "message": message}
    assert sigma("GET", "/webhooks", status=200) == []
    if "id" not in sent:
        sigma("POST", "/webhooks", MADE, status=201)
        if "secret" not in sent or sent["secret"] != "***":
            assert sigma("PUT", "/webhooks/wh-shop", MADE | sent, status=400) == refused


PUBLIC = "It must be an address such as https://example.com/path!"


@on_one_engine
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com",
        "file:///etc/passwd",
        "gopher://127.0.0.1:25/",
        "https://",
        "example.com",
        "https://user:word@example.com/",
        "https://10.0.0.1/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://127.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://224.0.0.1/",
        "https://192.0.0.8/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1%25eth0]/",
        "https://[fd00::1]/",
        "https://localhost/",
        "https://exa mple.com/",
        "https://example.com\r\nX: y/",
        "https://example.com:99999/",
    ],
)
def test_addresses_that_lead_inside_are_refused(sigma: Sigma, database: Database, url: str) -> None:
    set_setting(database, outgoing_allow="")
    refused = sigma("POST", "/webhooks", MADE | {"url": url}, status=400)

    assert refused["error"] == "VALIDATION_ERROR"
    assert refused["message"].startswith("url: ")
    set_setting(database, outgoing_allow="127.0.0.1/32")
    sigma("POST", "/webhooks", MADE, status=201)
    set_setting(database, outgoing_allow="")
    sigma("PUT", "/webhooks/wh-shop", MADE | {"url": url}, status=400)


def test_deliveries_of_an_unknown_status_are_refused(sigma: Sigma) -> None:
    sigma("POST", "/webhooks", MADE, status=201)

    for query in ("status=lost", "limit=0", "limit=501", "offset=-1"):
        sigma("GET", f"/webhooks/wh-shop/deliveries?{query}", status=400)


@pytest.mark.parametrize(
    ("method", "path", "body", "permission"),
    [
        ("GET", "/webhooks", None, "read"),
        ("GET", "/webhooks/wh-shop", None, "read"),
        ("GET", "/webhooks/wh-shop/deliveries", None, "read"),
        ("POST", "/webhooks", MADE | {"id": "wh-other"}, "update-model"),
        ("PUT", "/webhooks/wh-shop", MADE, "update-model"),
        ("POST", "/webhooks/wh-shop/test", None, "update-model"),
        ("POST", "/webhooks/wh-shop/deliveries/x/redeliver", None, "update-model"),
        ("DELETE", "/webhooks/wh-shop", None, "delete-model"),
    ],
)
def test_each_address_needs_its_permission(
    sigma: Sigma, send: Send, method: str, path: str, body: Any, permission: str
) -> None:
    sigma("POST", "/webhooks", MADE, status=201)
    groups = ["read", "update-data", "delete-data", "update-model", "delete-model"]
    for group in groups:
        asked = {"name": group, "permissions": [group]}
        key = sigma("POST", "/api-keys", asked, status=201)["key"]
        status = send(method, path, body, key=key).status_code
        assert (status == 403) is (group != permission), (group, status)
    assert send(method, path, body, key="").status_code == 401
