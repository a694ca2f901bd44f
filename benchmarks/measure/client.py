"""A client that costs little: requests made beforehand, one thread, one loop over all connections.

Each connection sends its next request when its reply is whole, so there are always as many
requests under way as there are connections.
"""

import gc
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.errors import BenchError
from benchmarks.measure.figures import Round
from benchmarks.measure.requests import REST_PATH, Call

SILENCE_S = 120  # without any reply for so long, the server is taken for dead
_CHUNK = 1 << 18
_TRIES = 400
_ACCEPTED = (b"HTTP/1.1 200", b"HTTP/1.1 201")


class Refused(BenchError):
    """The server answered a request with an error."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"The server answered {status}: {body[:500].decode(errors='replace')}")
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is, and the key that opens it."""

    host: str
    port: int
    key: str

    def message(self, path: str, body: bytes, method: str = "POST") -> bytes:
        """Return a whole request."""
        name = "X-Sigma-ApiKey" if path.startswith(REST_PATH) else "ApiKey"
        return self.with_headers(f"{name}: {self.key}", path, body, method)

    def with_headers(self, headers: str, path: str, body: bytes, method: str) -> bytes:
        """Return a whole request that says by these headers who asks."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{headers}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


def message_of(address: Address, call: Call) -> bytes:
    """Return a whole request."""
    if call.tenant is None:
        return address.message(call.path, call.body, call.method)
    names = f"X-Tenant-ID: {call.tenant.uuid}\r\nX-Org-ID: {call.tenant.org}"
    headers = f"Authorization: Bearer {address.key}\r\n{names}"
    return address.with_headers(headers, call.path, call.body, call.method)


class Connection:
    """A kept-alive connection, with at most one request under way."""

    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection((address.host, address.port), timeout=SILENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._parts: list[bytes] = []
        self._missing: int | None = None

    def send(self, message: bytes) -> None:
        """Send a request. Its reply is to be received before the next one."""
        self._parts.clear()
        self._missing = None
        self.sent_at = time.perf_counter()
        self.socket.sendall(message)

    def receive(self) -> bool:
        """Take what has arrived; return whether the reply is whole. Raises Refused."""
        part = self.socket.recv(_CHUNK)
        if not part:
            raise BenchError("The server closed a connection before it answered.")
        self._parts.append(part)
        if self._missing is None:
            self._missing = self._size_of_rest()
        else:
            self._missing -= len(part)
        if self._missing is None or self._missing > 0:
            return False
        if not self._parts[0].startswith(_ACCEPTED):
            raise Refused(int(self._parts[0][9:12]), self.body())
        return True

    def body(self) -> bytes:
        """Return the body of the reply."""
        return b"".join(self._parts).partition(b"\r\n\r\n")[2]

    def ask(self, message: bytes) -> bytes:
        """Send a request and return the body of its reply. Raises Refused."""
        self.send(message)
        while not self.receive():
            pass
        return self.body()

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _size_of_rest(self) -> int | None:
        """Return how many bytes are still to come, once the head is there."""
        reply = b"".join(self._parts)
        head, end, body = reply.partition(b"\r\n\r\n")
        if not end:
            return None
        self._parts = [reply]
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return int(length) - len(body)


@contextmanager
def connections(
    addresses: Sequence[Address], count: int, workers: int
) -> Iterator[list[Connection]]:
    """Open connections that are spread evenly over the nodes, and over the workers of each.

    addresses: one of each node. Fewer connections than nodes leave the last nodes out.
    """
    opened: list[Connection] = []
    with ExitStack() as stack:
        for place, address in enumerate(addresses):
            share = len(range(place, count, len(addresses)))
            opened += stack.enter_context(_spread(address, share, workers))
        yield opened


@contextmanager
def _spread(address: Address, count: int, workers: int) -> Iterator[list[Connection]]:
    """Open connections to one node.

    A kept-alive connection stays with the worker that accepted it, and which one that is, is left
    to chance: one that would lean on a worker too much is held until all are there, then closed.
    """
    kept: list[Connection] = []
    surplus: list[Connection] = []
    most = -(-count // workers)
    found: Counter[bytes] = Counter()
    try:
        while len(kept) < count:
            made = Connection(address)
            worker = made.ask(_WHO % address.host.encode())
            if found[worker] < most or len(surplus) > _TRIES:
                found[worker] += 1
                kept.append(made)
            else:
                surplus.append(made)
        _close(surplus)
        yield kept
    finally:
        _close([*kept, *surplus])


_WHO = b"GET /bench/worker HTTP/1.1\r\nHost: %b\r\n\r\n"


def drive(opened: Sequence[Connection], messages: Iterator[bytes], seconds: float) -> Round:
    """Send requests on all connections for so long and return how long each took."""
    latencies: list[float] = []
    gc.collect()
    gc.disable()
    try:
        with selectors.DefaultSelector() as selector:
            for one in opened:
                selector.register(one.socket, selectors.EVENT_READ, one)
            start, spent = time.perf_counter(), time.process_time()
            for one in opened:
                one.send(next(messages))
            _answered(selector, messages, start + seconds, latencies)
            computing = time.process_time() - spent
            return Round(latencies, time.perf_counter() - start, computing)
    finally:
        gc.enable()


def _answered(
    selector: selectors.BaseSelector,
    messages: Iterator[bytes],
    end: float,
    latencies: list[float],
) -> None:
    """Go on until the time is over and no reply is missing."""
    under_way = len(selector.get_map())
    while under_way:
        ready = selector.select(SILENCE_S)
        if not ready:
            raise BenchError(f"The server has not answered for {SILENCE_S} seconds.")
        for key, _ in ready:
            one: Connection = key.data
            if not one.receive():
                continue
            now = time.perf_counter()
            latencies.append(now - one.sent_at)
            if now < end:
                one.send(next(messages))
            else:
                under_way -= 1


def _close(opened: Sequence[Connection]) -> None:
    for one in opened:
        one.close()
