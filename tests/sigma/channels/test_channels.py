"""Channels: what they take, what they show, and what is refused."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from pims_api.jobs.worker import run_pending_jobs
from pims_api.storage.database import Database
from pims_api.storage.tables import metadata
from tests.connectors.shopify.server import TOKEN, Server
from tests.databases.fresh import on_one_engine
from tests.sigma.channels.conftest import body
from tests.sigma.conftest import Json, Send, Sigma
from views.sigma.actions.outlets import sync

SHOWN = {"shopUrl": "https://acme.myshopify.com", "apiKey": "shpat_***"}


def config(**more: Json) -> Json:
    return {"shopUrl": "acme", "apiKey": TOKEN} | more


def test_a_channel_is_made_shown_replaced_and_deleted(
    tied: None, schema: str, sigma: Sigma
) -> None:
    made = sigma("POST", "/channels", body(), status=201)
    assert made["id"] == "ch-1"
    assert made["config"] == SHOWN
    assert made["fieldMappings"][0] == {
        "sourceAttribute": "product-name",
        "targetField": "title",
        "transform": None,
    }
    assert (made["active"], made["catalogId"], made["dimensionScope"]) == (True, None, None)
    assert sigma("GET", "/channels", status=200) == [made]
    changed = sigma("PUT", "/channels/ch-1", made | {"name": "Other", "active": False}, status=200)
    assert (changed["name"], changed["active"], changed["config"]) == ("Other", False, SHOWN)
    assert sigma("GET", "/channels/ch-1", status=200) == changed
    sigma("DELETE", "/channels/ch-1", status=204)
    sigma("GET", "/channels/ch-1", status=404)


def test_a_secret_is_kept_sealed_and_shown_nowhere(
    tied: None, schema: str, sigma: Sigma, send: Send, database: Database
) -> None:
    sigma("POST", "/channels", body(), status=201)
    sigma("POST", "/channels/ch-1/test-connection", status=200)
    for path in ("/channels", "/channels/ch-1", "/channels/ch-1/sync-logs", "/audit"):
        assert TOKEN not in send("GET", path).text
    with database.reading() as connection:
        for table in ("outlet", "outlet_run", "change", "job"):
            rows = connection.execute(select(metadata.tables[table])).all()
            assert TOKEN not in repr([tuple(row) for row in rows])


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"type": "ebay"}, "type"),
        ({"alias": "Shop"}, "alias"),
        ({"alias": "-shop"}, "alias"),
        ({"schemaId": "schema-none"}, "schemaId"),
        ({"catalogId": "cat-none"}, "catalogId"),
        ({"dimensionScope": {"dim-none": "seg-en"}}, "dim-none"),
        ({"dimensionScope": {"dim-language": "seg-none"}}, "seg-none"),
        ({"fieldMappings": [{"sourceAttribute": "none", "targetField": "title"}]}, "none"),
        ({"fieldMappings": [{"sourceAttribute": "price", "targetField": "colour"}]}, "colour"),
        (
            {"fieldMappings": [{"sourceAttribute": "price", "targetField": "variants[1].price"}]},
            "variants[1]",
        ),
        (
            {
                "fieldMappings": [
                    {"sourceAttribute": "price", "targetField": "variants[].price"},
                    {"sourceAttribute": "weight", "targetField": "variants[0].price"},
                ]
            },
            "twice",
        ),
        (
            {
                "fieldMappings": [
                    {"sourceAttribute": "price", "targetField": "title", "transform": "rot13"}
                ]
            },
            "rot13",
        ),
        ({"config": config(host="evil.test")}, "host"),
        ({"config": config(apiVersion="2020-01")}, "apiVersion"),
        ({"config": config(newProductStatus="LIVE")}, "newProductStatus"),
        ({"config": config(weightUnit="STONES")}, "weightUnit"),
        ({"config": {"shopUrl": "acme"}}, "apiKey"),
        ({"config": {"shopUrl": "acme", "clientId": "c"}}, "clientSecret"),
        ({"config": config(apiKey="shpat_***")}, "stars"),
        ({"config": config(apiKey=1)}, "apiKey"),
        ({"config": config(apiKey="a\nb")}, "apiKey"),
    ],
)
@on_one_engine
def test_what_cannot_be_meant_is_refused_with_its_place(
    tied: None, schema: str, sigma: Sigma, sent: Json, place: str
) -> None:
    refused = sigma("POST", "/channels", body(**sent), status=400)
    assert place in refused["message"]


@pytest.mark.parametrize(
    "address",
    [
        "http://acme.myshopify.com",
        "acme.myshopify.com:8080",
        "https://acme.myshopify.com/admin",
        "user@acme.myshopify.com",
        "127.0.0.1",
        "[::1]",
        "evil.test",
        "acme.myshopify.com.evil.test",
        "acmé",
        "ac me",
        "",
        "-acme",
        "evil.test/#.myshopify.com",
        "https://https://acme",
        "acme.myshopify.com//",
        "a" * 61,
    ],
)
@on_one_engine
def test_only_names_of_shops_are_addresses(
    tied: None, schema: str, sigma: Sigma, address: str
) -> None:
    sigma("POST", "/channels", body(config=config(shopUrl=address)), status=400)


@on_one_engine
def test_a_secret_stays_with_its_shop(tied: None, schema: str, sigma: Sigma) -> None:
    made = sigma("POST", "/channels", body(), status=201)
    other = body(config={"shopUrl": "globex", "apiKey": "shpat_***"})
    refused = sigma("PUT", "/channels/ch-1", other, status=400)
    assert "apiKey" in refused["message"]
    kept = body(config={"shopUrl": "ACME.myshopify.com", "accessToken": "shpat_***"})
    shown = sigma("PUT", "/channels/ch-1", kept, status=200)["config"]
    assert shown == {"shopUrl": made["config"]["shopUrl"], "accessToken": "shpat_***"}
    assert sigma("POST", "/channels/ch-1/test-connection", status=200)["ok"] is True
    sigma("PUT", "/channels/ch-1", body(config=config(apiKey="shpat_x*")), status=400)


@on_one_engine
def test_an_alias_belongs_to_one_channel(tied: None, schema: str, sigma: Sigma) -> None:
    sigma("POST", "/channels", body(), status=201)
    sigma("POST", "/channels", body(), status=409)
    sigma("POST", "/channels", body(alias="other"), status=201)
    sigma("PUT", "/channels/ch-2", body(), status=409)


@on_one_engine
def test_channels_of_other_types_are_kept_but_not_synced(
    tied: None, schema: str, sigma: Sigma
) -> None:
    sent = body(type="custom", config={"any": 1, "auth": {"token": "abc_defghi", "url": "u"}})
    made = sigma("POST", "/channels", sent, status=201)
    assert made["config"] == {"any": 1, "auth": {"token": "abc_***", "url": "u"}}
    for deed in ("test-connection", "push", "pull", "sync"):
        assert "custom" in sigma("POST", f"/channels/ch-1/{deed}", status=400)["message"]
        sigma("POST", f"/channels/ch-9/{deed}", status=404)


@on_one_engine
def test_a_channel_that_is_not_active_is_only_tested(tied: None, schema: str, sigma: Sigma) -> None:
    sigma("POST", "/channels", body(active=False), status=201)
    assert sigma("POST", "/channels/ch-1/test-connection", status=200)["ok"] is True
    assert "active" in sigma("POST", "/channels/ch-1/push", status=400)["message"]


@on_one_engine
def test_a_connection_is_told_as_it_is(channel: str, sigma: Sigma, server: Server) -> None:
    found = sigma("POST", f"{channel}/test-connection", status=200)
    assert found == {
        "ok": True,
        "shopName": "Acme",
        "shopUrl": "https://acme.myshopify.com",
        "plan": "Basic",
        "productCount": 0,
    }
    server.tokens.clear()
    found = sigma("POST", f"{channel}/test-connection", status=200)
    assert (found["ok"], found["error"]) == (False, "unauthorized")
    for fault, error in (("403", "forbidden"), ("denied", "forbidden"), ("404", "not_found")):
        server.tokens.add(TOKEN)
        server.faults.append(fault)
        found = sigma("POST", f"{channel}/test-connection", status=200)
        assert (found["ok"], found["error"]) == (False, error)


@on_one_engine
def test_one_run_goes_on_at_a_time(channel: str, sigma: Sigma) -> None:
    log = sigma("POST", f"{channel}/push", status=202)
    assert (log["status"], log["completedAt"], log["direction"]) == ("running", None, "push")
    for deed in ("push", "pull", "sync"):
        sigma("POST", f"{channel}/{deed}", status=409)
    sigma("PUT", channel, body(), status=409)
    sigma("DELETE", channel, status=409)


@on_one_engine
def test_keys_may_do_what_their_permissions_say(channel: str, send: Send, sigma: Sigma) -> None:
    def key(*permissions: str) -> str:
        sent = {"name": "k", "permissions": list(permissions)}
        return str(sigma("POST", "/api-keys", sent, status=201)["key"])

    def status(method: str, path: str, key: str, sent: Json = None) -> int:
        return send(method, path, sent, key=key).status_code

    reader, editor, modeller = key("read"), key("read", "update-data"), key("read", "update-model")
    for path in (channel, f"{channel}/sync-logs", f"{channel}/sync-mappings"):
        assert status("GET", path, reader) == 200
        assert status("GET", path, key("update-data")) == 403
    assert status("POST", f"{channel}/push", reader) == 403
    assert status("POST", f"{channel}/test-connection", editor) == 200
    assert status("PUT", channel, editor, body()) == 403
    assert status("PUT", channel, modeller, body()) == 200
    assert status("DELETE", channel, modeller) == 403
    assert status("DELETE", channel, key("read", "delete-model")) == 204


def test_a_run_ends_when_who_asked_for_it_may_not_any_more(
    channel: str,
    jacket: Callable[..., str],
    sigma: Sigma,
    send: Send,
    database: Database,
    server: Server,
) -> None:
    jacket("Fleece")
    sent = {"name": "k", "permissions": ["read", "update-data"]}
    made = sigma("POST", "/api-keys", sent, status=201)
    assert send("POST", f"{channel}/push", key=made["key"]).status_code == 202
    sigma("DELETE", f"/api-keys/{made['id']}", status=204)
    run_pending_jobs(database)
    (log,) = sigma("GET", f"{channel}/sync-logs", status=200)
    assert log["status"] == "failed"
    assert "key" in log["errors"][-1]["message"]
    assert server.requests == []
    sigma("POST", f"{channel}/push", status=202)


def test_a_channel_whose_maker_is_gone_says_what_to_do(
    channel: str, sigma: Sigma, database: Database
) -> None:
    sent = {"name": "k", "permissions": ["read", "update-model"]}
    made = sigma("POST", "/api-keys", sent, status=201)
    sigma("PUT", channel, body(), key=made["key"], status=200)
    sigma("DELETE", f"/api-keys/{made['id']}", status=204)
    sigma("POST", f"{channel}/push", status=202)
    run_pending_jobs(database)
    (log,) = sigma("GET", f"{channel}/sync-logs", status=200)
    assert log["status"] == "failed"
    assert "send the channel again" in log["errors"][0]["message"]


def test_a_push_with_a_name_is_asked_for_once_and_answered_at_once(
    channel: str, sigma: Sigma, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "RUN_WAIT_S", 60.0)
    answers = [send("POST", f"{channel}/push", Idempotency_Key="n-1") for _ in range(2)]

    assert [one.status_code for one in answers] == [202, 202]
    assert answers[0].data == answers[1].data
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert len(sigma("GET", f"{channel}/sync-logs", status=200)) == 1
