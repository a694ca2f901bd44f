"""The secret of an installation, from which keys that sign and seal are derived.

It is PIMS_SECRET_KEY, else the first line of a file beside the SQLite database. The one before it
is PIMS_SECRET_KEY_PREVIOUS, and the second line of the file: what that signed and sealed is still
good.

Source: docs/core.md, The secret.
"""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL

from pims_api.settings import Settings

SECRET_BYTES = 32
CURRENT, PREVIOUS = "PIMS_SECRET_KEY", "PIMS_SECRET_KEY_PREVIOUS"
_SUFFIX = ".secret"
_OWNER_ONLY = 0o600


class NoSecret(Exception):
    """There is no secret, or one that is not 32 bytes in base64."""


def new_secret() -> str:
    """Return a new secret in base64."""
    return urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def make_secret_file(url: URL) -> Path | None:
    """Make the secret of an SQLite database that has none; return the file, if it was made."""
    path = secret_file(url)
    if path is None or path.exists():
        return None
    try:
        _write_new(path, f"{new_secret()}\n")
    except FileExistsError:  # somebody else was quicker
        return None
    return path


def replace_in_file(path: Path) -> None:
    """Put a new secret before the present one, and drop the one before that.

    The file is the old or the new one at every moment. Only one process may do this at a time.
    """
    present = path.read_text("ascii").split()[0]
    made = path.with_name(f"{path.name}.new")
    made.unlink(missing_ok=True)  # of one that was interrupted
    _write_new(made, f"{new_secret()}\n{present}\n")
    owner = path.stat()
    with suppress(PermissionError):  # who is not the administrator owns both anyway
        os.chown(made, owner.st_uid, owner.st_gid)
    made.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def derived_key(settings: Settings, url: URL, label: str) -> bytes:
    """Return 32 bytes for one purpose. Raises NoSecret, whose message says what to do."""
    return derived_keys(settings, url, label)[0]


def derived_keys(settings: Settings, url: URL, label: str) -> list[bytes]:
    """Return 32 bytes for one purpose from each secret that is good, the present one first.

    Raises NoSecret, whose message says what to do.
    """
    return [_derived(one, label) for one in _known(settings, url)]


def secret_file(url: URL) -> Path | None:
    """Return the secret's file of an SQLite database, None of another one."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database + _SUFFIX)


def secret_state(url: URL) -> Hashable:
    """Return what is another one when the file of the secret is; of the environment always None."""
    if url.get_backend_name() != "sqlite":
        return None
    try:
        found = os.stat(f"{url.database}{_SUFFIX}")  # noqa: PTH116 # asked for by each request
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _derived(secret: bytes, label: str) -> bytes:
    # `pims init`, which only makes the file, would wait for these imports.
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    kdf = HKDF(algorithm=SHA256(), length=SECRET_BYTES, salt=None, info=f"pims {label}".encode())
    return kdf.derive(secret)


def _known(settings: Settings, url: URL) -> list[bytes]:
    """Return the present secret and those before it."""
    path = secret_file(url)
    if settings.secret_key:
        found = [(settings.secret_key, CURRENT)]
    elif path is not None:
        found = [(line, f"The file {path.name}") for line in _lines(path)]
    else:
        raise NoSecret(f"Set {CURRENT} to 32 random bytes in base64.")
    if settings.secret_key_previous:
        found.append((settings.secret_key_previous, PREVIOUS))
    return [_decoded(*one) for one in found]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("ascii", errors="replace").split() or [""]
    except OSError:
        message = f"There is no file {path.name} beside the database: run pims init."
        raise NoSecret(message) from None


def _decoded(text: str, where: str) -> bytes:
    try:
        found = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (Error, UnicodeError, ValueError):
        found = b""
    if len(found) != SECRET_BYTES:
        raise NoSecret(f"{where} is not 32 bytes in base64.")
    return found


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, for its owner alone. Raises FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
