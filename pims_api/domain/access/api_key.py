"""API keys: their format, their checksum and their permissions.

A key reads `pims_` or `sigma_sk_live_` + 8 characters of public id + 27 of secret + 6 of checksum,
all base62. The checksum rejects a mistyped key without a look-up; the secret (160 bits) is stored
as a digest.

Source: docs/core.md, Keys.
"""

import hashlib
import secrets
import string
import zlib
from dataclasses import dataclass, replace
from hmac import compare_digest

from pims_api.domain.access.limits.networks import Network
from pims_api.domain.access.limits.rate import Rate
from pims_api.domain.access.permission import Permission
from pims_api.domain.access.permission_group import may

PREFIX = "pims_"
LIVE_PREFIX = "sigma_sk_live_"
_PREFIXES = (PREFIX, LIVE_PREFIX)
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_LENGTH = 8
_SECRET_LENGTH = 27  # base62 characters, 160 bits
_CHECKSUM_LENGTH = 6
_BODY_LENGTH = _ID_LENGTH + _SECRET_LENGTH + _CHECKSUM_LENGTH
KEY_LENGTH = len(PREFIX) + _BODY_LENGTH
EXPIRES_IN_DAYS_MAX = 36_500


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is stored. Times in microseconds since 1970; None: never.

    public_id: the part that may be shown. groups: its permission groups. views: names of the Views
    it may use; default_view: the one that applies when none is named. deactivated_at: since when it
    is refused although it is still listed; one that is revoked is not.
    """

    tenant_id: int
    id: int
    public_id: str
    digest: str
    mask: str
    name: str
    groups: tuple[str, ...]
    views: tuple[str, ...] = ()
    default_view: str | None = None
    created_at: int = 0
    expires_at: int | None = None
    revoked_at: int | None = None
    deactivated_at: int | None = None
    rate: Rate | None = None
    allow_from: tuple[Network, ...] = ()
    previous_digest: str | None = None
    previous_until: int | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether one of the key's groups grants the permission."""
        return may(self.groups, permission)

    def works_at(self, now: int) -> bool:
        """Return whether the key is neither revoked, deactivated nor expired at that time."""
        ended = self.revoked_at is not None or self.deactivated_at is not None
        return not ended and (self.expires_at is None or now < self.expires_at)

    def of_text(self, text: str) -> "ApiKey | None":
        """Return the key as the holder of a text has it; None: it is not, or no more, its text.

        The holder of the secret before has a key that expires with that secret.
        """
        sent = digest(text)
        if compare_digest(self.digest, sent):
            return self
        if not compare_digest(self.previous_digest or "", sent):
            return None
        ends = [one for one in (self.expires_at, self.previous_until) if one is not None]
        return replace(self, expires_at=min(ends))

    @property
    def applied_view(self) -> str | None:
        """The View that applies when none is named: the default one, else the first.

        A key with Views never sees everything, not even before one of them is made its default.
        """
        return self.default_view or next(iter(self.views), None)

    def may_use_view(self, name: str) -> bool:
        """Return whether the key may name that View."""
        return name in self.views or self.may(Permission.MANAGE_VIEWS)


def new_key(prefix: str = PREFIX) -> str:
    """Return a new key. It is shown once and never stored."""
    return _with_secret(prefix + _drawn(_ID_LENGTH))


def new_secret(key: ApiKey) -> str:
    """Return another text for a key, with the same public id. It is shown once and never stored."""
    prefix = next(one for one in _PREFIXES if key.mask[0] == one[0])
    return _with_secret(prefix + key.public_id)


def _with_secret(beginning: str) -> str:
    text = beginning + _drawn(_SECRET_LENGTH)
    return text + _checksum(text)


def _drawn(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def is_well_formed(key: str) -> bool:
    """Return whether the text can be a key at all.

    >>> is_well_formed("pims_mistyped")
    False
    >>> is_well_formed(new_key()), is_well_formed(new_key(LIVE_PREFIX))
    (True, True)
    """
    if not (key.isascii() and key.startswith(_PREFIXES) and len(_body(key)) == _BODY_LENGTH):
        return False
    return compare_digest(key[-_CHECKSUM_LENGTH:], _checksum(key[:-_CHECKSUM_LENGTH]))


def is_public_id(text: str) -> bool:
    """Return whether the text can be the public id of a key.

    >>> is_public_id("3f9aK2xQ"), is_public_id("pims_3f9a")
    (True, False)
    """
    return len(text) == _ID_LENGTH and set(text) <= set(_ALPHABET)


def public_id(key: str) -> str:
    """Return the public id of a well-formed key."""
    return _body(key)[:_ID_LENGTH]


def _body(key: str) -> str:
    """Return a key without its prefix, whose last character is a line."""
    return key.rpartition("_")[2]


def digest(key: str) -> str:
    """Return the digest of a key, which is stored instead of it."""
    return hashlib.sha256(key.encode()).hexdigest()


def mask(key: str) -> str:
    """Return the key as others may see it.

    >>> mask("abcdef9")
    'axxx...xxx9'
    """
    return f"{key[0]}xxx...xxx{key[-1]}"


def _checksum(text: str) -> str:
    number = zlib.crc32(text.encode())
    digits = ""
    for _ in range(_CHECKSUM_LENGTH):
        number, place = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[place] + digits
    return digits
