"""What channels, logs, mappings and refusals hold, key for key."""

import re
from collections.abc import Callable

import pytest

from pims_api.connectors.shopify.client import ATTEMPTS
from pims_api.connectors.shopify.config import shop_of
from pims_api.settings import Settings
from tests.connectors.shopify.server import TOKEN, Server
from tests.databases.fresh import on_one_engine
from tests.sigma.channels.conftest import body
from tests.sigma.conftest import Json, Sigma

Run = Callable[[str], Json]
Jacket = Callable[..., str]
BARE = {"name": "Shop", "alias": "shop", "type": "custom", "config": {}}
UNSET = {
    "description": None,
    "fieldMappings": [],
    "schemaId": None,
    "catalogId": None,
    "dimensionScope": None,
    "active": True,
}


@on_one_engine
def test_a_channel_needs_four_keys_and_the_others_have_values(tied: None, sigma: Sigma) -> None:
    made = sigma("POST", "/channels", BARE, status=201)
    times = {name: made[name] for name in ("createdAt", "updatedAt")}
    assert made == {"id": "ch-1"} | BARE | UNSET | times
    for name in BARE:
        sent = {key: value for key, value in BARE.items() if key != name}
        refused = sigma("POST", "/channels", sent, status=400)
        assert set(refused) == {"error", "message"}
        assert refused["error"] == "VALIDATION_ERROR"
        assert name in refused["message"]


@on_one_engine
def test_a_channel_is_replaced_whole(tied: None, schema: str, sigma: Sigma) -> None:
    more = {"description": "d", "dimensionScope": {}, "active": False}
    made = sigma("POST", "/channels", body(**more), status=201)
    assert {name: made[name] for name in more} == more
    changed = sigma("PUT", "/channels/ch-1", BARE, status=200)
    assert changed == made | BARE | UNSET | {"updatedAt": changed["updatedAt"]}


@pytest.mark.parametrize("kind", ["amazon-1p", "amazon-3p", "custom"])
@on_one_engine
def test_other_types_keep_any_config_and_hide_its_secrets(
    tied: None, schema: str, sigma: Sigma, kind: str
) -> None:
    mappings = [{"sourceAttribute": "price", "targetField": "any[7].thing", "transform": "trim"}]
    config = {"seller": "S", "secret": "amzn_0123", "password": "abcdefgh_ij", "token": "plain"}
    sent = BARE | {"type": kind, "config": config, "fieldMappings": mappings}
    made = sigma("POST", "/channels", sent, status=201)
    hidden = {"seller": "S", "secret": "amzn_***", "password": "***", "token": "***"}
    assert (made["config"], made["fieldMappings"]) == (hidden, mappings)
    assert sigma("PUT", "/channels/ch-1", made, status=200)["config"] == hidden
    for deed in ("test-connection", "push", "pull", "sync"):
        refused = sigma("POST", f"/channels/ch-1/{deed}", status=400)
        assert refused["error"] == "VALIDATION_ERROR"
        assert f"no connector for channels of the type {kind}" in refused["message"]
    mappings[0] |= {"sourceAttribute": "none"}
    assert "none" in sigma("PUT", "/channels/ch-1", sent, status=400)["message"]


@on_one_engine
def test_refusals_say_their_kind(channel: str, sigma: Sigma) -> None:
    for method, path, sent, status, error in [
        ("GET", "/channels/ch-9", None, 404, "NOT_FOUND"),
        ("GET", "/channels/shop", None, 404, "NOT_FOUND"),
        ("PUT", "/channels/ch-9", body(), 404, "NOT_FOUND"),
        ("DELETE", "/channels/ch-9", None, 404, "NOT_FOUND"),
        ("GET", "/channels/ch-9/sync-logs", None, 404, "NOT_FOUND"),
        ("GET", "/channels/ch-9/sync-mappings", None, 404, "NOT_FOUND"),
        ("POST", "/channels", body(), 409, "CONFLICT"),
        ("POST", "/channels", body(type="ebay"), 400, "VALIDATION_ERROR"),
        ("POST", f"{channel}/push", None, 202, None),
        ("POST", f"{channel}/sync", None, 409, "CONFLICT"),
    ]:
        told = sigma(method, path, sent, status=status)
        assert error is None or (set(told), told["error"]) == ({"error", "message"}, error)


@pytest.mark.parametrize(
    "address",
    [
        "acme",
        "ACME",
        "acme.myshopify.com/",
        "HTTPS://ACME.MyShopify.com/",
        "https://acme/",
        "a" * 60,
    ],
)
@on_one_engine
def test_the_ways_to_write_a_shop_are_one(tied: None, sigma: Sigma, address: str) -> None:
    sent = BARE | {"type": "shopify", "config": {"shopUrl": address, "apiKey": TOKEN}}
    name = address if len(address) == 60 else "acme"
    shown = sigma("POST", "/channels", sent, status=201)["config"]
    assert shown["shopUrl"] == f"https://{name}.myshopify.com"


@on_one_engine
def test_an_alias_has_64_characters_at_most(tied: None, sigma: Sigma) -> None:
    sigma("POST", "/channels", BARE | {"alias": "a" * 64}, status=201)
    sigma("POST", "/channels", BARE | {"alias": "a" * 65}, status=400)


@on_one_engine
def test_either_a_token_or_client_credentials(tied: None, sigma: Sigma, server: Server) -> None:
    pair = {"clientId": "client", "clientSecret": "shpss_secret"}
    sent = BARE | {"type": "shopify", "config": {"shopUrl": "acme"} | pair}
    made = sigma("POST", "/channels", sent, status=201)
    assert made["config"] == {
        "shopUrl": "https://acme.myshopify.com",
        "clientId": "client",
        "clientSecret": "shpss_***",
    }
    assert sigma("PUT", "/channels/ch-1", made, status=200)["config"] == made["config"]
    assert sigma("POST", "/channels/ch-1/test-connection", status=200)["ok"] is True
    assert server.tokens == {TOKEN, "shpat_made_1"}
    for more in ({"apiKey": TOKEN}, {"accessToken": TOKEN}):
        both = sent | {"config": sent["config"] | more}
        assert "either" in sigma("PUT", "/channels/ch-1", both, status=400)["message"]
    two = sent | {"config": {"shopUrl": "acme", "apiKey": TOKEN, "accessToken": TOKEN}}
    sigma("PUT", "/channels/ch-1", two, status=400)


def test_the_address_of_a_shop_is_the_operators() -> None:
    config = {"shopUrl": "acme", "apiKey": TOKEN}
    for base, address in [
        ("https://{shop}.myshopify.com", "https://acme.myshopify.com"),
        ("http://127.0.0.1:9999/{shop}", "http://127.0.0.1:9999/acme"),
        ("http://127.0.0.1:9999/", "http://127.0.0.1:9999"),
    ]:
        settings = Settings(database_url="sqlite://", shopify_base_url=base)
        assert shop_of(config, settings).base == address


@on_one_engine
def test_a_log_and_a_mapping_have_all_their_keys(
    run: Run, jacket: Jacket, sigma: Sigma, channel: str
) -> None:
    record = jacket("Fleece", sku="F-1")
    done = run("push")
    going = sigma("POST", f"{channel}/pull", status=202)
    for log in (done, going):
        assert list(log) == [
            "id",
            "channelId",
            "direction",
            "status",
            "startedAt",
            "completedAt",
            "pushed",
            "pulled",
            "skipped",
            "failed",
            "errors",
        ]
    assert going["completedAt"] is None
    (mapping,) = sigma("GET", f"{channel}/sync-mappings", status=200)
    assert list(mapping) == [
        "id",
        "channelId",
        "entityId",
        "externalId",
        "externalVariantIds",
        "lastPushedAt",
        "lastPulledAt",
        "checksum",
    ]
    assert (mapping["channelId"], mapping["entityId"]) == ("ch-1", record)
    assert re.fullmatch(r"[0-9a-f]{64}", mapping["checksum"])
    assert re.fullmatch(r"gid://shopify/Product/\d+", mapping["externalId"])


@on_one_engine
def test_a_connection_tells_its_warnings_and_why_it_fails(
    channel: str, sigma: Sigma, server: Server
) -> None:
    server.shop.scopes = ["read_products"]
    server.served_version = "2027-01"
    told = sigma("POST", f"{channel}/test-connection", status=200)
    assert told["ok"] is True
    assert len(told["warnings"]) == 2
    assert server.shop.mutations == []
    for faults, error in [
        (["401"], "unauthorized"),
        (["402"], "unavailable"),
        (["423"], "unavailable"),
        (["302"], "unavailable"),
        (["break"] * ATTEMPTS, "unreachable"),
        (["503"] * ATTEMPTS, "unavailable"),
    ]:
        server.faults.extend(faults)
        told = sigma("POST", f"{channel}/test-connection", status=200)
        assert set(told) == {"ok", "error", "message"}
        assert (told["ok"], told["error"]) == (False, error)
        assert not server.faults
    assert server.followed == 0
