"""One HTTP request to an address that somebody else chose, within a time and a size.

Redirects are not followed: where they lead is not where the request was to go. Answers are read up
to a size, 64 kB unless more is expected. A server that answers byte by byte does not hold the
caller longer than one that is silent, for the time is counted over the whole exchange.

Source: docs/operating.md, Outgoing connections.
"""

import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpcore

from pims_api import __version__
from pims_api.connectors.addresses import AddressRefused, NotResolved, OutgoingRules, resolve

ANSWER_BYTES_MAX = 64 * 1024
USER_AGENT = f"PIMS/{__version__}"
_TIMEOUTS = ("connect", "read", "write", "pool")
_BROKEN = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError)


class ExchangeFailed(Exception):
    """There was no answer. Its text says why and may be shown to the caller."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. body: its beginning. headers: by their names in small letters."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class HttpClient:
    """Sends requests one after the other, and keeps connections open between them.

    timeout_s: of a whole exchange, from the connection to the end of the answer. answer_bytes_max:
    what is read of an answer.
    """

    rules: OutgoingRules
    timeout_s: float = 10.0
    answer_bytes_max: int = ANSWER_BYTES_MAX
    _pool: httpcore.ConnectionPool = field(init=False)
    _until: "Until" = field(init=False)

    def __post_init__(self) -> None:
        self._until = Until()
        backend = _JudgedNetwork(self.rules, self._until)
        self._pool = httpcore.ConnectionPool(
            network_backend=backend, max_connections=1, keepalive_expiry=30.0
        )

    def send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | Iterator[bytes]
    ) -> Answer:
        """Return the answer to a request. Raises ExchangeFailed."""
        self._until.at = time.monotonic() + self.timeout_s
        sent = {"User-Agent": USER_AGENT, **headers}
        within = {"timeout": dict.fromkeys(_TIMEOUTS, self.timeout_s)}
        try:
            with self._pool.stream(
                method, url, headers=list(sent.items()), content=content, extensions=within
            ) as answer:
                body = _start_of(answer.iter_stream(), self.answer_bytes_max)
                return Answer(answer.status, body, _plain(answer.headers))
        except (AddressRefused, NotResolved) as refused:
            raise ExchangeFailed(str(refused)) from None
        except httpcore.TimeoutException:
            raise ExchangeFailed(f"There was no whole answer in {self.timeout_s:g} s.") from None
        except ssl.SSLError as error:
            raise ExchangeFailed(f"The certificate was not accepted: {error.reason}.") from None
        except _BROKEN:
            raise ExchangeFailed("The connection could not be made, or it broke.") from None

    def close(self) -> None:
        """Close the connections that are open."""
        self._pool.close()


@dataclass(slots=True)
class Until:
    """By when the exchange must be over, on the monotonic clock."""

    at: float = 0.0

    def left(self) -> float:
        """Return the seconds that are left. Raises ReadTimeout when none are."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class _JudgedNetwork(httpcore.NetworkBackend):
    """Connections to judged addresses alone."""

    def __init__(self, rules: OutgoingRules, until: Until) -> None:
        self._rules, self._until = rules, until
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        options = None if socket_options is None else list(socket_options)
        failed = httpcore.ConnectError()
        for number in resolve(host, port, self._rules):
            left = self._until.left()
            try:
                made = self._inner.connect_tcp(number, port, left, local_address, options)
            except httpcore.ConnectError as error:
                failed = error
            else:
                return _Stream(made, self._until)
        raise failed


class _Stream(httpcore.NetworkStream):
    """A connection whose every step has the time that is left of the exchange."""

    def __init__(self, inner: httpcore.NetworkStream, until: Until) -> None:
        self._inner, self._until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._until.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._until.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._until.left()
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _start_of(chunks: Iterator[bytes], size: int) -> bytes:
    """Return the first bytes of an answer; the rest is not read."""
    kept = bytearray()
    for chunk in chunks:
        kept += chunk
        if len(kept) >= size:
            break
    return bytes(kept[:size])


def _plain(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
