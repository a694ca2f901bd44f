"""The shop of the tests answers as Shopify does, to Shopify's own client."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from shopify_app import admin_graphql_request

from tests.connectors.shopify.server import TOKEN, VERSION, Bucket, Server, serving
from tests.connectors.shopify.shop import Shop, material


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Shop()) as running:
        yield running


class Redirected(httpx.BaseTransport):
    """Leads the official client, which knows one host, to the server of the test."""

    def __init__(self, url: str) -> None:
        self._base, self._inner = httpx.URL(url), httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        place = {"scheme": self._base.scheme, "host": self._base.host, "port": self._base.port}
        request.url = request.url.copy_with(**place)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def asked(server: Server, name: str, token: str = TOKEN, **variables: Any) -> Any:
    """Return what the official client makes of one of the queries."""
    query = (material() / "queries" / f"{name}.graphql").read_text()
    with httpx.Client(transport=Redirected(server.url)) as client:
        return admin_graphql_request(
            query, shop="acme", access_token=token, api_version=VERSION,
            variables=variables, http_client=client, max_retries=0,
        )  # fmt: skip


def data(server: Server, name: str, **variables: Any) -> Any:
    result = asked(server, name, **variables)
    assert result.ok, result.log
    return result.data


def push_variables() -> Any:
    return json.loads((material() / "queries" / "push_vars.json").read_text())


KEY = {"namespace": "pims", "key": "product_id", "type": "id"}
DEFINITION = KEY | {"name": "PIMS id", "ownerType": "PRODUCT"}


def test_the_connection_is_told(server: Server) -> None:
    assert data(server, "shop") == {
        "shop": {
            "id": "gid://shopify/Shop/1",
            "name": "Acme",
            "myshopifyDomain": "acme.myshopify.com",
            "currencyCode": "EUR",
            "plan": {"publicDisplayName": "Basic"},
        },
        "currentAppInstallation": {
            "accessScopes": [{"handle": "read_products"}, {"handle": "write_products"}]
        },
    }


def test_a_product_is_pushed_once_however_often(server: Server) -> None:
    assert not data(server, "metafield_definition_key", definition=DEFINITION)[
        "metafieldDefinitionCreate"
    ]["userErrors"]
    first = data(server, "push_sync", **push_variables())["productSet"]
    again = data(server, "push_sync", **push_variables())["productSet"]
    assert first["userErrors"] == again["userErrors"] == []
    assert first["product"]["id"] == again["product"]["id"]
    variants = [one["id"] for one in first["product"]["variants"]["nodes"]]
    assert [one["id"] for one in again["product"]["variants"]["nodes"]] == variants
    assert len(server.shop.products) == 1
    assert server.shop.uploads == ["https://cdn.example.test/hfj.jpg"] * 2  # sent anew, kept anew
    found = data(server, "pull_by_custom_id", ns="pims", key="product_id",
                 value=push_variables()["identifier"]["customId"]["value"])  # fmt: skip
    assert found["byKey"]["id"] == first["product"]["id"]
    by_sku = data(server, "pull_by_sku", q="sku:HFJ-S-SND")["productVariants"]["nodes"]
    assert [one["sku"] for one in by_sku] == ["HFJ-S-SND"]


def test_what_is_left_out_of_a_list_is_gone_and_a_list_left_out_stays(server: Server) -> None:
    data(server, "metafield_definition_key", definition=DEFINITION)
    variables = push_variables()
    pushed = data(server, "push_sync", **variables)["productSet"]["product"]
    del variables["input"]["tags"], variables["input"]["files"]
    variables["input"]["variants"].pop()
    data(server, "push_sync", **variables)
    (product,) = server.shop.products.values()
    assert product.tags == ["fleece", "recycled"]
    assert len(product.all_media) == 1
    assert [one.id for one in product.all_variants] == [pushed["variants"]["nodes"][0]["id"]]


@pytest.mark.parametrize(
    ("identifier", "sent", "code"),
    [
        ({"id": "gid://shopify/Product/1"}, {"title": "A"}, "PRODUCT_DOES_NOT_EXIST"),
        ({"handle": "a"}, {"title": "A", "handle": "b"}, "INPUT_MISMATCH"),
        (None, {"title": ""}, "INVALID_PRODUCT"),
        (None, {"title": "A", "variants": []}, "PRODUCT_OPTIONS_INPUT_MISSING"),
        (None, {"title": "A", "productOptions": []}, "VARIANTS_INPUT_MISSING"),
        (None, {"title": "A", "handle": "taken"}, "HANDLE_NOT_UNIQUE"),
    ],
)
def test_user_errors_come_with_success(
    server: Server, identifier: Any, sent: Any, code: str
) -> None:
    server.shop.add(title="Taken", handle="taken")
    answer = data(server, "push_sync", input=sent, identifier=identifier, synchronous=True)
    assert [one["code"] for one in answer["productSet"]["userErrors"]] == [code]
    assert len(server.shop.products) == 1


def test_pages_have_cursors_and_need_a_size(server: Server) -> None:
    for number in range(5):
        server.shop.add(title=f"P{number}")
    first = data(server, "pull_page", first=3)["products"]
    rest = data(server, "pull_page", first=3, after=first["pageInfo"]["endCursor"])["products"]
    titles = [one["title"] for one in first["nodes"] + rest["nodes"]]
    assert titles == ["P0", "P1", "P2", "P3", "P4"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


def test_every_query_of_ours_validates(server: Server) -> None:
    for path in sorted((material() / "queries").glob("*.graphql")):
        answer = server.execute({"query": path.read_text(), "variables": {}})
        told = [one["message"] for one in answer.get("errors", ()) if "locations" in one]
        assert all("was not provided" in one or "must provide" in one or "null" in one
                   for one in told), (path.name, told)  # fmt: skip


def test_a_wrong_token_a_throttled_request_and_a_broken_one(server: Server) -> None:
    assert asked(server, "shop", token="shpat_wrong").log.code
    server.faults.extend(["throttled", "lost"])
    assert "THROTTLED" in asked(server, "shop").response.body
    assert not asked(server, "shop").ok
    assert asked(server, "shop").ok


def test_an_empty_bucket_fills_again(server: Server) -> None:
    server.bucket = Bucket(size=5, rate=0)
    assert [asked(server, "shop").ok for _ in range(3)] == [True, False, False]
    server.bucket.rate = 1e9
    assert asked(server, "shop").ok
