"""The Sigma face over an empty tenant, and sentences to talk to it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pims.conftest import app, client, database, key, make_key, pims, shared_app

__all__ = ["app", "client", "database", "key", "make_key", "pims", "shared_app"]

Json = Any
Send = Callable[..., TestResponse]
Sigma = Callable[..., Json]

BASE = "/api/v1"


def everywhere(value: Any) -> list[dict[str, Any]]:
    """Return a global value as scoped values."""
    return [{"scope": {}, "value": value}]


def in_segment(segment: str, value: Any, dimension: str = "dim-language") -> dict[str, Any]:
    """Return a value in one segment."""
    return {"scope": {dimension: segment}, "value": value}


@pytest.fixture
def send(client: FlaskClient, key: str) -> Send:
    """`send("GET", "/records", headers={…})`: the response, whatever it is."""
    usual = key

    def send_it(
        method: str, path: str, body: Json = None, *, key: str = usual, **headers: str
    ) -> TestResponse:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        sent = {"X-Sigma-ApiKey": key} | named
        return client.open(BASE + path, method=method, json=body, headers=sent)

    return send_it


@pytest.fixture
def sigma(send: Send) -> Sigma:
    """`sigma("POST", "/schemas", {…}, status=201)`: the JSON of the answer."""

    def ask(method: str, path: str, body: Json = None, *, status: int, **sent: str) -> Json:
        response = send(method, path, body, **sent)
        assert response.status_code == status, response.text[:1_000]
        return response.get_json() if response.data else None

    return ask


@pytest.fixture
def given_attribute(sigma: Sigma) -> Sigma:
    """`given_attribute("price", "number")`: there is such an attribute; its id."""

    def given(alias: str, kind: str = "text", **more: Json) -> str:
        body = {"id": f"attr-{alias}", "alias": alias, "name": alias.title(), "type": kind}
        sigma("POST", "/attributes", body | more, status=201)
        return f"attr-{alias}"

    return given


@pytest.fixture
def given_schema(sigma: Sigma) -> Sigma:
    """`given_schema("apparel", "attr-price", …)`: there is such a schema; its id."""

    def given(alias: str, *attribute_ids: str, **more: Json) -> str:
        group = {"id": "grp-all", "name": "All", "sortOrder": 1, "attributeIds": attribute_ids}
        body = {
            "id": f"schema-{alias}",
            "alias": alias,
            "name": alias.title(),
            "variantEnabled": True,
            "attributeGroups": [group],
        }
        sigma("POST", "/schemas", body | more, status=201)
        return f"schema-{alias}"

    return given


@pytest.fixture
def apparel(given_attribute: Sigma, given_schema: Sigma) -> str:
    """The schema of the windbreaker: name (by language), description, price, sku, weight, size."""
    ids = [
        given_attribute("product-name", dimensionIds=["dim-language"]),
        given_attribute("description"),
        given_attribute("price", "number"),
        given_attribute("sku"),
        given_attribute("weight", "number"),
        given_attribute("size-label"),
    ]
    return str(given_schema("apparel", *ids))
