"""The Sigma face over an empty tenant, and sentences to talk to it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pims_api.services.users import accounts
from pims_api.services.users.tokens import token_of
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.identity.secret import make_secret_file
from pims_api.storage.unit_of_work import unit_of_work
from tests.pims.conftest import (
    app,
    client,
    database,
    filled,
    german,
    key,
    make_key,
    pims,
    queries,
    shared_app,
)

__all__ = [
    "app",
    "client",
    "database",
    "filled",
    "german",
    "key",
    "make_key",
    "pims",
    "queries",
    "shared_app",
]

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
def given_role(sigma: Sigma) -> Sigma:
    """`given_role("editor", canExport=True)`: there is such a role; its id."""

    def given(name: str, **more: Json) -> str:
        sigma("POST", "/roles", {"id": f"role-{name}", "name": name.title()} | more, status=201)
        return f"role-{name}"

    return given


@pytest.fixture
def as_role(database: Database, client: FlaskClient) -> Callable[[str], Sigma]:
    """`as_role("role-viewer")`: `sigma` for a user of that role, whose e-mail names it."""
    if make_secret_file(database.url) is None:
        object.__setattr__(database.settings, "secret_key", "A" * 43)

    def of(role: str) -> Sigma:
        with unit_of_work(database, 1, Actor("tests")) as work:
            email = f"{role}@example.com"
            user = accounts.add_user(work, email, role, role, "a long password")
        bearer = {"Authorization": f"Bearer {token_of(database, user)}"}

        def ask(method: str, path: str, body: Json = None, *, status: int) -> Json:
            response = client.open(BASE + path, method=method, json=body, headers=bearer)
            assert response.status_code == status, response.text[:1_000]
            return response.get_json() if response.data else None

        return ask

    return of


@pytest.fixture
def review(sigma: Sigma, given_attribute: Sigma, given_schema: Sigma) -> str:
    """The schema of posters, which go from draft by review to print; its id.

    In review the fee is read only. In print the body is, and the note is hidden; headline, body
    and note are required there.
    """
    ids = [
        given_attribute("headline"),
        given_attribute("body"),
        given_attribute("fee", "number"),
        given_attribute("note"),
    ]
    sigma("POST", "/workflows", REVIEW, status=201)
    return str(given_schema("poster", *ids, workflowId="wf-review"))


def _state(name: str, **sets: list[str]) -> Json:
    shown = {"id": f"state-{name}", "name": name.title()}
    return shown | {"hidden": [], "required": [], "readOnly": []} | sets


def _way(start: str, end: str, **more: Json) -> Json:
    shown = {"id": f"{start}-{end}", "name": f"To {end}"}
    ends = {"fromStateId": f"state-{start}", "toStateId": f"state-{end}"}
    return shown | ends | {"allowedRoleIds": [], "requiresCompleteness": 0} | more


REVIEW = {
    "id": "wf-review",
    "alias": "review",
    "name": "Review",
    "defaultStateId": "state-draft",
    "states": [
        _state("draft"),
        _state("review", readOnly=["attr-fee"]),
        _state(
            "print",
            hidden=["attr-note"],
            required=["attr-headline", "attr-body", "attr-note"],
            readOnly=["attr-body"],
        ),
    ],
    "transitions": [
        _way("draft", "review"),
        _way("review", "draft"),
        _way("review", "print", requiresCompleteness=100),
    ],
}
"""The workflow of posters, as it is sent and shown."""


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
