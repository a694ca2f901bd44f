"""The ERP client against a server of the standard library that answers from a list."""

import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.catalogues.erp_client import CATEGORIES, ErpClient, Refused


@dataclass
class Replies:
    """What the server answers, in order; None: it hangs up. requests: what it got.

    polite: whether it keeps connections open after a reply, as it says. hung_up: set when it has
    closed one.
    """

    replies: list[dict[str, Any] | None] = field(default_factory=list)
    polite: bool = True
    hung_up: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, str | None, dict[str, Any]]] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)


@pytest.fixture
def server() -> Iterator[tuple[Replies, str]]:
    given = Replies()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            given.requests.append((self.path, self.headers["ApiKey"], body))
            given.connections.add(self.client_address[1])
            reply = given.replies.pop(0)
            if reply is None:
                self.close_connection = True
                return
            self._answer(json.dumps(reply).encode(), 200 if reply["status"] == "OK" else 404)
            self.close_connection = not given.polite

        def _answer(self, body: bytes, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    class Server(ThreadingHTTPServer):
        def shutdown_request(self, request: Any) -> None:
            super().shutdown_request(request)
            given.hung_up.set()

    with Server(("127.0.0.1", 0), Handler) as serving:
        serving.daemon_threads = True
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield given, f"http://127.0.0.1:{serving.server_port}/shop/"
        serving.shutdown()
        thread.join()


@pytest.fixture
def client(server: tuple[Replies, str]) -> Iterator[ErpClient]:
    _, url = server
    client = ErpClient(url, "pims_key")
    yield client
    client.close()


def test_an_action_is_posted_with_the_key_and_answers_the_reply(
    server: tuple[Replies, str], client: ErpClient
) -> None:
    given, _ = server
    given.replies = [{"status": "OK", "sku": "A"}]

    reply = client.act("createProduct", sku="A")

    assert reply == {"status": "OK", "sku": "A"}
    assert given.requests == [
        ("/shop/pim/manage/products", "pims_key", {"action": "createProduct", "sku": "A"})
    ]


def test_a_locale_goes_into_the_path_and_shares_the_connection(
    server: tuple[Replies, str], client: ErpClient
) -> None:
    given, _ = server
    given.replies = [{"status": "OK"}] * 3

    client.act("listCategories", path=CATEGORIES)
    client.in_locale("de-de").act("listCategories", path=CATEGORIES)
    client.act("listCategories", path=CATEGORIES)

    assert [path for path, _, _ in given.requests] == [
        "/shop/pim/manage/categories",
        "/shop/api/de-de/pim/manage/categories",
        "/shop/pim/manage/categories",
    ]
    assert len(given.connections) == 1


def test_a_refusal_raises_the_message_of_the_server(
    server: tuple[Replies, str], client: ErpClient
) -> None:
    given, _ = server
    fault = {"code": "not_found", "message": "Product does not exist!"}
    given.replies = [
        {"status": "Error", "status_message": "Product does not exist!", "errors": [fault]}
    ]

    with pytest.raises(Refused, match="Product does not exist!") as refused:
        client.act("listProduct", sku="A")

    assert refused.value.http_status == 404
    assert refused.value.errors == [fault]


def test_a_read_is_repeated_once_over_a_new_connection(
    server: tuple[Replies, str], client: ErpClient
) -> None:
    given, _ = server
    given.replies = [None, {"status": "OK", "sku": "A"}]

    reply = client.act("listProduct", sku="A")

    assert reply["sku"] == "A"
    assert len(given.connections) == 2


def test_a_read_is_not_repeated_twice(server: tuple[Replies, str], client: ErpClient) -> None:
    given, _ = server
    given.replies = [None, None]

    with pytest.raises(http.client.RemoteDisconnected):
        client.act("listProduct", sku="A")

    assert len(given.requests) == 2


def test_a_write_is_never_repeated(server: tuple[Replies, str], client: ErpClient) -> None:
    given, _ = server
    given.replies = [None]

    with pytest.raises(http.client.RemoteDisconnected):
        client.act("editProduct", sku="A")

    assert len(given.requests) == 1


def test_a_connection_that_was_closed_while_idle_is_opened_anew_for_a_write(
    server: tuple[Replies, str], client: ErpClient
) -> None:
    given, _ = server
    given.replies = [{"status": "OK"}] * 2
    given.polite = False
    client.act("createProduct", sku="A")
    assert given.hung_up.wait(timeout=10)

    client.act("createProduct", sku="B")

    assert [body["sku"] for _, _, body in given.requests] == ["A", "B"]
    assert len(given.connections) == 2


def test_pages_are_asked_for_until_the_last_product(
    server: tuple[Replies, str], client: ErpClient
) -> None:
    given, _ = server
    given.replies = [{"status": "OK", "products": [], "sku_count": 5}] * 3

    pages = list(client.pages(search="bolt", pagination={"pageSize": 2}))

    assert len(pages) == 3
    assert [body["params"] for _, _, body in given.requests] == [
        {"search": "bolt", "pagination": {"pageSize": 2, "pageNum": number}} for number in (1, 2, 3)
    ]


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "127.0.0.1:8000", "http://"])
def test_an_address_that_is_not_http_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is no http"):
        ErpClient(address, "pims_key")
