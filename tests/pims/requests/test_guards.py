"""Keys that guard or steer a request: without a value they are refused, never passed over."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.databases.fresh import on_one_engine

PRODUCTS = "/pim/manage/products"
EDIT = {"action": "editProduct", "sku": "A", "data": {"attributes": {"title": "New"}}}
VIEW = {"action": "addPimView", "name": "Web", "attributes": {"title": {}}}
BATCH = {"action": "batch", "actions": [EDIT]}
CSV = b"sku,title\nB,Rod\n"
SPELLINGS = 'must be true or false (also "Y" or "N", "1" or "0")!'
MOMENT = "must be the number of a transaction, a date, or a time with its zone, such as "

pytestmark = on_one_engine


@pytest.fixture
def send(client: FlaskClient, key: str, given_product: Any) -> Any:
    """`send(PRODUCTS, {...})`: the status of a reply and the faults that it tells."""
    given_product("A", title="Old")

    def post(path: str, body: dict[str, Any]) -> tuple[int, list[tuple[str, str, str]]]:
        reply = client.post(path, json=body, headers={"ApiKey": key})
        errors = reply.json.get("errors", [])
        return reply.status_code, [(one["code"], one["pointer"], one["message"]) for one in errors]

    return post


@pytest.mark.parametrize("flag", ["dry_run", "dryRun", "strict"])
@pytest.mark.parametrize(
    ("path", "body"),
    [(PRODUCTS, EDIT), (PRODUCTS, BATCH), ("/pim/manage/views", VIEW)],
    ids=["edit", "batch", "view"],
)
@pytest.mark.parametrize("empty", ["", None], ids=["empty", "null"])
def test_a_flag_without_a_value_is_refused(
    send: Any, unchanged: Any, path: str, body: dict[str, Any], flag: str, empty: Any
) -> None:
    name = "strict" if flag == "strict" else "dry_run"
    with unchanged():
        told = send(path, body | {flag: empty})
    assert told == (400, [("type", f"/{name}", f"{name} {SPELLINGS}")])


@pytest.mark.parametrize(
    "flag",
    ["dry_run", "dryRun", "dryrun", "dry-run", "restore", "emptyUnsets", "ignoreUnknown",
     "pauseReIndexing"],
)  # fmt: skip
@pytest.mark.parametrize("form", [False, True], ids=["query", "form"])
def test_an_import_refuses_a_flag_without_a_value(
    client: FlaskClient, key: str, unchanged: Any, flag: str, form: bool
) -> None:
    names = {"dryRun": "dry_run", "dryrun": "dry_run", "dry-run": "dry_run"}
    name = names.get(flag, flag)
    with unchanged():
        reply = _imported(client, key, flag, form)
    faults = [(one["pointer"], one["message"]) for one in reply.json["errors"]]
    assert (reply.status_code, faults) == (400, [(f"/{name}", f"{name} {SPELLINGS}")])


@pytest.mark.parametrize("form", [False, True], ids=["query", "form"])
@pytest.mark.parametrize(
    ("option", "pointer"),
    [("create_missing", "/createMissing"), ("only", "/only"), ("duplicates", "/duplicates"),
     ("map", "/map"), ("types", "/types")],
)  # fmt: skip
def test_an_import_refuses_a_choice_without_a_value(
    client: FlaskClient, key: str, unchanged: Any, option: str, pointer: str, form: bool
) -> None:
    with unchanged():
        reply = _imported(client, key, option, form)
    assert (reply.status_code, [one["pointer"] for one in reply.json["errors"]]) == (400, [pointer])


def _imported(client: FlaskClient, key: str, option: str, form: bool) -> Any:
    """Return the reply to an import with an option that says nothing."""
    headers = {"ApiKey": key}
    if not form:
        headers["Content-Type"] = "text/csv"
        return client.post(f"/pim/import?{option}", data=CSV, headers=headers)
    parts = f'--x\r\nContent-Disposition: form-data; name="{option}"\r\n\r\n\r\n'
    parts += '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    headers["Content-Type"] = "multipart/form-data; boundary=x"
    body = parts.encode() + CSV + b"\r\n--x--\r\n"
    return client.post("/pim/import", data=body, headers=headers)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (EDIT | {"if_version": None}, "/if_version"),
        (EDIT | {"ifVersion": None}, "/if_version"),
        (EDIT | {"only": None}, "/only"),
        (EDIT | {"restore": None}, "/restore"),
        (EDIT | {"createMissing": None}, "/createMissing"),
        (EDIT | {"idempotency_key": None}, "/idempotency_key"),
        (EDIT | {"idempotencyKey": None}, "/idempotency_key"),
        (BATCH | {"mode": None}, "/mode"),
        (BATCH | {"idempotency_key": None}, "/idempotency_key"),
        ({"action": "getList", "params": {"as_of": None}}, "/params/as_of"),
        ({"action": "listProduct", "sku": "A", "params": {"asOf": None}}, "/params/as_of"),
        ({"action": "getList", "params": {"includeDeleted": ""}}, "/params/includeDeleted"),
        ({"action": "changes", "params": {"since": None}}, "/params/since"),
        ({"action": "changes", "params": {"since": ""}}, "/params/since"),
        ({"action": "historyProduct", "sku": "A", "params": {"transaction": None}},
         "/params/transaction"),
        ({"action": "listTransactions", "params": {"from": None}}, "/params/from"),
        ({"action": "revert", "transaction": None, "job": 1}, "/transaction"),
        ({"action": "revert", "transaction": 1, "job": None}, "/job"),
        ({"action": "revert", "transaction": 1, "sku": None}, "/sku"),
        ({"action": "revert", "transaction": 1, "as_of": None}, "/as_of"),
        ({"action": "revert", "transaction": 1, "on_conflict": None}, "/on_conflict"),
    ],
)  # fmt: skip
def test_what_guards_or_steers_cannot_be_null(
    send: Any, unchanged: Any, body: dict[str, Any], pointer: str
) -> None:
    with unchanged():
        status, faults = send(PRODUCTS, body)
    assert (status, [place for _, place, _ in faults]) == (400, [pointer])


def test_a_row_cannot_have_null_for_its_version(send: Any, client: FlaskClient, key: str) -> None:
    for name, code in (("if_version", "range"), ("idempotency_key", "type")):
        batch = {"action": "batch", "actions": [EDIT | {name: None}]}
        reply = client.post(PRODUCTS, json=batch, headers={"ApiKey": key})
        faults = [(one["code"], one["pointer"]) for one in reply.json["rows"][0]["errors"]]
        assert (reply.status_code, faults) == (207, [(code, f"/{name}")])


def test_an_export_is_not_of_today_where_its_moment_is_null(send: Any, unchanged: Any) -> None:
    with unchanged():
        status, faults = send("/pim/export", {"as_of": None})
    assert (status, faults) == (400, [("range", "/as_of", f"as_of {MOMENT}2026-03-01T10:00:00Z!")])


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize(
    ("asked", "meant"),
    [("dry_run", "dry_run"), ("dryRun=", "dry_run"), ("strict", "strict"), ("force=true", "force"),
     ("restore", "restore"), ("only=update", "only"), ("mode=atomic", "mode"),
     ("create_missing=categories", "createMissing"), ("onConflict=skip", "on_conflict"),
     ("as_of=1", "as_of"), ("since=0", "since"), ("if_version=1", "if_version")],
)  # fmt: skip
def test_what_guards_or_steers_is_refused_in_the_address(
    client: FlaskClient, key: str, unchanged: Any, kind: str, asked: str, meant: str
) -> None:
    headers = {"ApiKey": key, "Content-Type": kind}
    row = json.dumps({"action": "createProduct", "sku": "N"})
    with unchanged():
        reply = client.post(f"{PRODUCTS}?{asked}", data=row, headers=headers)
    assert (reply.status_code, [one["nearest"] for one in reply.json["errors"]]) == (400, [meant])
