"""The id of a request, in and out, and the line of the log about it, whatever the face."""

import io
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pims_api.domain.access.api_key import public_id
from pims_api.errors import Busy
from pims_api.storage.database import Database
from tests.databases.fresh import KeyedDatabase, on_one_engine
from tests.environment import settings_of
from views.app import create_app
from views.exchanges import exchange

pytestmark = on_one_engine

PRODUCTS = "/pim/manage/products"
GIVEN = 'a b="c"~'
AT = 1_772_359_445_678_901  # 2026-03-01T10:04:05.678901Z


@pytest.fixture
def client_of(keyed_database: KeyedDatabase, monkeypatch) -> Iterator[Callable[..., FlaskClient]]:
    """`client_of("json")`: all faces, with such a log."""
    made: list[Flask] = []
    monkeypatch.setattr(exchange, "now_us", lambda: AT)
    monkeypatch.setattr(exchange, "_since", lambda _: 1.26)

    def client(log_format: str = "none") -> FlaskClient:
        app = create_app(replace(settings_of(keyed_database.url), log_format=log_format))
        made.append(app)
        return app.test_client()

    client.apps = made
    yield client
    for app in made:
        app.extensions["pims_database"].close()


@pytest.fixture
def written(client_of, capsys) -> Callable[[], list[str]]:
    """The lines of the log since the last call, those included that wait to be written."""

    def lines() -> list[str]:
        for app in client_of.apps:
            app.wsgi_app.log.write()
        return capsys.readouterr().err.splitlines()

    return lines


@pytest.fixture
def told(written) -> Callable[[], list[Any]]:
    """The same of a JSON log, read."""
    return lambda: [json.loads(line) for line in written()]


@pytest.mark.parametrize("path", ["/pim/status", "/api/v1/healthz", "/api/v1/pim/products", "/no"])
@pytest.mark.parametrize("sent", ["1", "a" * 128, "x y", GIVEN])
def test_an_id_that_comes_goes_out_again(client_of, path, sent) -> None:
    reply = client_of().get(path, headers={"X-Request-ID": sent})
    assert reply.headers.getlist("X-Request-ID") == [sent]


@pytest.mark.parametrize("sent", [None, "", " ", "a" * 129, "a\tb", "é", "\x7f"])
def test_one_that_is_none_is_made_anew(client_of, sent) -> None:
    client, headers = client_of(), {} if sent is None else {"X-Request-ID": sent}
    first, second = (client.get("/no", headers=headers).headers["X-Request-ID"] for _ in "ab")
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert first != second


@pytest.mark.parametrize(
    ("failure", "status"), [(RuntimeError("A secret"), 500), (Busy(), 503)], ids=["500", "503"]
)
@pytest.mark.parametrize(
    ("path", "named"),
    [("/pim/keyinfo", True), ("/api/v1/schemas", False), ("/api/v1/pim/products", False)],
)
def test_a_failure_names_the_request_in_the_envelope_of_pims_alone(
    client_of, keyed_database, monkeypatch, path, named, failure, status
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise failure

    client = client_of()
    monkeypatch.setattr(Database, "reading", fail)
    headers = {"X-Tenant-ID": "x", "X-Org-ID": "x", "X-Request-ID": "mine"}
    reply = client.get(path, headers=headers | {"Authorization": f"Bearer {keyed_database.key}"})
    assert (reply.status_code, reply.headers["X-Request-ID"]) == (status, "mine")
    body = reply.get_json()
    assert body.get("request_id") == ("mine" if named else None)
    if not named:
        assert body.keys() <= {"error", "message"}


def test_refusals_are_not_named_so(client_of) -> None:
    assert "request_id" not in client_of().post(PRODUCTS, json={}).get_json()


def test_a_line_of_json_tells_of_a_request(client_of, keyed_database, told) -> None:
    client = client_of("json")
    headers = {"ApiKey": keyed_database.key, "X-Request-ID": GIVEN}
    body = {"action": "createProduct", "sku": "SECRET-SKU"}
    client.post(PRODUCTS, data="secret", content_type="application/json", headers=headers)
    assert client.post(f"{PRODUCTS}?a=secret", json=body, headers=headers).status_code == 200
    line = {
        "time": "2026-03-01T10:04:05.678Z", "request_id": GIVEN, "method": "POST",
        "path": PRODUCTS, "action": None, "status": 400,
        "key": public_id(keyed_database.key), "milliseconds": 1.3,
    }  # fmt: skip
    first, second = told()
    assert first == line | {"key": first["key"]}
    assert second == line | {"action": "createProduct", "status": 200}


def test_a_line_of_text_tells_the_same(client_of, keyed_database, written) -> None:
    client = client_of("text")
    headers = {"ApiKey": keyed_database.key, "X-Request-ID": GIVEN}
    client.post(PRODUCTS, json={"action": "getList"}, headers=headers)
    client.get("/no%20where/%0Aé", headers={"X-Request-ID": "2"})
    assert written() == [
        f'time=2026-03-01T10:04:05.678Z request_id="a b=\\"c\\"~" method=POST path={PRODUCTS}'
        f" action=getList status=200 ms=1.3 key={public_id(keyed_database.key)}",
        'time=2026-03-01T10:04:05.678Z request_id=2 method=GET path="/no where/\\n\\u00e9"'
        " action=- status=404 ms=1.3 key=-",
    ]


def test_there_need_be_no_log(client_of, capsys) -> None:
    client_of("none").get("/healthz")
    assert client_of.apps[0].wsgi_app.log is None
    assert capsys.readouterr().err == ""


def test_lines_are_written_without_being_asked_for(client_of, monkeypatch) -> None:
    class Noted:
        def __init__(self) -> None:
            self.text, self.has_two = "", threading.Event()

        def write(self, text: str) -> None:
            self.text += text
            if self.text.count("\n") == 2:
                self.has_two.set()

    noted, client = Noted(), client_of("text")
    monkeypatch.setattr("sys.stderr", noted)
    client.get("/healthz")
    client.get("/readyz")
    assert noted.has_two.wait(30)
    assert noted.text.index("/healthz") < noted.text.index("/readyz")


def test_an_action_that_nobody_knows_is_not_told(client_of, keyed_database, told) -> None:
    body = {"action": "sesame"}
    client_of("json").post(PRODUCTS, json=body, headers={"ApiKey": keyed_database.key})
    assert [one["action"] for one in told()] == [None]


def test_neither_keys_nor_searched_words_are_in_the_log(client_of, keyed_database, told) -> None:
    client, key = client_of("json"), keyed_database.key
    paths = (f"/pim/manage/views/{key}", f"/no/{key}/x", "/sv//secret", "/v/ct/secret?a=secret")
    for path in (*paths, "/" + "x" * 2_000):
        client.get(path, headers={"ApiKey": key})
    client.get("/sv/1/secret")
    shown = public_id(key)
    assert [one["path"] for one in told()] == [
        f"/pim/manage/views/{shown}", f"/no/{shown}/x", "/sv//<path:word>", "/v/ct/<word>",
        "/" + "x" * 999, "/sv/<category_id>/<path:word>",
    ]  # fmt: skip


def test_other_faces_tell_the_key_too(client_of, keyed_database, told) -> None:
    client, key = client_of("json"), keyed_database.key
    client.get("/api/v1/schemas", headers={"X-Sigma-ApiKey": key})
    client.get("/api/v1/pim/products", headers={"Authorization": f"Bearer {key}"})
    assert [(one["status"], one["key"]) for one in told()] == [(200, public_id(key)), (401, None)]


def test_a_stream_is_told_of_when_it_is_over(client_of, keyed_database, told) -> None:
    client = client_of("json")
    reply = client.post(
        PRODUCTS,
        data=b'{"sku": "A"}\n',
        content_type="application/x-ndjson",
        headers={"ApiKey": keyed_database.key},
        buffered=False,
    )
    assert told() == []
    reply.get_data()
    reply.close()
    [line] = told()
    assert (line["action"], line["status"]) == ("batch", 200)


def test_a_stream_that_the_server_gives_up_names_the_request(
    client_of, keyed_database, monkeypatch
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise Busy

    client, headers = client_of(), {"ApiKey": keyed_database.key, "X-Request-ID": "mine"}
    client.get("/pim/keyinfo", headers=headers)
    monkeypatch.setattr(Database, "writing", busy)
    reply = client.post(
        PRODUCTS, data=b'{"sku": "A"}\n', content_type="application/x-ndjson", headers=headers
    )
    assert json.loads(reply.data)["request_id"] == "mine"


def test_a_log_that_cannot_be_written_stops_nobody(client_of, monkeypatch) -> None:
    class Closed:
        def write(self, _: str) -> None:
            raise BrokenPipeError

    client = client_of("text")
    monkeypatch.setattr("sys.stderr", Closed())
    assert client.get("/healthz").status_code == 200
    client_of.apps[0].wsgi_app.log.write()


def test_a_log_that_nobody_reads_stops_nobody(client_of, monkeypatch) -> None:
    client = client_of("text")
    log = client_of.apps[0].wsgi_app.log
    read, written = os.pipe()
    with os.fdopen(read, "rb") as reader, os.fdopen(written, "w") as pipe:
        monkeypatch.setattr("sys.stderr", pipe)
        for _ in range(1_000):  # more than a pipe holds
            client.get("/healthz")
        log.write()
        assert 0 < log.waiting < 1_000
        assert reader.read(10) == b"time=2026-"
        monkeypatch.setattr("sys.stderr", io.StringIO())
        log.write()
        assert log.waiting == 0


def test_an_unknown_format_is_refused(keyed_database) -> None:
    with pytest.raises(ValueError, match="PIMS_LOG_FORMAT is none of text, json, none"):
        replace(settings_of(keyed_database.url), log_format="xml")
