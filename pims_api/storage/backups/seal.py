"""The seal of a backup: the digest of a file at its end, which tells when the file was changed."""

import hashlib
import os
from pathlib import Path

_MARK = b"\nPIMS backup, SHA-256 "
_SEAL_BYTES = len(_MARK) + hashlib.sha256().digest_size * 2 + 1
_CHUNK_BYTES = 1 << 20


def seal(path: Path) -> None:
    """Append the seal to a file."""
    mark = _seal_of(path, path.stat().st_size)
    with path.open("ab") as file:
        file.write(mark)
        file.flush()
        os.fsync(file.fileno())


def is_sealed(path: Path) -> bool | None:
    """Return whether a file is as it was when it was sealed; None if it has no seal."""
    content_bytes = max(0, path.stat().st_size - _SEAL_BYTES)
    with path.open("rb") as file:
        file.seek(content_bytes)
        found = file.read()
    if not found.startswith(_MARK):
        return None
    return found == _seal_of(path, content_bytes)


def _seal_of(path: Path, content_bytes: int) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(min(_CHUNK_BYTES, content_bytes)):
            digest.update(chunk)
            content_bytes -= len(chunk)
    return _MARK + digest.hexdigest().encode() + b"\n"
