"""Where a key may come from, whatever the face, and behind proxies."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from pims_api.storage.checks.definitions import compare_keys
from pims_api.storage.identity.tenants import tenants
from pims_api.storage.snapshot import snapshot
from tests.databases.fresh import on_one_engine
from tests.environment import settings_of

pytestmark = on_one_engine

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.7"
PROXY = "10.0.0.1"
PRODUCTS = "/pim/manage/products"
DENIED = f"Access denied! This key may not be used from {ELSEWHERE}."


@pytest.fixture
def client(opened) -> FlaskClient:
    return opened()


@pytest.fixture
def set_key(client, keyed_database) -> Callable[..., Any]:
    """`set_key(key, allow_from=[…])`: the reply."""

    def send(key: str, *, by: str = keyed_database.key, **body: Any) -> Any:
        headers = {"ApiKey": by}
        sent = {"key": key} | body
        return client.post("/pim/keyinfo/set", json=sent, headers=headers, **at(HERE))

    return send


@pytest.fixture
def make_key(client, keyed_database) -> Callable[..., str]:
    def make(status: int = 200, by: str = keyed_database.key, **settings: Any) -> Any:
        body = {"name": "a", "permissions": ["pim_user", "pim_editor"]} | settings
        reply = client.post("/pim/newkey", json=body, headers={"ApiKey": by}, **at(HERE))
        assert reply.status_code == status, reply.text
        return reply.get_json().get("key") or reply.get_json()

    return make


def at(address: str) -> dict[str, Any]:
    return {"environ_base": {"REMOTE_ADDR": address}}


def asked(client: FlaskClient, key: str, address: str, **headers: str) -> int:
    sent = {"ApiKey": key} | {name.replace("_", "-"): text for name, text in headers.items()}
    return client.post(
        PRODUCTS, json={"action": "getList"}, headers=sent, **at(address)
    ).status_code


def test_a_key_is_refused_elsewhere_in_every_face(client, make_key) -> None:
    key = make_key(allow_from=["192.0.2.0/24"])
    with client.application.extensions["pims_database"].reading() as connection:
        ids = tenants(connection)[0]
    bearer = {"Authorization": f"Bearer {key}", "X-Tenant-ID": ids.uuid, "X-Org-ID": ids.org}
    for _ in "ab":  # as a stranger and remembered
        for path, headers, body in (
            ("/pim/keyinfo", {"ApiKey": key}, {"code": "forbidden", "message": DENIED}),
            ("/v/ct", {"ApiKey": key}, {"code": "forbidden", "message": DENIED}),
            ("/api/v1/records", {"X-Sigma-ApiKey": key}, "PERMISSION_DENIED"),
            ("/api/v1/pim/products", bearer, DENIED),
        ):
            assert client.get(path, headers=headers, **at(HERE)).status_code == 200
            refused = client.get(path, headers=headers, **at(ELSEWHERE))
            told = refused.get_json()
            assert refused.status_code == 403
            assert (told.get("error") or told["errors"][0]) == body


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        (["192.0.2.7"], HERE, 200),
        (["192.0.2.7"], f"::ffff:{HERE}", 200),
        (["::ffff:192.0.2.0/120"], HERE, 200),
        (["2001:db8::/32", "192.0.2.8/32"], HERE, 403),
        (["2001:db8::/32"], "2001:db8::1", 200),
        (["0.0.0.0/0"], "2001:db8::1", 403),
        (["0.0.0.0/0"], "", 403),
        ([], "", 200),
        (None, ELSEWHERE, 200),
    ],
)
def test_networks_are_of_both_kinds(client, make_key, networks, address, status) -> None:
    assert asked(client, make_key(allow_from=networks), address) == status


def test_it_holds_in_other_processes_from_the_next_request_on(
    opened, client, make_key, set_key
) -> None:
    key, other = make_key(), opened()
    assert asked(other, key, HERE) == 200
    assert set_key(key, allow_from=["198.51.100.0/24"]).status_code == 200
    assert [asked(other, key, one) for one in (HERE, ELSEWHERE)] == [403, 200]
    set_key(key, allow_from=[HERE])
    assert [asked(other, key, one) for one in (ELSEWHERE, HERE)] == [403, 200]
    set_key(key, allow_from=None)
    assert [asked(other, key, one) for one in (ELSEWHERE, HERE)] == [200, 200]


def test_it_is_told_before_anything_else_of_a_request(opened, make_key, client) -> None:
    key, headers = make_key(allow_from=[HERE]), {"ApiUser": "x" * 101}
    for one in (client, opened()):
        for path, method in ((PRODUCTS, "POST"), ("/pim/newkey", "POST"), ("/pim/import", "POST"),
                             ("/pim/jobs/1/result?a=1", "GET"), ("/v/pl?a=1", "GET")):  # fmt: skip
            sent = {"data": b"{", "content_type": "application/json"} if method == "POST" else {}
            reply = one.open(
                path, method=method, headers=headers | {"ApiKey": key}, **sent, **at(ELSEWHERE)
            )
            assert (reply.status_code, path) == (403, path)


def test_a_withdrawn_key_is_told_so_before_anything_else(opened, client, make_key) -> None:
    key, other = make_key(), opened()
    owner = make_key(permissions=["pim_security", "pim_user"])
    for path in (PRODUCTS, "/pim/newkey"):
        assert other.post(path, data=b"{", headers={"ApiKey": key}).status_code == 415
    client.post("/pim/keydelete", json={"key": key}, headers={"ApiKey": owner}, **at(HERE))
    for path in (PRODUCTS, "/pim/newkey"):
        assert other.post(path, data=b"{", headers={"ApiKey": key}).status_code == 401


@pytest.mark.parametrize(
    ("proxies", "forwarded", "status"),
    [
        ("", HERE, 403),
        ("10.0.0.0/8", HERE, 200),
        ("10.0.0.0/8", f"{ELSEWHERE}, {HERE}", 200),
        ("10.0.0.0/8", f"{HERE}, {ELSEWHERE}", 403),
        ("10.0.0.0/8", f"{ELSEWHERE}, {HERE}, 10.2.2.2", 200),
        ("11.0.0.0/8", HERE, 403),
    ],
)
def test_behind_proxies_the_address_is_theirs_to_tell(
    opened, make_key, proxies, forwarded, status
) -> None:
    key = make_key(allow_from=[HERE])
    client = opened(trusted_proxies=proxies)
    assert asked(client, key, PROXY, X_Forwarded_For=forwarded) == status


def test_failed_logins_are_counted_by_the_address_behind_proxies(opened) -> None:
    client = opened(trusted_proxies=PROXY)

    def log_in(forwarded: str, number: int) -> int:
        body = {"email": f"a{number}@example.com", "password": "wrong"}
        headers = {"X-Forwarded-For": forwarded}
        return client.post(
            "/api/v1/auth/login", json=body, headers=headers, **at(PROXY)
        ).status_code

    assert [log_in(HERE, number) for number in range(6)] == [401] * 5 + [429]
    assert log_in(ELSEWHERE, 7) == 401


def test_proxies_that_are_no_networks_are_refused(keyed_database) -> None:
    with pytest.raises(ValueError, match=r"PIMS_TRUSTED_PROXIES: 10.0.0.1/8 has host bits set"):
        replace(settings_of(keyed_database.url), trusted_proxies="10.0.0.1/8")


def test_keyinfo_tells_the_networks(client, make_key, set_key) -> None:
    key = make_key(allow_from=["192.0.2.0/24", "192.0.2.0/24", "::ffff:10.0.0.1"])
    told = client.get("/pim/keyinfo", headers={"ApiKey": key}, **at(HERE)).get_json()
    assert told["allow_from"] == ["192.0.2.0/24", "10.0.0.1/32"]
    assert told["permissions"]["pim_editor"] == 1
    set_key(key, allow_from=[])
    told = client.get("/pim/keyinfo", headers={"ApiKey": key}, **at(ELSEWHERE)).get_json()
    assert told["allow_from"] == []
    with snapshot(client.application.extensions["pims_database"], 1) as seen:
        assert list(compare_keys(seen)) == []


@pytest.mark.parametrize(
    ("networks", "code", "nearest"),
    [
        (["10.0.0.1/8"], "range", "10.0.0.0/8"),
        (["example.com"], "range", None),
        (["192.0.2.0/24", ""], "range", None),
        ("10.0.0.0/8", "type", None),
        ([7], "type", None),
        (["10.0.0.0/8"] * 101, "limit", None),
    ],
)
def test_what_is_no_network_is_refused(
    client, make_key, set_key, keyed_database, networks, code, nearest
) -> None:
    for told in (
        make_key(400, allow_from=networks),
        set_key(keyed_database.key, allow_from=networks).get_json(),
    ):
        [fault] = told["errors"]
        assert (fault["code"], fault.get("nearest")) == (code, nearest)
        assert fault["pointer"].startswith("/allow_from")


def test_a_bound_key_grants_only_networks_within_its_own(client, make_key, set_key) -> None:
    groups = {"permissions": ["pim_security", "pim_user"], "allow_from": ["192.0.2.0/24"]}
    bound = make_key(**groups)
    only = {"permissions": ["pim_user"]}
    for wider in ([], ["0.0.0.0/0"], ["192.0.2.0/25", "10.0.0.0/8"]):
        [fault] = make_key(403, bound, allow_from=wider, **only)["errors"]
        assert (fault["code"], fault["pointer"]) == ("forbidden", "/allow_from")
        assert set_key(bound, by=bound, allow_from=wider).status_code == 403
    for narrower in ({}, {"allow_from": ["192.0.2.7"]}):
        made = make_key(200, bound, **only, **narrower)
        assert [asked(client, made, one) for one in (HERE, ELSEWHERE)] == [200, 403]


def test_a_key_that_a_bound_key_makes_in_sigma_is_bound_too(client, make_key) -> None:
    bound = make_key(permissions=["pim_security", "pim_user"], allow_from=["192.0.2.0/24"])
    reply = client.post(
        "/api/v1/api-keys",
        json={"name": "a", "permissions": ["read"]},
        headers={"X-Sigma-ApiKey": bound},
        **at(HERE),
    )
    made = reply.get_json()["key"]
    assert [asked(client, made, one) for one in (HERE, ELSEWHERE)] == [200, 403]
