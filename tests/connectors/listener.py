"""A server on this machine that answers as a test says, byte for byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Listener:
    """Its port, and the heads and bodies that it was sent."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


Serving = Callable[[socket.socket, Listener], None]


def answering(answer: bytes) -> Serving:
    """Return a way to serve: each request gets these bytes."""

    def serve(connection: socket.socket, listener: Listener) -> None:
        while request := read_request(connection):
            listener.requests.append(request)
            connection.sendall(answer)

    return serve


def read_request(connection: socket.socket) -> bytes:
    """Return a request with its body, by Content-Length; nothing at the end of the connection."""
    sent = b""
    while b"\r\n\r\n" not in sent:
        more = connection.recv(65536)
        if not more:
            return b""
        sent += more
    head, _, body = sent.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def listening(serve: Serving) -> Iterator[Listener]:
    """Serve on a free port while the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        listener = Listener(server.getsockname()[1])
        open_ones: list[socket.socket] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    open_ones.append(connection)
                    listener.connections += 1
                    threading.Thread(target=run, args=(connection,), daemon=True).start()

        def run(connection: socket.socket) -> None:
            with suppress(OSError), connection:
                serve(connection, listener)

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield listener
        finally:
            for one in open_ones:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
