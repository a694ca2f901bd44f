"""The secret of an installation, from which keys that sign and seal are derived.

It is PIMS_SECRET_KEY, else the text of a file beside the SQLite database.
Source: docs/core.md, The secret.
"""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from pathlib import Path

from sqlalchemy import URL

from pims_api.settings import Settings

SECRET_BYTES = 32
_SUFFIX = ".secret"


class NoSecret(Exception):
    """There is no secret, or one that is not 32 bytes in base64."""


def make_secret_file(url: URL) -> Path | None:
    """Make the secret of an SQLite database that has none; return the file, if it was made."""
    path = _file_of(url)
    if path is None or path.exists():
        return None
    text = urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # somebody else was quicker
        return None
    with os.fdopen(descriptor, "wb") as file:
        file.write(text + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return path


def derived_key(settings: Settings, url: URL, label: str) -> bytes:
    """Return 32 bytes for one purpose. Raises NoSecret, whose message says what to do."""
    # `pims init`, which only makes the file, would wait for these imports.
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    kdf = HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=None, info=f"pims {label}".encode())
    return kdf.derive(_secret(settings, url))


def _secret(settings: Settings, url: URL) -> bytes:
    text, path = settings.secret_key, _file_of(url)
    if not text and path is not None:
        try:
            text = path.read_text("ascii").strip()
        except OSError:
            raise NoSecret(
                f"There is no file {path.name} beside the database: run pims init."
            ) from None
    if not text:
        raise NoSecret("Set PIMS_SECRET_KEY to 32 random bytes in base64.")
    try:
        found = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (Error, UnicodeError, ValueError):
        found = b""
    if len(found) != SECRET_BYTES:
        raise NoSecret("PIMS_SECRET_KEY, or the secret file, is not 32 bytes in base64.")
    return found


def _file_of(url: URL) -> Path | None:
    """Return the secret's file of an SQLite database, None of another one."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database + _SUFFIX)
