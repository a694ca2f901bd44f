"""A proxy on the loopback that connects to judged addresses alone.

For clients that resolve names by themselves, so that nothing could be judged before they connect:
they are told to ask here. It serves HTTPS (CONNECT), and requests over plain HTTP, each on its own
connection, to whoever has its password, while the block lasts.
"""

import base64
import hmac
import secrets
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import SplitResult, urlsplit, urlunsplit

from pims_api.connectors.addresses import AddressRefused, NotResolved, OutgoingRules, connect
from pims_api.connectors.metered import Metered

_HTTP = 80
_HEAD_BYTES_MAX = 16 * 1024
_CONNECT_S = 15.0
_IDLE_S = 300.0
_PIECE = 64 * 1024


@contextmanager
def tunnel(rules: OutgoingRules) -> Iterator[str]:
    """Yield the URL of a proxy that runs while the block lasts; its password is in the URL."""
    word = secrets.token_urlsafe(24)
    with _Proxy(rules, f"pims:{word}") as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://pims:{word}@127.0.0.1:{proxy.server_address[1]}"
        finally:
            proxy.shutdown()
            thread.join()


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, rules: OutgoingRules, credentials: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rules = rules
        self.expected = "Basic " + base64.b64encode(credentials.encode()).decode()


class _Handler(socketserver.BaseRequestHandler):
    server: _Proxy
    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(_CONNECT_S)
        with suppress(OSError, ValueError):
            head, rest = _read_head(self.request)
            lines = head.split("\r\n")
            if not _is_known(lines, self.server.expected):
                self._say(407, "Proxy Authentication Required")
                return
            method, place, _ = lines[0].split(" ", 2)
            if method == "CONNECT":
                host, _, port = place.rpartition(":")
                self._join(host.strip("[]").lower(), int(port))
            else:
                parts = urlsplit(place)
                sent = _head_for(parts, method, lines[1:]) + rest
                self._join(parts.hostname or "", parts.port or _HTTP, sent)

    def _join(self, host: str, port: int, sent: bytes = b"") -> None:
        """Pass on what both sides say. sent: a request that was read already."""
        try:
            other = connect(host, port, self.server.rules, _CONNECT_S)
        except (AddressRefused, NotResolved):
            self._say(403, "Forbidden")
        except OSError:
            self._say(502, "Bad Gateway")
        else:
            with other:
                metered = Metered(other)
                if sent:
                    metered.sendall(sent)
                else:
                    self._say(200, "Connection Established")
                _pass_both_ways(self.request, metered)

    def _say(self, status: int, reason: str) -> None:
        self.request.sendall(f"HTTP/1.1 {status} {reason}\r\n\r\n".encode())


def _read_head(connection: socket.socket) -> tuple[str, bytes]:
    """Return a request without its body, and what was read of that.

    Raises ValueError for one that has no end.
    """
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(4096)
        if not more or len(head) > _HEAD_BYTES_MAX:
            raise ValueError("no request")
        head += more
    lines, _, rest = head.partition(b"\r\n\r\n")
    return lines.decode("latin-1"), rest


def _head_for(parts: SplitResult, method: str, lines: list[str]) -> bytes:
    """Return the head of a request as the server behind gets it; its connection ends with it."""
    place = urlunsplit(("", "", parts.path or "/", parts.query, ""))
    ours = ("proxy-authorization", "proxy-connection", "connection")
    kept = [one for one in lines if one.partition(":")[0].strip().lower() not in ours]
    told = [f"{method} {place} HTTP/1.1", *kept, "Connection: close", "", ""]
    return "\r\n".join(told).encode("latin-1")


def _is_known(lines: list[str], expected: str) -> bool:
    for line in lines[1:]:
        name, _, value = line.partition(":")
        if name.strip().lower() == "proxy-authorization":
            return hmac.compare_digest(value.strip().encode(), expected.encode())
    return False


def _pass_both_ways(one: socket.socket, other: Metered) -> None:
    back = threading.Thread(target=_pass_on, args=(other, one), daemon=True)
    back.start()
    _pass_on(one, other)
    back.join(_IDLE_S)


def _pass_on(source: socket.socket | Metered, sink: socket.socket | Metered) -> None:
    """Copy until an end; then the sink is told that nothing follows."""
    source.settimeout(_IDLE_S)
    with suppress(OSError):
        while piece := source.recv(_PIECE):
            sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
