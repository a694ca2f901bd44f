"""The client of shops: what it tries again, how it paces itself, and at what it stops."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from pims_api.connectors.shopify.client import (
    ATTEMPTS,
    Shop,
    ShopClient,
    ShopInvalid,
    ShopRefused,
    ShopUnavailable,
    TooCostly,
)
from pims_api.connectors.shopify.shop_status import ShopFound, ShopNotFound, look_at_shop
from tests.connectors.shopify.server import TOKEN, VERSION, Bucket, Server, serving
from tests.connectors.shopify.shop import Shop as FakeShop

NAME = "query { shop { name } }"
PRODUCTS = """
query Pages($first: Int!, $after: String) {
  products(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { title variants(first: 50) { nodes { id } } }
  }
}
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(FakeShop()) as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    """The pauses that the client made."""
    return []


@pytest.fixture
def client(server: Server, waits: list[float]) -> Iterator[ShopClient]:
    made = ShopClient(Shop("acme", server.url, VERSION, 5.0, token=TOKEN), wait=waits.append)
    yield made
    made.close()


@pytest.mark.parametrize("fault", ["break", "429", "500", "502", "503", "504", "lost"])
def test_what_may_pass_is_tried_again(
    server: Server, client: ShopClient, waits: list[float], fault: str
) -> None:
    server.faults.extend([fault] * (ATTEMPTS - 1))
    assert client.ask(NAME) == {"shop": {"name": "Acme"}}
    assert len(waits) == ATTEMPTS - 1
    if fault == "429":
        assert waits == [0.05] * 5  # as the shop asked
    else:
        assert [low <= one <= 2 * low for one, low in zip(waits, [0.25, 0.5, 1, 2, 4], strict=True)]


@pytest.mark.parametrize(("fault", "answered"), [("break", False), ("500", True)])
def test_it_is_given_up_in_the_end(
    server: Server, client: ShopClient, fault: str, answered: bool
) -> None:
    server.faults.extend([fault] * ATTEMPTS)
    with pytest.raises(ShopUnavailable) as raised:
        client.ask(NAME)
    assert raised.value.answered is answered
    assert client.ask(NAME)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("401", "unauthorized"),
        ("402", "unavailable"),
        ("403", "forbidden"),
        ("404", "not_found"),
        ("423", "unavailable"),
        ("denied", "forbidden"),
    ],
)
def test_a_shop_that_is_not_open_is_not_asked_again(
    server: Server, client: ShopClient, waits: list[float], fault: str, kind: str
) -> None:
    server.faults.append(fault)
    with pytest.raises(ShopInvalid) as raised:
        client.ask(NAME)
    assert (raised.value.kind, waits) == (kind, [])
    assert TOKEN not in str(raised.value)


def test_it_waits_until_there_are_points_enough(
    server: Server, client: ShopClient, waits: list[float]
) -> None:
    server.faults.extend(["throttled"] * 30)
    assert client.ask(NAME)
    assert len(waits) == 30
    server.faults.extend(["throttled"] * 31)
    with pytest.raises(ShopUnavailable, match="too busy"):
        client.ask(NAME)
    assert (len(waits), len(server.faults)) == (60, 0)


def test_the_pause_is_computed_from_what_the_shop_tells(
    server: Server, client: ShopClient, waits: list[float]
) -> None:
    server.bucket = Bucket(size=1.0, rate=1e-9)
    client.ask(NAME)
    with pytest.raises(ShopUnavailable):
        client.ask(NAME)
    assert all(1.05 <= one <= 1.25 for one in waits)  # one point is missing, and a moment more


def test_all_who_ask_a_shop_wait_when_one_of_them_is_told_to(
    server: Server, client: ShopClient, waits: list[float]
) -> None:
    pauses: list[float] = []
    other = ShopClient(client.shop, wait=pauses.append)
    server.bucket = Bucket(size=1.0, rate=0.001)
    assert client.ask(NAME)
    with pytest.raises(ShopUnavailable):
        client.ask(NAME)
    server.bucket = Bucket()
    assert other.ask(NAME)
    assert len(pauses) == 1
    assert 0.5 < pauses[0] <= waits[-1]
    other.close()


@pytest.mark.parametrize("asked", ["-1", "nan", "0", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_pause_that_is_none_is_not_kept(
    server: Server, client: ShopClient, waits: list[float], asked: str
) -> None:
    server.retry_after = asked
    server.faults.append("429")
    assert client.ask(NAME)
    assert [0.25 <= one <= 0.5 for one in waits] == [True]


def test_a_pause_of_days_is_kept_for_minutes(
    server: Server, client: ShopClient, waits: list[float]
) -> None:
    server.retry_after = "inf"
    server.faults.append("429")
    assert client.ask(NAME)
    assert waits == [300.0]


@pytest.mark.parametrize("fault", ["break", "lost", "500", "internal"])
def test_a_request_that_may_have_been_done_is_repeated_with_what_is_said_then(
    server: Server, client: ShopClient, fault: str
) -> None:
    server.faults.extend(["429", "throttled", fault])
    query = "query One($id: ID!) { product(id: $id) { id } }"
    sent = iter(["gid://shopify/Product/2"])
    client.ask(query, {"id": "gid://shopify/Product/1"}, lambda: {"id": next(sent)})
    asked = [one["variables"]["id"][-1] for one in server.requests]
    assert asked[-1] == "2"
    assert set(asked[:-1]) == {"1"}


def test_what_is_asked_of_a_product_is_halved_until_it_costs_little_enough(
    server: Server, client: ShopClient
) -> None:
    product = server.shop.add(title="A")
    server.bucket = Bucket(size=8.0, rate=1e9)
    query = """
    query One($id: ID!, $variants: Int!, $media: Int!) {
      product(id: $id) { variants(first: $variants) { nodes { id } }
                         media(first: $media) { nodes { id } } }
    }"""
    assert client.ask_whole(query, {"id": product.id})["product"]
    assert (client.nested, server.requests[-1]["variables"]["media"]) == (25, 5)
    asked = len(server.requests)
    client.ask_whole(query, {"id": product.id})
    assert len(server.requests) == asked + 1


def test_what_never_fits_is_refused_at_once(
    server: Server, client: ShopClient, waits: list[float]
) -> None:
    server.bucket = Bucket(size=0.5)
    with pytest.raises(TooCostly):
        client.ask(NAME)
    assert waits == []


def test_pages_are_halved_until_they_cost_little_enough(server: Server, client: ShopClient) -> None:
    for number in range(30):
        server.shop.add(title=f"P{number}")
    server.bucket = Bucket(size=6.0, rate=1e9)
    pages = [[one["title"] for one in page] for page in client.pages(PRODUCTS, "products", {})]
    assert [one for page in pages for one in page] == [f"P{number}" for number in range(30)]
    assert max(map(len, pages)) < 30


def test_a_query_that_is_wrong_is_refused(client: ShopClient) -> None:
    with pytest.raises(ShopRefused, match="nam"):
        client.ask("query { shop { nam } }")


def test_client_credentials_get_a_token_that_is_kept(server: Server) -> None:
    shop = Shop("acme", server.url, VERSION, 5.0, client_id="client", client_secret="shpss_secret")
    client = ShopClient(shop)
    assert client.ask(NAME)
    assert client.ask(NAME)
    assert len(server.tokens) == 2  # the one that was there, and the one that was made
    client._token_until = 0.0
    assert client.ask(NAME)
    assert len(server.tokens) == 3
    client.close()
    assert "shpss_secret" not in repr(shop)


@pytest.mark.parametrize("seconds", [None, "soon", [1], {}])
def test_a_token_that_is_given_for_no_time_that_is_known_is_used(
    server: Server, seconds: Any
) -> None:
    server.granted = {"expires_in": seconds}
    with closing(by_credentials(server)) as client:
        assert client.ask(NAME)


@pytest.mark.parametrize("token", [None, 5, "", "a\nb", "\u2713", {"a": 1}])
def test_what_is_no_token_is_told(server: Server, token: Any) -> None:
    server.granted = {"access_token": token}
    with closing(by_credentials(server)) as client:
        found = look_at_shop(client.shop, client)
    assert found == ShopNotFound("unavailable", "The shop answered with status 200.")


def test_credentials_that_are_forbidden_are_told_so(server: Server) -> None:
    server.grant_status = 403
    with closing(by_credentials(server)) as client:
        found = look_at_shop(client.shop, client)
    assert isinstance(found, ShopNotFound)
    assert found.error == "forbidden"


def by_credentials(server: Server) -> ShopClient:
    shop = Shop("acme", server.url, VERSION, 5.0, client_id="client", client_secret="shpss_secret")
    return ShopClient(shop, wait=lambda _: None)


def test_wrong_client_credentials_are_told(server: Server) -> None:
    client = ShopClient(Shop("acme", server.url, VERSION, 5.0, client_id="a", client_secret="b"))
    with pytest.raises(ShopInvalid, match="client id"):
        client.ask(NAME)
    client.close()


# The test of a connection


def test_a_shop_tells_what_it_is(server: Server, client: ShopClient) -> None:
    server.shop.add(title="A")
    assert look_at_shop(client.shop, client) == ShopFound("Acme", "Basic", 1, ())
    assert server.shop.mutations == []


@pytest.mark.parametrize("told", [{"shop": None}, {}, {"shop": {"name": "A", "plan": None}}])
def test_an_answer_that_is_not_that_of_a_shop_is_told_so(
    server: Server, client: ShopClient, monkeypatch: pytest.MonkeyPatch, told: dict[str, Any]
) -> None:
    monkeypatch.setattr(Server, "execute", lambda self, sent: {"data": told})
    found = look_at_shop(client.shop, client)
    assert isinstance(found, ShopNotFound)
    assert found.error == "unavailable"


def test_an_answer_that_takes_too_long_is_asked_for_again(server: Server) -> None:
    server.answer_s, waits = 0.5, list[float]()

    def wait(seconds: float) -> None:
        waits.append(seconds)
        server.answer_s = 0.0
        client.shop = replace(client.shop, timeout_s=30.0)

    client = ShopClient(Shop("acme", server.url, VERSION, 0.1, token=TOKEN), wait=wait)
    assert client.ask(NAME) == {"shop": {"name": "Acme"}}
    assert (len(waits), len(server.requests)) == (1, 2)
    client.close()


def test_who_may_write_products_may_read_them(server: Server, client: ShopClient) -> None:
    server.shop.scopes = ["write_products"]
    assert look_at_shop(client.shop, client) == ShopFound("Acme", "Basic", 0, ())


def test_all_products_are_counted(server: Server, client: ShopClient) -> None:
    sent = server.shop.add(title="A")
    server.shop.products |= {f"gid://shopify/Product/x{number}": sent for number in range(10_000)}
    found = look_at_shop(client.shop, client)
    assert isinstance(found, ShopFound)
    assert found.products == 10_001


def test_missing_scopes_and_another_version_are_warned_of(
    server: Server, client: ShopClient
) -> None:
    server.shop.scopes = ["read_products"]
    server.served_version = "2027-01"
    found = look_at_shop(client.shop, client)
    assert isinstance(found, ShopFound)
    assert [one.split(":")[0] for one in found.warnings] == [
        "The app lacks the scope write_products",
        "The shop serves version 2027-01 of its API instead of 2026-10.",
    ]


@pytest.mark.parametrize(
    ("faults", "error"),
    [
        (["401"], "unauthorized"),
        (["403"], "forbidden"),
        (["denied"], "forbidden"),
        (["404"], "not_found"),
        (["break"] * ATTEMPTS, "unreachable"),
        (["500"] * ATTEMPTS, "unavailable"),
    ],
)
def test_why_a_shop_cannot_be_used(
    server: Server, client: ShopClient, faults: list[str], error: str
) -> None:
    server.faults.extend(faults)
    found = look_at_shop(client.shop, client)
    assert isinstance(found, ShopNotFound)
    assert found.error == error


def test_it_gives_up_in_time(server: Server, client: ShopClient) -> None:
    client.until = time.monotonic() + 0.2
    server.faults.extend(["500"] * ATTEMPTS)
    found = look_at_shop(client.shop, client)
    assert isinstance(found, ShopNotFound)
    assert found.error == "unavailable"
