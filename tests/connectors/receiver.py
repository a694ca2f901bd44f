"""A receiver of webhooks on this machine: it answers as a test says and keeps what it was told."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.connectors.listener import Listener, listening, read_request


@dataclass(frozen=True)
class Told:
    """One request: its headers by names in small letters, and its body."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """What it was told, in order. answers: the status of each request; at the end 200."""

    answers: list[int] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    note: Callable[[Told], None] = lambda _: None
    url: str = ""

    @property
    def events(self) -> list[str]:
        return [one.json["event"] for one in self.told]

    @property
    def ids(self) -> list[str]:
        return [one.json["deliveryId"] for one in self.told]

    def serve(self, connection: socket.socket, _: Listener) -> None:
        """Answer requests until the connection ends."""
        while request := read_request(connection):
            told = parsed(request)
            self.told.append(told)
            self.note(told)
            status = self.answers.pop(0) if self.answers else 200
            connection.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())


def parsed(request: bytes) -> Told:
    """Return a request with its headers."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    headers = {name.decode().lower(): value.decode().strip() for name, _, value in lines}
    return Told(headers, body)


@contextmanager
def receiving(*answers: int) -> Iterator[Receiver]:
    """A receiver on a free port while the block lasts."""
    receiver = Receiver(list(answers))
    with listening(receiver.serve) as listener:
        receiver.url = listener.url + "/hook"
        yield receiver
