"""Sealed texts: credentials of other systems, encrypted by the installation's secret.

A sealed text is `sealed.1.<key id>.<base64>`. The key id tells which secret opens it. The base64 is
a nonce of 12 bytes and what AES-256-GCM made of the text, bound to the place where it is kept: one
that is copied elsewhere does not open. A column that holds sealed texts is one more entry of
SEALED_COLUMNS; nothing else is needed for `pims secret rotate` to find them.

Source: docs/core.md, The secret.
"""

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Connection, Row, select, update

from pims_api.storage.database import Database
from pims_api.storage.identity.secret import derived_keys
from pims_api.storage.tables import outlet

SEALED_COLUMNS: tuple["Column[str]", ...] = (outlet.c.secrets,)
"""The columns that hold sealed texts."""

_START = "sealed.1"
_NONCE_BYTES = 12


class CannotOpen(Exception):
    """A text that no known secret opens: its secret is gone, or it was altered or moved."""


class Sealer:
    """Seals and opens texts by the secrets of an installation. Raises NoSecret without one."""

    def __init__(self, database: Database) -> None:
        keys = derived_keys(database.settings, database.url, "sealing")
        self._keys = {_id_of(key): AESGCM(key) for key in reversed(keys)}
        self._present = _id_of(keys[0])

    def seal(self, text: str, place: str) -> str:
        """Return a text sealed for one place."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._keys[self._present].encrypt(nonce, text.encode(), _bound(place))
        return f"{_START}.{self._present}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Return the text that was sealed for a place. Raises CannotOpen."""
        start, _, rest = sealed.rpartition(".")
        key = self._keys.get(start.removeprefix(f"{_START}."))
        if key is None:
            raise CannotOpen(f"{place} was sealed by a secret that is not known any more.")
        try:
            raw = urlsafe_b64decode(rest)
            return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(place)).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen(f"{place} holds no text that was sealed there.") from None

    def is_present(self, sealed: str) -> bool:
        """Return whether a text is sealed by the present secret."""
        return sealed.startswith(f"{_START}.{self._present}.")


def place_of(column: "Column[str]", keys: Sequence[Any]) -> str:
    """Return the place of a sealed text: its column and the primary key of its row."""
    return f"{column.table.name}.{column.name} {','.join(map(str, keys))}"


def seal_anew(connection: Connection, sealer: Sealer) -> int:
    """Seal everything by the present secret; return how many texts were sealed by another one.

    Raises CannotOpen. Does not commit.
    """
    return sum(_column_anew(connection, sealer, one) for one in SEALED_COLUMNS)


def _column_anew(connection: Connection, sealer: Sealer, column: "Column[str]") -> int:
    keys = list(column.table.primary_key)
    rows = connection.execute(select(column, *keys).where(column.is_not(None))).all()
    old = [row for row in rows if not sealer.is_present(row[0])]
    for row in old:
        _row_anew(connection, sealer, column, row)
    return len(old)


def _row_anew(connection: Connection, sealer: Sealer, column: "Column[str]", row: Row[Any]) -> None:
    sealed, *keys = tuple(row)
    place = place_of(column, keys)
    mended = sealer.seal(sealer.open(sealed, place), place)
    changed = update(column.table).values({column: mended})
    for one, value in zip(column.table.primary_key, keys, strict=True):
        changed = changed.where(one == value)
    connection.execute(changed)


def _id_of(key: bytes) -> str:
    return hashlib.sha256(b"pims key id" + key).hexdigest()[:12]


def _bound(place: str) -> bytes:
    return f"{_START} {place}".encode()
