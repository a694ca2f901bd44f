"""Requests to a server that does what it should not."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from pims_api.connectors.addresses import OutgoingRules
from pims_api.connectors.http_exchange import ANSWER_BYTES_MAX, ExchangeFailed, HttpClient
from tests.connectors.listener import Listener, answering, listening, read_request

LOOPBACK = OutgoingRules.from_text("127.0.0.1/32")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
BOMB = gzip.compress(bytes(20_000_000))


@pytest.fixture
def client() -> Iterator[HttpClient]:
    made = HttpClient(LOOPBACK, timeout_s=0.5)
    yield made
    made.close()


def test_the_answer_comes_back_and_the_connection_stays(client: HttpClient) -> None:
    with listening(answering(OK)) as listener:
        for _ in range(3):
            answer = client.send("POST", f"{listener.url}/hook?a=b", {"X-Of": "us"}, b"body")
            assert (answer.status, answer.body) == (200, b"ok")
    assert listener.connections == 1
    head, _, body = listener.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=b HTTP/1.1\r\n")
    assert b"X-Of: us" in head
    assert b"User-Agent: PIMS/" in head
    assert body == b"body"


def test_a_redirect_is_an_answer_like_others(client: HttpClient) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with listening(answering(moved)) as listener:
        assert client.send("POST", listener.url, {}, b"").status == 302
    assert listener.connections == 1


def test_an_endless_answer_is_cut(client: HttpClient) -> None:
    def endless(connection: socket.socket, listener: Listener) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"1000\r\n" + b"a" * 4096 + b"\r\n")

    with listening(endless) as listener:
        assert len(client.send("POST", listener.url, {}, b"").body) == ANSWER_BYTES_MAX


def test_endless_promises_of_an_answer_end_with_the_time(client: HttpClient) -> None:
    def promise(connection: socket.socket, listener: Listener) -> None:
        read_request(connection)
        while True:
            connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")

    began = time.monotonic()
    with listening(promise) as listener, pytest.raises(ExchangeFailed, match=r"in 0\.5 s"):
        client.send("POST", listener.url, {}, b"")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "more",
    [
        b"Content-Length: 10000000000\r\n\r\n" + b"a" * 100_000,
        b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB,
        b"X: y\r\n" * 1_000 + b"\r\n" + b"a" * 70_000,
    ],
)
def test_an_answer_is_taken_as_it_comes_up_to_its_limit(client: HttpClient, more: bytes) -> None:
    """Nothing is unpacked, and nothing waits for the length that was promised."""
    with listening(answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + more)) as listener:
        answer = client.send("POST", listener.url, {}, b"")
    assert (answer.status, len(answer.body) <= ANSWER_BYTES_MAX) == (200, True)


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\n", LONG])
def test_a_slow_answer_ends_with_the_time(client: HttpClient, first: bytes) -> None:
    over = threading.Event()

    def drip(connection: socket.socket, listener: Listener) -> None:
        read_request(connection)
        connection.sendall(first)
        while not over.wait(0.05):
            connection.sendall(b"x")

    began = time.monotonic()
    with listening(drip) as listener, pytest.raises(ExchangeFailed, match=r"in 0\.5 s"):
        client.send("POST", listener.url, {"Connection": "close"}, b"")
    over.set()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000]
)
def test_what_is_no_answer_is_told_as_a_broken_connection(
    client: HttpClient, answer: bytes
) -> None:
    def serve(connection: socket.socket, listener: Listener) -> None:
        read_request(connection)
        connection.sendall(answer)

    with listening(serve) as listener, pytest.raises(ExchangeFailed, match="broke"):
        client.send("POST", listener.url, {}, b"")


def test_nobody_listens(client: HttpClient) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(ExchangeFailed, match="could not be made"):
            client.send("POST", url, {}, b"")


def test_an_address_inside_is_refused_before_anything_is_sent() -> None:
    client = HttpClient(OutgoingRules(), timeout_s=0.5)
    with listening(answering(OK)) as listener, pytest.raises(ExchangeFailed, match="not a public"):
        client.send("POST", listener.url, {}, b"")
    assert listener.connections == 0
