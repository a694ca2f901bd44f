"""Addresses, headers, status codes and the envelope of every reply."""

import gzip
import json
from dataclasses import replace

import pytest

from pims_api.clock import now_us
from pims_api.domain.access.api_key import new_key
from pims_api.services.keys.api_keys import create_key, find_key, revoke_key
from pims_api.settings import Settings
from pims_api.storage.history.changes import Actor
from pims_api.storage.tenants import add_tenant
from pims_api.storage.unit_of_work import unit_of_work
from tests.databases.fresh import on_one_engine
from tests.pims.conftest import opened_app
from views.app import create_app

PRODUCTS = "/pim/manage/products"
ACTIONS = (
    "listProduct",
    "listProductsBySku",
    "getList",
    "createProduct",
    "editProduct",
    "historyProduct",
)
READS = {"listProduct", "listProductsBySku", "getList", "historyProduct"}
ROUTES = (
    PRODUCTS,
    "/pim/manage/attributes",
    "/pim/manage/categories",
    "/pim/manage/views",
    "/pim/manage/views/abcdefgh",
    "/pim/newkey",
    "/pim/keyinfo/set",
    "/pim/keydelete",
)


@pytest.fixture
def post(client, key):
    """`post(PRODUCTS, data=b"...")`: a request whose parts the test chooses."""

    def send(address, *, data=b'{"action": "getList"}', headers=None, **more):
        usual = {"ApiKey": key, "Content-Type": "application/json"}
        return client.post(address, data=data, headers=usual | (headers or {}), **more)

    return send


def refusal(reply, status, code=None):
    """Check the envelope of an error and return its message."""
    assert (reply.status_code, reply.content_type) == (status, "application/json"), reply.text
    body = reply.get_json()
    named = {"request_id"} if status >= 500 else set()
    assert set(body) == {"status", "status_message", "errors"} | named
    assert body["status"] == "Error"
    assert body["status_message"] == body["errors"][0]["message"] != ""
    for error in body["errors"]:
        assert {"code", "message"} <= set(error)
        assert error["message"][-1] in ".!"
    if code is not None:
        assert [error["code"] for error in body["errors"]] == [code]
    return body["status_message"]


class TestAddress:
    @pytest.mark.parametrize(
        "address",
        [
            PRODUCTS,
            f"{PRODUCTS}/",
            f"/api/en-us{PRODUCTS}",
            f"/api/en-us{PRODUCTS}/",
            f"/api/EN-US{PRODUCTS}",
        ],
    )
    def test_serves(self, post, address) -> None:
        reply = post(address)

        assert (reply.status_code, reply.content_type) == (200, "application/json")
        assert reply.get_json()["status"] == "OK"

    @pytest.mark.parametrize("route", ROUTES)
    def test_an_unknown_locale_is_told_the_known_ones(self, post, unchanged, route) -> None:
        with unchanged():
            body = b'{"action": "getList", "name": "x", "key": "x", "permissions": ["pim_user"]}'
            reply = post(f"/api/xx-xx{route}", data=body)

        if route == PRODUCTS or not route.startswith("/pim/manage"):
            assert "en-us" in refusal(reply, 404, "not_found")
        else:  # whether the action or the locale is told first, it is refused
            assert reply.status_code in (400, 404)

    @pytest.mark.parametrize(
        "address",
        [
            "/",
            "/pim",
            "/pim/manage",
            "/pim/manage/product",
            "/pim/manage/products/1",
            "/pim//manage/products",
            "//pim/manage/products",
            "/api/en-us",
            "/api/pim/manage/products",
            "/api/../pim/manage/products",
        ],
    )
    def test_an_unknown_address_is_not_there(self, post, address) -> None:
        refusal(post(address), 404, "not_found")

    @pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
    def test_another_method_is_not_served(self, client, key, method) -> None:
        reply = client.open(PRODUCTS, method=method, headers={"ApiKey": key})

        refusal(reply, 405)
        assert "POST" in reply.headers["Allow"]

    def test_health_needs_no_key(self, client) -> None:
        reply = client.get("/healthz")

        assert (reply.status_code, reply.get_json()) == (200, {"status": "ok"})


class TestBody:
    @pytest.mark.parametrize(
        "content_type",
        ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON"],
    )
    def test_is_json(self, post, content_type) -> None:
        assert post(PRODUCTS, headers={"Content-Type": content_type}).status_code == 200

    @on_one_engine
    @pytest.mark.parametrize(
        "content_type",
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", ""],
    )
    def test_declared_as_something_else_is_refused(self, post, unchanged, content_type) -> None:
        body = b'{"action": "createProduct", "sku": "A"}'

        with unchanged():
            refusal(post(PRODUCTS, data=body, headers={"Content-Type": content_type}), 415)

    def test_without_a_declaration_is_refused(self, client, key) -> None:
        refusal(client.post(PRODUCTS, data=b"{}", headers={"ApiKey": key}), 415)

    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
    def test_compressed_is_refused(self, post, encoding) -> None:
        refusal(post(PRODUCTS, headers={"Content-Encoding": encoding}), 415)

    def test_has_a_size_limit(self, app, database, key, unchanged) -> None:
        small = create_app(replace(database.settings, body_bytes_max=200))
        headers = {"ApiKey": key, "Content-Type": "application/json"}
        body = b'{"action": "createProduct", "sku": "A"}'
        client = small.test_client()

        with unchanged():
            refusal(client.post(PRODUCTS, data=body.ljust(201), headers=headers), 413, "limit")
        assert client.post(PRODUCTS, data=body.ljust(200), headers=headers).status_code == 200
        small.extensions["pims_database"].close()

    @on_one_engine
    @pytest.mark.parametrize(
        "action",
        [None, "", "getlist", "GetList", "deleteProduct", " getList", 5, True, [], ["getList"], {}],
    )
    def test_names_a_known_action(self, pims, unchanged, action) -> None:
        with unchanged():
            reply = pims(action, sku="A", status=400)

        [error] = reply["errors"]
        assert error["code"] == "unknown_action"
        for known in ACTIONS:
            assert known in reply["status_message"]

    def test_without_an_action_is_refused(self, post) -> None:
        refusal(post(PRODUCTS, data=b"{}"), 400, "unknown_action")


class TestKey:
    def test_comes_in_its_header(self, client, key) -> None:
        for name in ("ApiKey", "apikey", "APIKEY"):
            reply = client.post(PRODUCTS, json={"action": "getList"}, headers={name: key})
            assert reply.status_code == 200

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
    def test_comes_as_a_bearer_token(self, client, key, scheme) -> None:
        headers = {"Authorization": f"{scheme} {key}"}

        assert client.post(PRODUCTS, json={"action": "getList"}, headers=headers).status_code == 200

    @pytest.mark.parametrize(
        ("case", "headers"),
        [
            ("none", {}),
            ("empty", {"ApiKey": ""}),
            ("nonsense", {"ApiKey": "secret"}),
            ("well formed, nobody's", {"ApiKey": new_key()}),
            ("another scheme", {"Authorization": "ApiKey {key}"}),
            ("no scheme", {"Authorization": "{key}"}),
            ("typing error", {"ApiKey": "{key}x"}),
            ("other case", {"ApiKey": "{key}", "swap": "y"}),
            ("SQL", {"ApiKey": "' OR '1'='1"}),
        ],
    )
    def test_is_needed(self, client, key, unchanged, case, headers) -> None:
        headers = {name: text.replace("{key}", key) for name, text in headers.items()}
        if headers.pop("swap", None):
            headers["ApiKey"] = key.swapcase()

        with unchanged():
            for action in ACTIONS:
                reply = client.post(PRODUCTS, json={"action": action, "sku": "A"}, headers=headers)
                refusal(reply, 401, "unauthorized")

    @pytest.mark.parametrize("route", ROUTES)
    def test_is_needed_everywhere(self, client, route) -> None:
        refusal(client.post(route, json={"action": "getList"}), 401, "unauthorized")

    def test_is_asked_for_before_the_body_is_read(self, client) -> None:
        headers = {"Content-Type": "application/json"}

        refusal(client.post(PRODUCTS, data=b"{", headers=headers), 401)

    def test_a_withdrawn_key_is_refused(self, pims, database, make_key) -> None:
        gone = make_key("pim_user")
        pims("getList", key=gone, status=200)

        with unit_of_work(database, 1, Actor("tests")) as work:
            revoke_key(work, find_key(work, gone))

        assert pims("getList", key=gone, status=401)["errors"][0]["code"] == "unauthorized"

    def test_an_expired_key_is_refused(self, pims, database, monkeypatch) -> None:
        with unit_of_work(database, 1, Actor("tests")) as work:
            text, _ = create_key(work, None, "old", ["pim_user"], expires_in_days=1)
        pims("getList", key=text, status=200)
        tomorrow = now_us() + 25 * 60 * 60 * 1_000_000
        for module in ("services.keys.authentication", "storage.api_key_cache"):
            monkeypatch.setattr(f"pims_api.{module}.now_us", lambda: tomorrow)

        pims("getList", key=text, status=401)

    @pytest.mark.parametrize(
        ("permission", "allowed"),
        [
            ("pim_user", READS),
            ("pim_editor", set(ACTIONS)),
            ("pim_manager", set()),
            ("pim_security", set()),
            ("pim_import", set()),
            ("pim_export", set()),
        ],
    )
    def test_allows_what_its_permission_says(
        self, pims, make_key, given_product, unchanged, permission, allowed
    ) -> None:
        given_product("A")
        key = make_key(permission)

        for action in ACTIONS:
            body = {"sku": "B" if action == "createProduct" else "A", "skus": ["A"]}
            if action in allowed:
                pims(action, key=key, status=200, **body)
                continue
            with unchanged():
                reply = pims(action, key=key, status=403, **body)
            assert [error["code"] for error in reply["errors"]] == ["forbidden"]
            assert "pim_editor" in reply["status_message"]

    def test_of_another_tenant_sees_another_catalogue(self, pims, database, given_product) -> None:
        given_product("A")
        other = add_tenant(database, "other")
        with unit_of_work(database, other, Actor("tests")) as work:
            key, _ = create_key(work, None, "theirs", ["pim_editor"])

        assert pims("getList", key=key, status=200)["sku_count"] == 0
        pims("listProduct", sku="A", key=key, status=404)
        pims("createProduct", sku="A", key=key, status=200)
        pims("editProduct", sku="A", data={"attributes": {"title": "x"}}, key=key, status=200)
        assert pims("listProduct", sku="A")["data"]["attributes"]["title"] is None


def test_a_failure_tells_nothing_of_its_inside(keyed_database) -> None:
    def fail():
        raise RuntimeError("canary in /srv/secret")

    with opened_app(keyed_database.url) as app:
        app.add_url_rule("/fails", "fails", fail)
        reply = app.test_client().get("/fails")

    message = refusal(reply, 500)
    assert "canary" not in message
    assert "secret" not in reply.text


class TestErrorStatus200:
    @pytest.fixture
    def old_client(self, database):
        text = str(database.url.render_as_string(hide_password=False))
        variables = {"PIMS_DATABASE_URL": text, "PIMS_ERROR_STATUS_200": "1"}
        app = create_app(replace(Settings.from_environment(variables), body_bytes_max=1_000))
        yield app.test_client()
        app.extensions["pims_database"].close()

    @pytest.mark.parametrize(
        ("case", "request_", "message"),
        [
            ("not there", {"json": {"action": "listProduct", "sku": "A"}},
             "Product does not exist!"),
            ("bad input", {"json": {"action": "createProduct"}}, "SKU cannot be empty!"),
            ("no JSON", {"data": b"{", "content_type": "application/json"}, None),
            ("not declared", {"data": b"{}"}, None),
            ("too large", {"json": {"x": "x" * 2_000}}, None),
            ("wrong method", {"method": "GET"}, None),
            ("wrong address", {"path": "/nowhere"}, None),
            ("no key", {"json": {"action": "getList"}, "headers": {}}, None),
        ],
    )  # fmt: skip
    def test_errors_are_told_in_the_envelope_alone(
        self, old_client, key, case, request_, message
    ) -> None:
        usual = {"path": PRODUCTS, "method": "POST", "headers": {"ApiKey": key}}

        told = refusal(old_client.open(**usual | request_), 200)

        assert message is None or told == message

    def test_successes_are_as_ever(self, old_client, key) -> None:
        body = {"action": "createProduct", "sku": "A"}

        reply = old_client.post(PRODUCTS, json=body, headers={"ApiKey": key})

        assert (reply.status_code, reply.get_json()["status"]) == (200, "OK")


def test_replies_are_utf_8_without_a_bom(post, given_product) -> None:
    given_product("Ä-\U0001f600", title="棒")

    reply = post(PRODUCTS, data='{"action": "listProduct", "sku": "Ä-\U0001f600"}'.encode())

    assert json.loads(reply.data.decode("utf-8"))["data"]["attributes"]["title"] == "棒"


@pytest.mark.parametrize("name", ["Jörg", "ann@example.com", "名"])
def test_header_names_may_be_utf_8(client, key, given_product, pims, name) -> None:
    given_product("A")
    body = {"action": "editProduct", "sku": "A", "data": {"attributes": {"title": "x"}}}
    headers = {"ApiKey": key, "ApiUser": name.encode().decode("latin-1")}

    client.post(PRODUCTS, json=body, headers=headers)

    assert pims("historyProduct", sku="A")["history"][-1]["user"] == name


def test_options_are_not_served(client):
    reply = client.options("/pim/manage/products")
    assert (reply.status_code, reply.get_json()["status"]) == (405, "Error")


def test_a_long_reply_is_compressed_for_those_who_take_it(client, key) -> None:
    body, headers = {"action": "listProduct"}, {"ApiKey": key}
    plain = client.post(PRODUCTS, json=body, headers=headers)
    packed = client.post(PRODUCTS, json=body, headers=headers | {"Accept-Encoding": "gzip"})
    assert (plain.content_encoding, packed.content_encoding) == (None, "gzip")
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["gzip;q=0", "br", "identity", "gzip;q=nonsense"])
def test_nobody_gets_what_they_do_not_take(client, key, accepted) -> None:
    headers = {"ApiKey": key, "Accept-Encoding": accepted}
    reply = client.post(PRODUCTS, json={"action": "listProduct"}, headers=headers)
    assert reply.get_json()["status"] == "OK"


def test_a_short_reply_is_never_compressed(client) -> None:
    reply = client.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert (reply.content_encoding, reply.get_json()) == (None, {"status": "ok"})
