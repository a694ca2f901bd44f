"""UUIDs of a tenant's things, computed from their numbers and found out of them again.

Nothing is stored for them: the UUID of a thing follows from the tenant's own UUID, the kind of the
thing and its number, none of which ever changes. What no tenant made, or another one, does not fit
the check bits.

Source: docs/core.md, UUIDs.
"""

from enum import IntEnum
from functools import cached_property
from hashlib import blake2b
from uuid import UUID

_NUMBER_BITS, _KIND_BITS, _CHECK_BITS = 48, 12, 62
_NUMBER_MAX = 2**_NUMBER_BITS - 1
_VERSION, _VARIANT = 0x8, 0b10  # RFC 9562: laid out by whoever makes it


class Numbered(IntEnum):
    """The kinds of things that have a UUID. The numbers are part of the UUIDs and never change."""

    PRODUCT = 1  # variants too: a product may become one
    CATEGORY = 2
    OPTION = 3
    ATTRIBUTE = 4
    ATTRIBUTE_GROUP = 5
    PRODUCT_TYPE = 6
    MEDIA = 7
    JOB = 8
    ISSUE = 9
    EVENT = 10


class TenantIds:
    """The UUIDs of one tenant. uuid: its own; org: that of its organization."""

    def __init__(self, uuid: str, org: str) -> None:
        self.uuid = uuid
        self.org = org

    @cached_property
    def _key(self) -> bytes:
        return UUID(self.uuid).bytes

    def of_number(self, kind: Numbered, number: int) -> str:
        """Return the UUID of a thing that has a number, from 1 to 2**48 - 1.

        >>> ids = TenantIds("0b4f9f5e-6c54-4d4b-9a52-3d2a1c7f6e10", "")
        >>> ids.of_number(Numbered.PRODUCT, 1)
        '00000000-0001-8001-b9c8-a81eeaa3ac96'
        """
        return self._uuid(kind, number, number.to_bytes(_NUMBER_BITS // 8))

    def of_name(self, kind: Numbered, name: str) -> str:
        """Return the UUID of a thing that is known by a name which never changes.

        >>> ids = TenantIds("0b4f9f5e-6c54-4d4b-9a52-3d2a1c7f6e10", "")
        >>> ids.of_name(Numbered.OPTION, "3/Acme")
        'fb169918-1156-8003-af81-4019a7c2e161'
        """
        digest = blake2b(name.encode(), digest_size=_NUMBER_BITS // 8, key=self._key)
        return self._uuid(kind, int.from_bytes(digest.digest()), name.encode())

    def number(self, kind: Numbered, uuid: str) -> int | None:
        """Return the number in a UUID, in lower case; None for one that no such thing can have.

        >>> ids = TenantIds("0b4f9f5e-6c54-4d4b-9a52-3d2a1c7f6e10", "")
        >>> ids.number(Numbered.PRODUCT, ids.of_number(Numbered.PRODUCT, 7))
        7
        >>> ids.number(Numbered.CATEGORY, ids.of_number(Numbered.PRODUCT, 7))
        """
        number = claimed_number(uuid)
        return number if number and self.of_number(kind, number) == uuid else None

    def _uuid(self, kind: Numbered, number: int, name: bytes) -> str:
        hashed = blake2b(bytes([kind]) + name, digest_size=8, key=self._key).digest()
        check = int.from_bytes(hashed) >> (64 - _CHECK_BITS)
        place = number << 4 | _VERSION
        place = place << _KIND_BITS | kind
        return str(UUID(int=(place << 2 | _VARIANT) << _CHECK_BITS | check))


def claimed_number(uuid: str) -> int:
    """Return the number that a UUID holds if it is one of ours, which is still to be checked.

    >>> claimed_number("00000000-0001-8001-b9c8-a81eeaa3ac96")
    1
    """
    return UUID(uuid).int >> (128 - _NUMBER_BITS)


def uuid_of(text: str) -> str | None:
    """Return a UUID in lower case, or None for a text that is none.

    >>> uuid_of("0B4F9F5E-6C54-4D4B-9A52-3D2A1C7F6E10")
    '0b4f9f5e-6c54-4d4b-9a52-3d2a1c7f6e10'
    >>> uuid_of("0b4f9f5e6c544d4b9a523d2a1c7f6e10")
    """
    try:
        found = str(UUID(text))
    except ValueError:
        return None
    return found if found == text.lower() else None
