"""The OpenAPI document of all faces, and its page."""

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.environment import settings_of
from views.app import FACES, create_app
from views.pims.endpoints import PRODUCT_ACTIONS
from views.sigma.endpoints import ENDPOINTS
from views.tenant.endpoints import ENDPOINTS as PIM_ENDPOINTS


@pytest.fixture(scope="module")
def client():
    return create_app(settings_of("sqlite://")).test_client()


@pytest.fixture(scope="module")
def document(client) -> dict:
    return client.get("/api/v1/openapi.json").get_json()


def operations(document) -> dict[tuple[str, str], dict]:
    return {
        (method.upper(), path): one
        for path, operations in document["paths"].items()
        for method, one in operations.items()
    }


def served() -> dict:
    """Return the endpoints of both REST faces, by method and path."""
    return {
        (one.method, prefix + one.path.replace("<", "{").replace(">", "}")): one
        for prefix, endpoints in (("/api/v1", ENDPOINTS), ("/api/v1/pim", PIM_ENDPOINTS))
        for one in endpoints
    }


def headers_taken(document, operation) -> set[str]:
    """Return the names of the headers that an operation takes, none of them required."""
    known = document["components"]["parameters"]
    told = [known[one["$ref"].rsplit("/")[-1]] for one in operation["parameters"] if "$ref" in one]
    of_requests = [one for one in told if one["name"] not in ("X-Tenant-ID", "X-Org-ID")]
    assert {(one["in"], one["required"]) for one in of_requests} == {("header", False)}
    return {one["name"] for one in of_requests}


PIMS = ("POST", "/pim/manage/products")
LOGINS = {
    ("POST", "/api/v1/auth/login"),
    ("POST", "/api/v1/auth/refresh"),
    ("GET", "/api/v1/auth/tenants"),
}


def test_the_document_is_openapi(document) -> None:
    validate(document)
    assert (document["openapi"], document["info"]["title"]) == ("3.1.0", "PIMS")
    assert len(FACES) == 3


def test_every_endpoint_is_described(document) -> None:
    described = operations(document).keys()
    assert served().keys() <= described
    assert described - served().keys() == LOGINS | {PIMS}


def test_a_body_is_described_by_the_schema_that_reads_it(document) -> None:
    login = document["components"]["schemas"]["LoginBody"]
    assert login["required"] == ["email", "password"]
    body = document["paths"]["/pim/manage/products"]["post"]["requestBody"]["content"]
    actions = [one["$ref"].rsplit("/")[-1] for one in body["application/json"]["schema"]["oneOf"]]
    assert actions[:2] == ["ListProductAction", "ListProductsBySkuAction"]
    examples = body["application/json"]["examples"]
    assert examples.keys() == PRODUCT_ACTIONS.keys()
    assert len(actions) == len(examples)
    for action in ("revert", "listTransactions", "changes"):
        held = document["components"]["schemas"][f"{action[0].upper()}{action[1:]}Action"]["allOf"]
        keys = {"action"} | held[1]["properties"].keys()
        assert examples[action]["value"].keys() <= keys


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("/start.js", "text/javascript"),
        ("/swagger-ui-bundle.js", "text/javascript"),
        ("/swagger-ui.css", "text/css"),
    ],
)
def test_the_page_loads_nothing_from_elsewhere(client, name, kind) -> None:
    reply = client.get(f"/api/v1/docs{name}")
    assert (reply.status_code, reply.content_type) == (200, kind)
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'self';")
    if not name.startswith("/swagger"):
        assert "http://" not in reply.text
        assert "https://" not in reply.text


def test_other_files_of_the_package_are_not_served(client) -> None:
    assert client.get("/api/v1/docs/oauth2-redirect.html").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "kind", "reply"),
    [
        ("post", "/dimensions/scope-matrix", "application/json", [{"dim-market": "seg-eu"}]),
        ("post", "/roles/{role_id}/resolve", "application/json", {"attr-price": "read"}),
        (
            "get",
            "/categories/{category_id}/entities",
            "application/json",
            [{"id": "var-1", "entityId": "ent-1", "parentId": "ent-1", "level": 1, "values": {}}],
        ),
        ("get", "/pim/export/{job_id}/file", "text/csv", "Product Title"),
    ],
)
def test_replies_of_odd_shapes_are_described(document, method, path, kind, reply) -> None:
    said = document["paths"][f"/api/v1{path}"][method]["responses"]["200"]["content"]
    schema = said[kind]["schema"] | {"components": document["components"]}
    Draft202012Validator(schema).validate(reply)


def test_a_limited_key_is_told_of_in_every_answer(document) -> None:
    for operations in document["paths"].values():
        assert all("429" in one["responses"] for one in operations.values())


def test_the_headers_that_are_heeded_are_told(document) -> None:
    taken = {
        name: {
            at for at, one in operations(document).items() if name in headers_taken(document, one)
        }
        for name in ("X-Request-ID", "Idempotency-Key", "If-Match", "If-None-Match")
    }
    assert taken == {
        "X-Request-ID": set(operations(document)),
        "Idempotency-Key": {at for at, one in served().items() if one.writes} | {PIMS},
        "If-Match": {at for at, one in served().items() if one.shows is not None},
        "If-None-Match": {at for at in operations(document) if at[0] == "GET"},
    }


def test_the_headers_of_each_answer_are_told(document) -> None:
    known = document["components"]["headers"]
    assert [name for name, one in known.items() if one.get("required")] == ["X-Request-ID", "ETag"]
    for (method, path), one in operations(document).items():
        limits = set() if (method, path) in LOGINS else {"RateLimit", "RateLimit-Policy"}
        may_be_named = (method, path) == PIMS or (
            (method, path) in served() and served()[method, path].writes
        )
        for status, answer in one["responses"].items():
            wanted = {"X-Request-ID"} | limits
            wanted |= {"Retry-After"} if status in ("429", "503") else set()
            wanted |= {"ETag"} if method == "GET" and status in ("200", "304") else set()
            wanted |= {"Idempotent-Replayed"} if may_be_named and status < "3" else set()
            refers = {name: f"#/components/headers/{name}" for name in wanted}
            told = {name: header["$ref"] for name, header in answer["headers"].items()}
            assert told == refers, (method, path, status)
