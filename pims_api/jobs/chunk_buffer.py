"""A buffer between a writer of a file and the reader of its chunks, in bounded memory."""

import io
from typing import Any


class Pieces(io.RawIOBase):
    """A writable binary file whose bytes are taken in chunks. waiting: bytes not taken yet."""

    def __init__(self) -> None:
        self._written = bytearray()
        self._taken = 0

    @property
    def waiting(self) -> int:
        return len(self._written)

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._taken + len(self._written)

    def write(self, content: Any) -> int:
        self._written += content
        return len(content)

    def take(self) -> bytes:
        """Return the bytes written since the last call.

        >>> file = Pieces()
        >>> file.write(b"ab"), file.take(), file.take(), file.tell()
        (2, b'ab', b'', 2)
        """
        piece = bytes(self._written)
        self._taken += len(piece)
        self._written.clear()
        return piece
