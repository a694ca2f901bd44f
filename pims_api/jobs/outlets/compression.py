"""A stream that is compressed by a thread, beside whoever writes it."""

import gzip
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from typing import Any, BinaryIO, cast

_LEVEL = 4  # 6 makes a seventh less of it, and takes more than twice as long
_PIECE = 256 * 1024
_PIECES_WAITING_MAX = 8


@contextmanager
def gzipped(file: BinaryIO) -> Iterator[BinaryIO]:
    """Yield a stream whose bytes go to a file, compressed; they are there when the block ends."""
    compressor = _Compressor(file)
    stream = io.BufferedWriter(compressor, _PIECE)
    try:
        yield cast("BinaryIO", stream)
        stream.flush()
    finally:
        compressor.finish()


class _Compressor(io.RawIOBase):
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._pieces: Queue[bytes | None] = Queue(_PIECES_WAITING_MAX)
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="gzip", daemon=True)
        self._thread.start()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._pieces.put(bytes(piece))
        return len(piece)

    def finish(self) -> None:
        """Return when everything is in the file. Raises what kept it from that."""
        self._pieces.put(None)
        self._thread.join()
        if self._failed is not None:
            raise self._failed

    def _run(self) -> None:
        try:
            # Without the time: the same records make the same bytes.
            with gzip.GzipFile(fileobj=self._file, mode="wb", compresslevel=_LEVEL, mtime=0) as out:
                while (piece := self._pieces.get()) is not None:
                    out.write(piece)
        except BaseException as error:  # noqa: BLE001 - it is told where the stream ends
            self._failed = error
            while self._pieces.get() is not None:
                pass  # whoever writes must not wait for room
