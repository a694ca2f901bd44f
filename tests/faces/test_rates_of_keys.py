"""How often a key may ask, whatever the face, and what was refused to it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from pims_api import clock
from pims_api.storage.identity.key_uses import KeyUses
from pims_api.storage.identity.rates.limits import RateLimits
from pims_api.storage.identity.tenants import tenants
from pims_api.storage.snapshot import snapshot
from tests.databases.fresh import on_one_engine

PRODUCTS = "/pim/manage/products"
BASE_S = 1_900_000_000


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time in seconds, in a list."""
    at = [BASE_S]
    monkeypatch.setattr(clock, "time", SimpleNamespace(time_ns=lambda: at[0] * 1_000_000_000))
    return at


@pytest.fixture
def client(opened) -> FlaskClient:
    return opened()


@pytest.fixture
def make_key(client, keyed_database) -> Callable[..., str]:
    def make(rate: str | None = None, *permissions: str, **more: Any) -> str:
        body = {"name": "a", "permissions": list(permissions) or ["pim_user"]} | more
        body |= {} if rate is None else {"rate": rate}
        reply = client.post("/pim/newkey", json=body, headers={"ApiKey": keyed_database.key})
        assert reply.status_code == 200, reply.text
        return str(reply.get_json()["key"])

    return make


@pytest.fixture
def info(client, keyed_database) -> Callable[..., Any]:
    """`info(key)`: what the owner is told of a key, by this process or another."""

    def ask(key: str, by: FlaskClient = client) -> Any:
        headers = {"ApiKey": keyed_database.key}
        return by.get(f"/pim/keyinfo?key={key}", headers=headers).get_json()

    return ask


def asked(client: FlaskClient, key: str, action: str = "getList", **body: Any) -> Any:
    return client.post(PRODUCTS, json={"action": action} | body, headers={"ApiKey": key})


def told(reply: Any) -> tuple[int, str | None, str | None, str | None]:
    names = ("RateLimit-Policy", "RateLimit", "Retry-After")
    policy, limit, after = (reply.headers.get(name) for name in names)
    return reply.status_code, policy, limit, after


POLICY = '"default";q=2;w=60'


def test_a_key_asks_as_often_as_its_rate_says(client, make_key, now) -> None:
    key = make_key("2/m")
    assert [told(asked(client, key)) for _ in range(3)] == [
        (200, POLICY, '"default";r=1;t=30', None),
        (200, POLICY, '"default";r=0;t=30', None),
        (429, POLICY, '"default";r=0;t=30', "30"),
    ]
    now[0] += 29
    reply = asked(client, key)
    assert told(reply) == (429, POLICY, '"default";r=0;t=1', "1")
    message = "Too many requests! This key may ask 2/m: try again in 1 second!"
    assert reply.get_json() == {
        "status": "Error", "status_message": message,
        "errors": [{"code": "limit", "message": message}],
    }  # fmt: skip
    now[0] += 1
    assert [asked(client, key).status_code for _ in "ab"] == [200, 429]
    now[0] += 60
    assert [asked(client, key).status_code for _ in "abc"] == [200, 200, 429]


def test_the_rate_is_one_for_all_faces_and_processes(opened, client, make_key) -> None:
    key, other = make_key("4/m"), opened()
    with client.application.extensions["pims_database"].reading() as connection:
        ids = tenants(connection)[0]
    bearer = {"Authorization": f"Bearer {key}", "X-Tenant-ID": ids.uuid, "X-Org-ID": ids.org}
    ways = [
        ("/pim/keyinfo", {"ApiKey": key}),
        ("/v/ct", {"ApiKey": key}),
        ("/api/v1/records", {"X-Sigma-ApiKey": key}),
        ("/api/v1/pim/products", bearer),
    ]
    for number, (path, headers) in enumerate(ways):
        reply = (client, other)[number % 2].get(path, headers=headers)
        assert told(reply)[:2] == (200, '"default";q=4;w=60')
    message = "Too many requests! This key may ask 4/m: try again in 15 seconds!"
    sigma = {"error": "LIMIT_EXCEEDED", "message": message}
    for one in (client, other):
        for path, headers in ways:
            reply = one.get(path, headers=headers)
            assert told(reply)[2:] == ('"default";r=0;t=15', "15")
            assert reply.status_code == 429
            body = {ways[2][0]: sigma, ways[3][0]: {"error": message}}.get(path)
            assert body is None or reply.get_json() == body


@on_one_engine
def test_it_is_told_before_anything_else_of_a_request(client, make_key) -> None:
    key = make_key("1/h", "pim_user", "pim_security", "pim_import")
    assert asked(client, key).status_code == 200
    headers = {"ApiKey": key, "ApiUser": "x" * 101, "Content-Type": "application/json"}
    for path in (PRODUCTS, "/pim/newkey", "/pim/import", "/api/de-de" + PRODUCTS):
        assert (client.post(path, data=b"{", headers=headers).status_code, path) == (429, path)
    sigma = {"X-Sigma-ApiKey": key, "Content-Type": "application/json"}
    assert client.post("/api/v1/records", data=b"{", headers=sigma).status_code == 429
    assert client.get("/api/v1/records?nothing=1", headers=sigma).status_code == 429


@on_one_engine
def test_every_request_that_is_let_through_counts_once(client, make_key) -> None:
    key = make_key("4/m", "pim_user", "pim_editor")
    lines = {"data": b'{"sku": "A"}\n{"sku": "B"}\n', "content_type": "application/x-ndjson"}
    replies = [
        asked(client, key, "createProduct", sku="C"),
        client.post(PRODUCTS, headers={"ApiKey": key}, **lines),
        client.post(PRODUCTS, data=b"{", headers={"ApiKey": key}),
        client.post("/pim/newkey", json={}, headers={"ApiKey": key}),
    ]
    assert [told(one)[::2] for one in replies] == [
        (200, '"default";r=3;t=15'),
        (200, '"default";r=2;t=15'),
        (415, '"default";r=1;t=15'),
        (403, '"default";r=0;t=15'),
    ]


def test_another_rate_holds_from_the_next_request_on(
    opened, client, make_key, keyed_database
) -> None:
    key, other = make_key(), opened()
    assert told(asked(other, key)) == (200, None, None, None)

    def set_rate(rate: str | None) -> int:
        body = {"key": key, "rate": rate}
        return client.post(
            "/pim/keyinfo/set", json=body, headers={"ApiKey": keyed_database.key}
        ).status_code

    assert set_rate("1/h") == 200
    assert [told(asked(other, key))[0] for _ in "ab"] == [200, 429]
    assert set_rate("5/h") == 200
    assert [told(asked(other, key))[:2] for _ in "a"] == [(429, '"default";q=5;w=3600')]
    assert set_rate(None) == 200
    assert told(asked(other, key)) == (200, None, None, None)


@on_one_engine
def test_a_key_from_elsewhere_uses_up_nothing(client, make_key) -> None:
    key = make_key("1/h", allow_from=["127.0.0.1"])
    strange = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    for _ in "ab":
        reply = client.get("/pim/keyinfo", headers={"ApiKey": key}, **strange)
        assert told(reply)[:3] == (403, '"default";q=1;w=3600', '"default";r=1;t=3600')
    assert asked(client, key).status_code == 200


@on_one_engine
@pytest.mark.parametrize(
    ("rate", "code"), [("5", "range"), ("5/d", "range"), ("0/s", "range"), (5, "type")]
)
def test_what_is_no_rate_is_refused(client, keyed_database, rate, code) -> None:
    headers = {"ApiKey": keyed_database.key}
    for path, body in (
        ("/pim/newkey", {"name": "a", "permissions": ["pim_user"]}),
        ("/pim/keyinfo/set", {"key": keyed_database.key}),
    ):
        reply = client.post(path, json=body | {"rate": rate}, headers=headers)
        [fault] = reply.get_json()["errors"]
        assert (reply.status_code, fault["code"], fault["pointer"]) == (400, code, "/rate")


@on_one_engine
def test_a_key_without_a_rate_asks_for_no_bucket(client, make_key, monkeypatch) -> None:
    key = make_key()
    monkeypatch.delattr(RateLimits, "take")
    for _ in "ab":
        assert told(asked(client, key)) == (200, None, None, None)


def test_keyinfo_tells_the_last_refusals(client, make_key, info, now) -> None:
    key = make_key("2/h", "pim_user", "pim_editor", name="brief")
    assert info(key)["refusals"] == []
    asked(client, key, "createProduct", sku="A", data={"attributes": {"nothing": "SECRET"}},
          strict=True)  # fmt: skip
    now[0] += 1
    client.post("/pim/newkey", json={}, headers={"ApiKey": key})
    now[0] += 1
    asked(client, key, "listProduct", sku="SECRET")
    now[0] += 1
    client.get("/v/p/SECRET", headers={"ApiKey": key})
    client.get("/api/v1/records/SECRET", headers={"X-Sigma-ApiKey": key})
    found = info(key)
    assert (found["rate"], found["last_used"]) == ("2/h", BASE_S + 3)
    assert found["refusals"] == [
        {"code": "limit", "action": "GET /api/v1/records/<record_id>", "time": BASE_S + 3},
        {"code": "limit", "action": "GET /v/p/<path:sku>", "time": BASE_S + 3},
        {"code": "limit", "action": "listProduct", "time": BASE_S + 2},
        {"code": "forbidden", "action": "POST /pim/newkey", "time": BASE_S + 1},
        {"code": "unknown_attribute", "action": "createProduct", "time": BASE_S},
    ]


@on_one_engine
def test_refusals_of_nobody_are_kept_nowhere(client, keyed_database, info) -> None:
    asked(client, keyed_database.key[:-1], "getList")
    client.get("/no", headers={"ApiKey": keyed_database.key})
    asked(client, keyed_database.key, "sesame")
    client.post(PRODUCTS, data=b"x" * (6 << 20), content_type="application/json",
                headers={"ApiKey": keyed_database.key})  # fmt: skip
    told = [(one["code"], one["action"]) for one in info(keyed_database.key)["refusals"]]
    assert told == [("limit", f"POST {PRODUCTS}"), ("unknown_action", f"POST {PRODUCTS}")]


def test_the_last_twenty_are_told_over_all_processes(
    opened, client, make_key, info, now, keyed_database
) -> None:
    key, other = make_key(), opened()
    quiet = make_key()
    for number in range(25):
        now[0] += 1
        one = (client, other)[number % 2]
        one.post("/pim/newkey", json={}, headers={"ApiKey": key})
    asked(other, quiet, "listProduct", sku="none")
    with snapshot(other.application.extensions["pims_database"], 1) as seen:
        before = seen.sequence, seen.keys_changed
    for one in (client, other, client):
        database = one.application.extensions["pims_database"]
        database.caches.of(KeyUses).store(database)
    for one in (client, other, opened()):
        refusals = info(key, one)["refusals"]
        assert [one["time"] for one in refusals] == [BASE_S + 25 - age for age in range(20)]
        assert [one["code"] for one in info(quiet, one)["refusals"]] == ["not_found"]
    with client.application.extensions["pims_database"].reading() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM api_key_refusal").scalar()
    assert rows == 21
    with snapshot(other.application.extensions["pims_database"], 1) as seen:
        assert (seen.sequence, seen.keys_changed) == before


def test_refusals_that_cannot_be_stored_wait(opened, client, make_key, info, monkeypatch) -> None:
    monkeypatch.setattr(KeyUses, "_store_later", lambda *_: None)
    key, other = make_key(), opened()
    for _ in range(3):
        asked(client, key, "listProduct", sku="none")
    database = client.application.extensions["pims_database"]
    uses = database.caches.of(KeyUses)
    for statement in ("RENAME TO away", None):
        with database.writing() as connection:
            renamed = "ALTER TABLE api_key_refusal RENAME TO away"
            back = "ALTER TABLE away RENAME TO api_key_refusal"
            connection.exec_driver_sql(renamed if statement else back)
            database.commit(connection)
        uses.store(database)
    assert len(info(key, other)["refusals"]) == 3
    assert len({(one["time"]) for one in info(key, other)["refusals"]}) == 1
