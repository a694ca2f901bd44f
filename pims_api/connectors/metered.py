"""A connection on which the other side may say little more than it is told.

Clients of files read some answers whole into memory. What they are told while they send a file is
short, so whoever answers without end is cut off.
"""

import socket
from typing import Any

ANSWERED_BYTES_MAX = 1024 * 1024  # besides as many as were sent


class Metered:
    """A connected socket; what is received is at its end after so many bytes."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self._sent = 0
        self._received = 0

    def recv(self, size: int) -> bytes:
        if self._received >= ANSWERED_BYTES_MAX + self._sent:
            return b""
        found = self._inner.recv(size)
        self._received += len(found)
        return found

    def send(self, content: bytes) -> int:
        count = self._inner.send(content)
        self._sent += count
        return count

    def sendall(self, content: bytes) -> None:
        self._inner.sendall(content)
        self._sent += len(content)

    def close(self) -> None:
        self._inner.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
