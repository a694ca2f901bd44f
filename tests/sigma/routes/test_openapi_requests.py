"""Requests that the OpenAPI document gives rise to, and accepted ones with something changed.

No answer is a failure of the server, and each has a status that the document tells.
PIMS_TEST_THOROUGH=1 takes some minutes, on both databases, and finds more.
"""

import copy
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from urllib.parse import quote

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.databases.fresh import ENGINES, FreshKeyedDatabase
from tests.pims.conftest import opened_app
from tests.sigma.conftest import BASE
from tests.sigma.routes.matrix import MATRIX, Row
from tests.sigma.routes.shop import IDS, Shop, copier, filled

THOROUGH = os.environ.get("PIMS_TEST_THOROUGH") == "1"
QUIET = settings(
    derandomize=not THOROUGH,
    suppress_health_check=list(HealthCheck),
    database=None,
    print_blob=True,
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    response_headers_conformance,
    response_schema_conformance,
    content_type_conformance,
]
OPEN_SHOP = Callable[[], Iterator[Shop]]


@pytest.fixture(scope="module", params=ENGINES if THOROUGH else ENGINES[:1])
def open_shop(request, fresh_keyed_database: FreshKeyedDatabase, tmp_path_factory) -> OPEN_SHOP:
    """`with open_shop() as shop:` a filled shop of the block's own."""
    if request.param == "postgres":

        @contextmanager
        def opened() -> Iterator[Shop]:
            with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as app:
                yield filled(app, keyed)

        yield opened
        return
    with fresh_keyed_database(request.param) as keyed, opened_app(keyed.url) as app:
        shop = filled(app, keyed)
        copied = copier(shop, tmp_path_factory.mktemp("copies"))

        @contextmanager
        def opened() -> Iterator[Shop]:
            with copied():
                yield shop

        yield opened


@lru_cache(maxsize=1)
def document(app: Flask) -> dict:
    found: dict = app.test_client().get(f"{BASE}/openapi.json").get_json()
    return found


@lru_cache(maxsize=1)
def schema_of(app: Flask) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi(f"{BASE}/openapi.json", app)


def operation_of(app: Flask, row: Row) -> schemathesis.APIOperation:
    path = BASE + row.path.replace("<", "{").replace(">", "}")
    return schema_of(app)[path][row.method]


DESCRIBED = [row for row in MATRIX if row.path != "/healthz"]


@pytest.mark.parametrize("row", DESCRIBED, ids=lambda row: f"{row.method} {row.path}")
def test_an_address_answers_what_the_document_tells(open_shop, row) -> None:
    with open_shop() as shop:
        operation = operation_of(shop.app, row)

        @settings(QUIET, max_examples=200 if THOROUGH else 6)
        @given(case=operation.as_strategy(), known=st.booleans())
        def answered(case: schemathesis.Case, known: bool) -> None:
            for name in case.path_parameters or {}:
                if known and name in IDS:
                    case.path_parameters[name] = IDS[name]
            headers = {"X-Sigma-ApiKey": shop.key, "Accept-Encoding": "identity"}
            case.validate_response(case.call(headers=headers), checks=CHECKS)

        answered()


ODD = st.sampled_from([
    None, "", " ", "x", "\x00", "é" * 5_000, "ent-1", "var-2", "attr-price", "seg-en", "val-red",
    "dim-language", "draft", "2024-02-30", "https://x", "[", "*", 0, -1, 1.5, 10**17, 1e300, True,
    False, [], {}, [None], [1, "1"], [[]], [{}], {"": None}, {"a": {"b": [1]}}, ["ent-1", "ent-1"],
    {"dim-language": "seg-en"}, {"dim-language": {}}, {"url": 1}, [{"scope": [], "value": 1}],
    [{"scope": {}, "value": {"x": 1}}], {"scope": {}, "value": None}, {"attribute": "name"},
])  # fmt: skip
ODD_IDS = st.sampled_from([
    *dict.fromkeys(IDS.values()), "ent-01", "ent--1", "ent-99999999999999999999", "var-1", "ENT-1",
    "ent-١", "schema-default", "attr-sku", "attr-status", "cat-default", "cat-1", "role-admin",
    "\x00", "é", "a b", "%", "..", "x" * 5_000, "'", '"', "apikey-1", "user-1", "sku", "status",
])  # fmt: skip


@st.composite
def changed(draw: st.DrawFn, body: object) -> object:
    """Return a body with odd values in one to three of its places."""
    made = {"": copy.deepcopy(body)}
    for _ in range(draw(st.integers(1, 3))):
        holders = list(_places(made))
        holder, key = draw(st.sampled_from(holders))
        if draw(st.integers(0, 5)) == 0 and isinstance(holder, dict) and key:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(draw(ODD))
    return made.get("")


def _places(held: object) -> Iterator[tuple]:
    pairs = held.items() if isinstance(held, dict) else enumerate(held)
    for key, below in list(pairs):
        yield held, key
        if isinstance(below, dict | list):
            yield from _places(below)


BODIES = {
    "/attributes": {
        "id": "attr-new", "alias": "new-one", "name": "New", "type": "option", "multiple": True,
        "dimensionIds": ["dim-market"], "optionListId": "ol-color", "inheritable": False,
        "validation": {"maxLength": 10, "min": 1, "max": 2, "pattern": "[a-z]+", "unique": True},
        "guards": [{"attributeId": "attr-name", "operator": "in", "value": ["a"]}],
    },
    "/records": {"schemaId": "schema-jacket", "values": {
        "name": [{"scope": {"dim-language": "seg-da"}, "value": "A"}, {"scope": {}, "value": "B"}],
        "color": [{"scope": {}, "value": "red"}], "since": [{"scope": {}, "value": "2024-01-01"}],
        "goes-with": [{"scope": {}, "value": ["ent-1", "var-2"]}],
        "picture": [{"scope": {}, "value": {"url": "https://x.example.com/y.png"}}],
        "care": [{"scope": {}, "value": [1, {"a": 1}]}],
        "new": [{"scope": {}, "value": False}], "price": [{"scope": {}, "value": 1}]}},
    "/roles": {"id": "role-new", "name": "R", "canImport": True, "schemaPermissions": [
        {"schemaId": "schema-jacket", "attributePermissions": {"attr-price": "read"},
         "defaultPermission": "hidden"}], "catalogPermissions": [
        {"catalogId": "catalog-web", "canView": True, "canAssign": True}]},
    "/search": {"criteriaOperator": "or", "schemaId": "schema-jacket", "offset": 0, "limit": 5,
                "criteria": [
        {"attribute": "price", "operator": "gt", "value": "1", "scope": {"dim-market": "seg-us"}},
        {"attribute": "color", "operator": "equals", "value": "Red"},
        {"attribute": "goes-with", "operator": "notEquals", "value": "ent-1"},
        {"attribute": "care", "operator": "contains", "value": "wash"},
        {"attribute": "since", "operator": "lt", "value": "2025-01-01"}]},
    "/import/execute": {"schemaId": "schema-jacket", "rows": [
        {"P": "7", "I": "ent-1", "N": "A", "C": "Red", "G": "ent-1|ent-4", "K": "[1]"}],
        "columnMapping": {"P": "price", "I": "_id", "N": "name", "C": "color", "G": "goes-with",
                          "K": "care"}},
    "/saved-queries/<query_id>/execute": {"offset": 0, "limit": 5},
}  # fmt: skip
BODIES["/import/preview"] = BODIES["/import/execute"]
BODIES["/saved-queries"] = BODIES["/search"] | {"name": "Q", "query": BODIES["/search"]}
BODIED = [row for row in MATRIX if row.body or row.path in BODIES]


@pytest.mark.parametrize("row", BODIED, ids=lambda row: f"{row.method} {row.path}")
def test_an_accepted_body_with_odd_places_is_answered(open_shop, row) -> None:
    body = BODIES.get(row.path, row.body) if row.method == "POST" else row.body
    with open_shop() as shop:
        told = document(shop.app)["paths"]

        @settings(QUIET, max_examples=400 if THOROUGH else 15)
        @given(body=changed(body), odd=st.none() | ODD_IDS)
        def answered(body: object, odd: str | None) -> None:
            send(shop, told, row, body, odd)

        answered()


QUERIES = st.dictionaries(
    st.sampled_from(["offset", "limit", "schemaId", "lifecycleStateId", "level", "parentId", "q",
                     "scope", "format", "entityId", "action", "userId", "includeVariants",
                     "catalogId", "query"]),
    st.sampled_from(["", "0", "1", "-1", "1e3", "9" * 30, "x", "schema-jacket", "draft", "ent-1",
                     "var-2", "csv", "json", "{}", "[]", '{"dim-language":"seg-da"}', "null",
                     '{"dim-language":1}', '{"x":"y"}', "{", "create", "delete", "user-1", "true",
                     "a\x00b", "é", "anorak rain", "catalog-web"]),
    max_size=4,
)  # fmt: skip
BODILESS = [row for row in MATRIX if row.body is None and not row.path.startswith("/auth")]


@pytest.mark.parametrize("row", BODILESS, ids=lambda row: f"{row.method} {row.path}")
def test_odd_addresses_and_questions_are_answered(open_shop, row) -> None:
    with open_shop() as shop:
        told = document(shop.app)["paths"]

        @settings(QUIET, max_examples=200 if THOROUGH else 6)
        @given(query=QUERIES, odd=st.none() | ODD_IDS)
        def answered(query: dict, odd: str | None) -> None:
            asked = "&".join(f"{name}={quote(value)}" for name, value in query.items())
            send(shop, told, row, None, odd, f"?{asked}")

        answered()


def send(shop: Shop, told: dict, row: Row, body: object, odd: str | None, query: str = "") -> None:
    """Send it, with an odd id in the address, and check the answer."""
    path = row.path
    for name, number in IDS.items():
        path = path.replace(f"<{name}>", quote(number if odd is None else odd, safe=""))
    reply = shop.send(row.method, path + query, body)
    assert reply.status_code < 500, reply.text
    if row.path != "/healthz":
        known = told[BASE + row.path.replace("<", "{").replace(">", "}")][row.method.lower()]
        assert str(reply.status_code) in known["responses"]
    if reply.status_code >= 400:
        assert set(reply.get_json()) <= {"error", "message", "details"}
