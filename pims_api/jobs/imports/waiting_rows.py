"""Containers in bounded memory for waiting rows, such as variations before their parent."""

import base64
import pickle
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO

from pims_api.transfer.tables.table import Row

_FILTER_BITS = (
    1 << 23
)  # 1 MiB: with 100,000 SKUs in it, one in a hundred others is a false positive
_SPOOL_BYTES = 1024 * 1024


class RowNumbers:
    """A set of row numbers, one bit for each row of the file.

    >>> numbers = RowNumbers([3, 70])
    >>> numbers.discard(3)
    >>> 3 in numbers, 70 in RowNumbers.from_text(numbers.to_text()), len(numbers)
    (False, True, 1)
    """

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._bits = bytearray()
        self._count = 0
        for one in numbers:
            self.add(one)

    @classmethod
    def from_text(cls, text: str) -> "RowNumbers":
        """Return the set of which `to_text` made the text."""
        found = cls()
        found._bits = bytearray(zlib.decompress(base64.b64decode(text)))
        found._count = int.from_bytes(found._bits, "little").bit_count()
        return found

    def to_text(self) -> str:
        """Return the set as compressed ASCII text."""
        return base64.b64encode(zlib.compress(self._bits, 1)).decode()

    def add(self, number: int) -> None:
        """Add a number, counted from 0."""
        byte = number >> 3
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte + 1 - len(self._bits)))
        if number not in self:
            self._bits[byte] |= 1 << (number & 7)
            self._count += 1

    def discard(self, number: int) -> None:
        """Remove a number, if it is in the set."""
        if number in self:
            self._bits[number >> 3] &= ~(1 << (number & 7))
            self._count -= 1

    def __contains__(self, number: int) -> bool:
        byte = number >> 3
        return byte < len(self._bits) and bool(self._bits[byte] >> (number & 7) & 1)

    def __len__(self) -> int:
        return self._count


class SkuFilter:
    """A Bloom filter of SKUs with one hash: no false negatives, few false positives.

    For rows that must not overtake an earlier row of their SKU: after a false positive a row is
    only stored later.
    """

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, sku: str) -> None:
        """Add a SKU."""
        if not self._bits:
            self._bits = bytearray(_FILTER_BITS >> 3)
        place = _place(sku)
        self._bits[place >> 3] |= 1 << (place & 7)

    def __contains__(self, sku: object) -> bool:
        if not self._bits:
            return False
        place = _place(str(sku))
        return bool(self._bits[place >> 3] >> (place & 7) & 1)


class RowsAside:
    """Rows in a temporary file, read back in any order."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: list[tuple[int, int]] = []

    def add(self, number: int, row: Row) -> None:
        """Append a row, with its number in the imported file."""
        self._places.append((number, self._file.tell()))
        pickle.dump(tuple(row), self._file)

    def take(self, places: Iterable[int]) -> list[tuple[int, Row]]:
        """Return rows by their places, counted from 0 as they were added; add no row after that."""
        taken = []
        for number, start in (self._places[place] for place in places):
            self._file.seek(start)
            cells = pickle.load(self._file)  # noqa: S301 - nobody but this object can write it
            taken.append((number, Row(*cells)))
        return taken


@contextmanager
def rows_aside() -> Iterator[RowsAside]:
    """Open an empty file of rows, in memory while it is small."""
    with SpooledTemporaryFile(_SPOOL_BYTES) as file:
        yield RowsAside(file)


def _place(sku: str) -> int:
    # Not hash(), which differs from process to process: a dry run has to do what the import does.
    return zlib.crc32(sku.encode()) % _FILTER_BITS
