"""The ZIP archive of an XLSX file, checked for bombs before any part is unpacked."""

import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, NoReturn
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pims_api.errors import BadInput, Fault

UNPACKED_BYTES_MAX = 2 * 1024**3  # of all parts together
PART_BYTES_MAX = 64 * 1024**2  # of every part but sheets and shared strings
STRINGS_BYTES_MAX = 512 * 1024**2  # of the shared strings
RATIO_MAX = 200  # unpacked to packed; sheets of real workbooks reach some dozens
RATIO_FREE_BYTES = 8 * 1024**2  # a part no larger than this may have any ratio
ENTRIES_MAX = 10_000

_DIRECTORY_BYTES_MAX = 4 * 1024**2
_CHUNK_BYTES = 64 * 1024
_ENCRYPTED_FLAG = 0x1
# ValueError: a part is said to lie before the beginning of the file.
_DAMAGED = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class Archive:
    """The parts of an XLSX file, by their names in any case."""

    def __init__(self, stream: BinaryIO) -> None:
        """Check the directory of the archive. Raises BadInput when it breaks a limit."""
        try:
            self._zip = ZipFile(_BoundedReads(stream))
        except (BadZipFile, NotImplementedError, ValueError, OSError):
            refuse("The file is no XLSX workbook: it cannot be unpacked!")
        entries = self._zip.infolist()
        _check_entries(entries)
        packed = sum(entry.compress_size for entry in entries)
        if packed > stream.seek(0, 2):
            refuse("The workbook's parts overlap: it is not to be trusted!")
        self._entries = {entry.filename.lower(): entry for entry in entries}

    def close(self) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def size(self, name: str) -> int:
        """Return the bytes of a part once unpacked."""
        return self._entries[name.lower()].file_size

    def chunks(self, name: str, bytes_max: int = PART_BYTES_MAX) -> Iterator[bytes]:
        """Unpack a part, piece by piece. Raises BadInput when it is too large or damaged."""
        entry = self._entries.get(name.lower())
        if entry is None:
            refuse(f"The workbook lacks its part {name[:100]!r}!")
        if entry.file_size > bytes_max:
            limit = bytes_max // 1024**2
            message = f"A part of the workbook exceeds {limit} MB: save the sheet as CSV instead!"
            refuse(message, "limit")
        try:
            with self._zip.open(entry) as part:
                while chunk := part.read(_CHUNK_BYTES):
                    yield chunk
        except _DAMAGED:
            refuse("The workbook is damaged: a part of it cannot be unpacked!")


class _BoundedReads:
    """A stream whose reads are bounded, so that a directory of a million entries is refused."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, size: int = -1) -> bytes:
        limit = _DIRECTORY_BYTES_MAX + 1
        data = self._stream.read(min(size, limit) if size >= 0 else limit)
        if len(data) == limit:
            _too_many_parts()
        return data

    def seekable(self) -> bool:
        return True


def refuse(message: str, code: str = "syntax") -> NoReturn:
    """Raise BadInput with this message."""
    raise BadInput(faults=[Fault(code, message)]) from None


def _too_many_parts() -> NoReturn:
    refuse(f"The file has more than {ENTRIES_MAX} parts: it is no XLSX workbook!", "limit")


def _check_entries(entries: list[ZipInfo]) -> None:
    if len(entries) > ENTRIES_MAX:
        _too_many_parts()
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        refuse("The workbook has two parts of one name: it is not to be trusted!")
    if sum(entry.file_size for entry in entries) > UNPACKED_BYTES_MAX:
        limit = UNPACKED_BYTES_MAX // 1024**3
        refuse(f"The workbook would unpack into more than {limit} GB!", "limit")
    for entry in entries:
        _check_entry(entry)


def _check_entry(entry: ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED_FLAG:
        refuse("The file is protected by a password: save it without one!")
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        refuse("The file is packed in a way that no XLSX workbook is!")
    large = entry.file_size > RATIO_FREE_BYTES
    if large and entry.file_size > entry.compress_size * RATIO_MAX:
        message = f"A part of the workbook would unpack to more than {RATIO_MAX} times its size!"
        refuse(message, "limit")
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if ".." in path.parts or path.is_absolute() or ":" in entry.filename:
        refuse("The workbook names parts outside of itself: it is not to be trusted!")
