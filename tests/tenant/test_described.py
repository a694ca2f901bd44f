"""Replies are as the OpenAPI document describes them."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.databases.fresh import on_one_engine
from views.tenant.endpoints import ENDPOINTS

pytestmark = on_one_engine


@pytest.fixture
def document(client) -> dict[str, Any]:
    return client.get("/api/v1/openapi.json").get_json()


@pytest.fixture
def check(document) -> Any:
    """`check("GET", "/products", 200, reply)`: what of a reply is not as it is described."""

    def differences(method: str, path: str, status: int, reply: Any) -> list[str]:
        operation = document["paths"][f"/api/v1/pim{path}"][method.lower()]
        schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        whole = {"components": document["components"], **schema}
        validator = Draft202012Validator(whole, format_checker=FormatChecker())
        return [one.message for one in validator.iter_errors(reply)]

    return differences


BODIES = {
    "/products": {"title": "Hat", "description": "Warm.", "category": "hats"},
    "/products/{product_id}/variants": {"sku": "V", "price": "1.50", "currency": "EUR"},
    "/categories": {"name": "A", "slug": "a"},
    "/brands": {"name": "Acme", "logoUrl": "https://example.com/"},
    "/attributes": {"name": "A", "slug": "a"},
    "/attribute-groups": {"name": "A"},
    "/templates": {"name": "A"},
}


@pytest.mark.parametrize("path", BODIES)
def test_what_is_made_and_listed_is_as_described(send, tenant, given_slug, check, path) -> None:
    given_slug("hats")
    product = tenant("POST", "/products", {"title": "Hat"})["id"]
    address = path.replace("{product_id}", product)
    for body, status in ((BODIES[path], 200), ({"name": 7, "title": 7, "sku": 7}, 400)):
        answer = send("POST", address, body)
        assert answer.status_code == status
        assert check("POST", path, status, answer.get_json()) == []
    if not path.endswith("variants"):
        assert check("GET", path, 200, tenant("GET", address)) == []


def test_a_product_is_as_described(tenant, hat, check) -> None:
    path = "/products/{product_id}"
    assert check("GET", path, 200, tenant("GET", f"/products/{hat['id']}")) == []
    changed = tenant("PUT", f"/products/{hat['id']}", {"title": "Cap"})
    assert check("PUT", path, 200, changed) == []


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_every_request_has_a_bearer_token_and_two_headers(document, one) -> None:
    path = one.path.replace("<", "{").replace(">", "}")
    operation = document["paths"][f"/api/v1/pim{path}"][one.method.lower()]
    assert operation["security"] == [{"bearer": []}]
    named = [each.get("$ref", "").rsplit("/", 1)[-1] for each in operation["parameters"]]
    assert named[:2] == ["tenantId", "orgId"]
    headers = document["components"]["parameters"]
    assert [headers[name]["name"] for name in named[:2]] == ["X-Tenant-ID", "X-Org-ID"]
