"""A small client of the product API, as the connector of an ERP would have it.

    client = ErpClient("http://127.0.0.1:8000", key)
    client.act("createProduct", sku="BOLT-8", data={"attributes": {"title": "Bolt, 8 mm"}})
    german = client.in_locale("de-de")
    german.act("listProduct", sku="BOLT-8")["data"]["attributes"]["title"]

It needs the standard library only, keeps its connection open, and raises `Refused` with the
server's own message. What carries the bytes can be exchanged: anything that is a `Send` will do.
"""

import http.client
import json
import selectors
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

PRODUCTS = "/pim/manage/products"
ATTRIBUTES = "/pim/manage/attributes"
CATEGORIES = "/pim/manage/categories"

PAGE_SIZE_MAX = 500  # products
TIMEOUT_SECONDS = 60
READING_PREFIXES = ("list", "get", "history")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One request. repeatable: sending it twice does no harm, because it only reads."""

    path: str
    body: bytes
    headers: Mapping[str, str]
    repeatable: bool
    method: str = "POST"


class Send(Protocol):
    """Whatever carries a request to the server and returns the HTTP status and the body."""

    def __call__(self, request: Request, /) -> tuple[int, bytes]: ...

    def close(self) -> None:
        """Let go of the connection, if there is one; the next request opens another."""


class Refused(Exception):
    """The server answered `status: Error`. The text is its message; errors lists every fault."""

    def __init__(self, http_status: int, reply: Json) -> None:
        super().__init__(str(reply.get("status_message", f"HTTP status {http_status}")))
        self.http_status = http_status
        self.errors: list[Json] = reply.get("errors", [])


class KeepAlive:
    """One connection to a server, kept open between requests.

    A server may close an idle connection at any time. When it has, a new one is opened before the
    next request. When it does so while a request is under way, one that only reads is sent once
    more. A write is not: it may have been done, and only the caller can find out.
    """

    def __init__(self, base_url: str) -> None:
        where = urlsplit(base_url)
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        if where.scheme not in kinds or not where.hostname:
            raise ValueError(f"{base_url!r} is no http:// or https:// address.")
        connect = kinds[where.scheme]
        self._connection = connect(where.hostname, where.port, timeout=TIMEOUT_SECONDS)
        self._prefix = where.path.rstrip("/")

    def __call__(self, request: Request, /) -> tuple[int, bytes]:
        """Send and return status and body; raises OSError or http.client.HTTPException."""
        if self._is_dropped():
            self.close()
        try:
            return self._exchange(request)
        except (ConnectionError, http.client.HTTPException):
            self.close()
            if not request.repeatable:
                raise
            return self._exchange(request)

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        self._connection.close()

    def _is_dropped(self) -> bool:
        """Return whether the server hung up: with no reply due, there is nothing else to read."""
        if self._connection.sock is None:
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(self._connection.sock, selectors.EVENT_READ)
            return bool(selector.select(timeout=0))

    def _exchange(self, request: Request) -> tuple[int, bytes]:
        path = self._prefix + request.path
        self._connection.request(request.method, path, request.body, dict(request.headers))
        response = self._connection.getresponse()
        return response.status, response.read()


class ErpClient:
    """Posts actions with one API key.

    open_sender: makes what carries the bytes, once per client; a client serves one thread, so
    every thread takes its own `twin()`.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        open_sender: Callable[[str], Send] = KeepAlive,
        sender: Send | None = None,
        locale: str | None = None,
    ) -> None:
        self._base_url = base_url
        self._key = key
        self._open_sender = open_sender
        self._send = sender or open_sender(base_url)
        self._prefix = f"/api/{locale}" if locale else ""

    def duplicate(self) -> "ErpClient":
        """Return a client of the same server and key with a connection of its own."""
        return ErpClient(self._base_url, self._key, open_sender=self._open_sender)

    def with_key(self, key: str) -> "ErpClient":
        """Return a client of the same server with another key, over the same connection."""
        return ErpClient(self._base_url, key, open_sender=self._open_sender, sender=self._send)

    def in_locale(self, locale: str) -> "ErpClient":
        """Return a client that reads and writes in that locale, over the same connection."""
        return ErpClient(
            self._base_url,
            self._key,
            open_sender=self._open_sender,
            sender=self._send,
            locale=locale,
        )

    def close(self) -> None:
        """Close the connection."""
        self._send.close()

    def act(self, action: str, /, path: str = PRODUCTS, **body: Any) -> Json:
        """Post an action and return the reply; raises Refused when the server says Error."""
        request = Request(
            path=self._prefix + path,
            body=json.dumps({"action": action, **body}).encode(),
            headers={"ApiKey": self._key, "Content-Type": "application/json"},
            repeatable=action.startswith(READING_PREFIXES),
        )
        return self._reply(request)

    def read(self, path: str) -> Json:
        """Get an address for shops and return the reply; raises Refused as `act` does."""
        headers = {"ApiKey": self._key}
        return self._reply(Request(self._prefix + path, b"", headers, True, method="GET"))

    def _reply(self, request: Request) -> Json:
        http_status, answer = self._send(request)
        reply = _envelope(answer)
        if reply.get("status") != "OK":
            raise Refused(http_status, reply)
        return reply

    def pages(self, **params: Any) -> Iterator[Json]:
        """Yield the replies of getList, page by page, up to the last product found."""
        sizes = {"pageSize": PAGE_SIZE_MAX, **params.pop("pagination", {})}
        number = 1
        while True:
            page = {**sizes, "pageNum": number}
            reply = self.act("getList", params={**params, "pagination": page})
            yield reply
            if number * sizes["pageSize"] >= reply["sku_count"]:
                return
            number += 1


def _envelope(answer: bytes) -> Json:
    try:
        reply = json.loads(answer)
    except ValueError:
        reply = {}
    return reply if isinstance(reply, dict) else {}
