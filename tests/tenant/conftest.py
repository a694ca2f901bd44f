"""The tenant face over an empty tenant, and sentences to talk to it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pims_api.domain.tenant_ids import TenantIds
from pims_api.storage.database import Database
from pims_api.storage.identity.tenants import tenants
from tests.pims.conftest import (
    app,
    client,
    database,
    edit,
    german,
    given_attribute,
    given_category,
    given_product,
    history,
    key,
    make_key,
    pims,
    queries,
    shared_app,
    shown,
    unchanged,
)

__all__ = [
    "app",
    "client",
    "database",
    "edit",
    "german",
    "given_attribute",
    "given_category",
    "given_product",
    "history",
    "key",
    "make_key",
    "pims",
    "queries",
    "shared_app",
    "shown",
    "unchanged",
]

Json = Any
Send = Callable[..., TestResponse]
Tenant = Callable[..., Json]

BASE = "/api/v1/pim"
STRANGE = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def ids(database: Database) -> TenantIds:
    """The UUIDs of the tenant."""
    with database.reading() as connection:
        first = tenants(connection)[0]
    return TenantIds(first.uuid, first.org)


@pytest.fixture
def send(client: FlaskClient, key: str, ids: TenantIds) -> Send:
    """`send("GET", "/products", ApiUser="Ann")`: the response, whatever it is. None: no header."""
    usual = {"Authorization": f"Bearer {key}", "X-Tenant-ID": ids.uuid, "X-Org-ID": ids.org}

    def send_it(
        method: str, path: str, body: Json = None, *, key: str | None = None, **headers: str | None
    ) -> TestResponse:
        own = {} if key is None else {"Authorization": f"Bearer {key}"}
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        sent = {name: text for name, text in (usual | own | named).items() if text is not None}
        return client.open(BASE + path, method=method, json=body, headers=sent)

    return send_it


@pytest.fixture
def tenant(send: Send) -> Tenant:
    """`tenant("POST", "/products", {…})`: the JSON of the answer."""

    def ask(method: str, path: str, body: Json = None, *, status: int = 200, **sent: Any) -> Json:
        response = send(method, path, body, **sent)
        assert response.status_code == status, response.text[:1_000]
        return response.get_json() if response.data else None

    return ask


@pytest.fixture
def refused(send: Send) -> Callable[..., str]:
    """`refused(400, "POST", "/products", {})`: the text of the error, whose body has only that."""

    def ask(status: int, method: str, path: str, body: Json = None, **sent: Any) -> str:
        response = send(method, path, body, **sent)
        assert response.status_code == status, response.text[:1_000]
        told = response.get_json()
        assert list(told) == ["error"]
        assert response.mimetype == "application/json"
        text: str = told["error"]
        return text

    return ask


@pytest.fixture
def hat(tenant: Tenant) -> Json:
    """A product with a title and nothing else."""
    return tenant("POST", "/products", {"title": "Hat"})


@pytest.fixture
def given_slug(tenant: Tenant) -> Tenant:
    """`given_slug("hats")`: there is a category of that slug; its object."""

    def given(slug: str, **more: Json) -> Json:
        return tenant("POST", "/categories", {"name": slug.title(), "slug": slug} | more)

    return given


@pytest.fixture
def given_view(pims: Callable[..., Json], make_key: Callable[..., str]) -> Callable[..., str]:
    """`given_view(["title"], "title = 'A'", price={"readonly": "y"})`: a key with such a View."""

    def given(names: list[str], rows: str = "", **fields: Json) -> str:
        shown = {name: {} for name in names} | fields
        more = {"condition_query": rows} if rows else {}
        views = "/pim/manage/views"
        pims("addPimView", path=views, name="shop", attributes=shown, status=200, **more)
        groups = ("pim_user", "pim_editor", "pim_manager")
        return make_key(*groups, views=("shop",), default_view="shop")

    return given
