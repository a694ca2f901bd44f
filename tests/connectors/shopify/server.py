"""The shop over HTTP: tokens, the bucket of costs, and faults that a test asks for."""

import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    IntValueNode,
    SelectionSetNode,
    VariableNode,
    execute_sync,
    parse,
    validate,
)

from tests.connectors.shopify.shop import Root, Shop, schema

TOKEN = "shpat_0123456789abcdef"
VERSION = "2026-10"
SINGLE_QUERY_MAX = 1000.0
_ELSEWHERE = "/elsewhere"


class Bucket:
    """Points that requests cost, restored with time."""

    def __init__(self, size: float = 1000.0, rate: float = 100.0) -> None:
        self.size, self.rate, self._left, self._at = size, rate, size, time.monotonic()

    def take(self, points: float) -> bool:
        """Take points if they are there."""
        now = time.monotonic()
        self._left = min(self.size, self._left + (now - self._at) * self.rate)
        self._at = now
        if points > self._left:
            return False
        self._left -= points
        return True

    def status(self) -> dict[str, float]:
        return {
            "maximumAvailable": self.size,
            "currentlyAvailable": int(self._left),
            "restoreRate": self.rate,
        }


class Server(ThreadingHTTPServer):
    """Serves one shop.

    faults: what happens to the next requests, one each: `429`, `500`, `503`, `401`, `break` (the
    connection breaks before anything is done), `lost` (after it was done), `throttled`, `internal`,
    `302` (it is said to be elsewhere, where nobody may ask).
    """

    daemon_threads = True

    def __init__(self, shop: Shop) -> None:
        schema()  # where it is missing the test is skipped; in a thread that answers it would fail
        super().__init__(("127.0.0.1", 0), _Handler)
        self.shop, self.bucket = shop, Bucket()
        self.faults: deque[str] = deque()
        self.answer_s, self.retry_after = 0.0, "0.05"
        self.served_version = VERSION
        self.requests: list[dict[str, Any]] = []
        self.followed = 0  # requests to where a redirect leads
        self.tokens = {TOKEN}
        self.clients = {"client": "shpss_secret"}
        self.granted: dict[str, Any] = {}  # what the answer to client credentials says instead
        self.grant_status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def execute(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to an operation."""
        document = read_document(sent["query"])
        if isinstance(document, list):
            return {"errors": document}
        with self.shop.lock:
            return self._paid(document, sent.get("variables") or {})

    def _paid(self, document: DocumentNode, variables: dict[str, Any]) -> dict[str, Any]:
        points = cost(document, variables)
        told: dict[str, Any] = {"requestedQueryCost": points, "actualQueryCost": None}
        if points > SINGLE_QUERY_MAX:
            return _failed("MAX_COST_EXCEEDED", "Query cost is over the limit", told, self.bucket)
        if not self.bucket.take(points):
            return _failed("THROTTLED", "Throttled", told, self.bucket)
        done = execute_sync(schema(), document, Root(self.shop), variable_values=variables)
        told |= {"actualQueryCost": points, "throttleStatus": self.bucket.status()}
        answer: dict[str, Any] = {"data": done.data, "extensions": {"cost": told}}
        if done.errors:
            answer["errors"] = [one.formatted for one in done.errors]
        return answer


@lru_cache(maxsize=256)
def read_document(text: str) -> DocumentNode | list[Any]:
    """Return an operation, or what is wrong with it; the same text is read once."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return [error.formatted]
    return [one.formatted for one in validate(schema(), document)] or document


def _failed(code: str, message: str, told: dict[str, Any], bucket: Bucket) -> dict[str, Any]:
    told = told | {"throttleStatus": bucket.status()}
    error = {"message": message, "extensions": {"code": code}}
    return {"errors": [error], "extensions": {"cost": told}}


def cost(document: DocumentNode, variables: dict[str, Any]) -> float:
    """Return what an operation costs, about as Shopify counts."""
    total = 0.0
    for one in document.definitions:
        chosen = getattr(one, "selection_set", None)
        total += _cost(chosen, variables) + (10 if "MUTATION" in str(one) else 0)
    sent = variables.get("input") or {}
    if isinstance(sent, dict):
        total += 0.2 * len(sent.get("variants") or ()) + 1.9 * len(sent.get("files") or ())
    return total


def _cost(chosen: SelectionSetNode | None, variables: dict[str, Any]) -> float:
    """Return the cost of fields: an object 1, a page a tenth for each thing that it may hold."""
    total = 0.0
    for one in chosen.selections if chosen else ():
        inner = getattr(one, "selection_set", None)
        if inner is not None:
            size = _size(one, variables) if isinstance(one, FieldNode) else None
            within = _cost(inner, variables)
            total += 1 + within if size is None else 1 + 0.1 * size * (1 + 0.1 * within)
    return total


def _size(one: FieldNode, variables: dict[str, Any]) -> int | None:
    for argument in one.arguments or ():
        if argument.name.value in ("first", "last"):
            value = argument.value
            if isinstance(value, IntValueNode):
                return int(value.value)
            if isinstance(value, VariableNode):
                return int(variables.get(value.name.value) or 1)
    return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer goes in one piece
    server: Server

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = self.server
        fault = server.faults.popleft() if server.faults else ""
        if self.path == _ELSEWHERE:
            server.followed += 1
        if fault == "break":
            self._break()
        elif fault in ("301", "302", "307", "308"):
            self._send(int(fault), {}, {"Location": f"{server.url}{_ELSEWHERE}"})
        elif self.path.endswith("/admin/oauth/access_token"):
            self._sign_in(json.loads(body))
        elif fault in ("429", "500", "502", "503", "504", "402", "403", "404", "423"):
            headers = {"Retry-After": server.retry_after} if fault == "429" else {}
            self._send(int(fault), {"errors": "Something went wrong"}, headers)
        elif self.headers.get("X-Shopify-Access-Token") not in server.tokens or fault == "401":
            text = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            self._send(401, {"errors": text})
        elif not self.path.endswith(f"/admin/api/{VERSION}/graphql.json"):
            self._send(404, {"errors": "Not Found"})
        else:
            self._graphql(json.loads(body), fault)

    def _graphql(self, sent: dict[str, Any], fault: str) -> None:
        server = self.server
        server.requests.append(sent)
        time.sleep(server.answer_s)
        if fault in ("throttled", "internal", "denied"):
            code = {"throttled": "THROTTLED", "internal": "INTERNAL_SERVER_ERROR"}.get(
                fault, "ACCESS_DENIED"
            )
            told = {"requestedQueryCost": 1, "actualQueryCost": None}
            self._send(200, _failed(code, code.title(), told, server.bucket))
            return
        answer = server.execute(sent)
        if fault == "lost":
            self._break()
        else:
            self._send(200, answer)

    def _sign_in(self, sent: dict[str, Any]) -> None:
        known = self.server.clients.get(sent.get("client_id") or "")
        if known is None or sent.get("client_secret") != known:
            self._send(400, {"error": "invalid_client"})
            return
        token = f"shpat_made_{len(self.server.tokens)}"
        self.server.tokens.add(token)
        told = {"access_token": token, "scope": "write_products", "expires_in": 86399}
        self._send(self.server.grant_status, told | self.server.granted)

    def _break(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Shopify-API-Version", self.server.served_version)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


@contextmanager
def serving(shop: Shop, kind: type[Server] = Server) -> Iterator[Server]:
    """Serve a shop while the block lasts."""
    with kind(shop) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
