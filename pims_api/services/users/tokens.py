"""Signing in, and the tokens by which a user is recognised. Source: docs/core.md, Users."""

import hashlib
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, ClassVar

import jwt

from pims_api.clock import now_us
from pims_api.domain.access.role import Role
from pims_api.domain.access.user import User, normal_email
from pims_api.errors import Busy, Fault, TooMany, Unauthorized
from pims_api.services.keys.authentication import Prefetch
from pims_api.services.users.accounts import role_of
from pims_api.services.users.passwords import fits
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.identity.secret import NoSecret, derived_keys, secret_state
from pims_api.storage.identity.users import (
    failures_since,
    record_failure,
    user_of_email,
    user_of_id,
)
from pims_api.storage.snapshot import Snapshot, take_snapshot

TOKEN_HOURS = 24
FAILURES_MAX = 5  # of an e-mail address or a network address within a minute
HELD_UP_S = 60

_ALGORITHM = "HS256"
_SECOND_US = 1_000_000
_NOBODY = (None, 0, None)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with a token. expires: seconds since 1970."""

    user: User
    expires: int

    def works_at(self, now: int) -> bool:
        """Return whether the token holds at that time, in microseconds."""
        return now < self.expires * _SECOND_US and not self.user.disabled


class TokenCache:
    """Tokens that were found to hold, by their digest.

    Each with the tenant's last change of keys and the state of the secret at that time.
    """

    unit: ClassVar[str] = "tokens"

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[str, tuple[SignedIn, int, Hashable]] = {}

    @classmethod
    def sized(cls, settings: Settings) -> "TokenCache":
        """Return an empty cache."""
        return cls(settings.key_cache_max)

    @property
    def size(self) -> int:
        """The number of tokens cached."""
        return len(self._known)

    def of(self, token: str, secret: Hashable) -> tuple[SignedIn, int] | None:
        """Return the user of a cached token, and the tenant's last change of keys then."""
        found, keys_changed, signed_by = self._known.get(_digest(token), _NOBODY)
        if found is None or signed_by != secret or not found.works_at(now_us()):
            return None
        return found, keys_changed

    def saw(self, token: str, found: SignedIn, keys_changed: int, secret: Hashable) -> None:
        """Cache a token that holds. secret: the state of the installation's secret."""
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[_digest(token)] = (found, keys_changed, secret)


def sign_in(database: Database, email: str, password: str, address: str) -> User:
    """Return the user of an e-mail address and a password.

    address: of the network, whose failures count too. Raises Unauthorized, the same and as slowly
    for an unknown address; TooMany when logins failed too often lately.
    """
    wanted = normal_email(email) or email.strip().lower()[:64]
    subjects = [_digest(f"e-mail {wanted}"), _digest(f"address {address}")]
    since = now_us() - HELD_UP_S * _SECOND_US
    with database.reading() as connection:
        for subject in subjects:
            _refuse_repeated(*failures_since(connection, subject, since))
        user = user_of_email(connection, wanted)
    if fits(user.password if user else None, password) and user and not user.disabled:
        return user
    with database.writing() as connection:
        record_failure(connection, subjects, now_us(), since)
        connection.commit()
    raise Unauthorized(faults=[Fault("unauthorized", "The e-mail address or password is wrong!")])


def token_of(database: Database, user: User) -> str:
    """Return a token for a user, good for a day. Raises Busy without the installation's secret."""
    at = now_us() // _SECOND_US
    claims = {
        "userId": f"user-{user.id}",
        "workspaceId": f"ws-{user.tenant_id}",
        "roleId": user.role,
        "iat": at,
        "exp": at + TOKEN_HOURS * 3600,
        "rev": user.revision,
    }
    return jwt.encode(claims, _keys(database)[0], _ALGORITHM)


@contextmanager
def signed_in_snapshot(
    database: Database, token: str, prefetch: Prefetch
) -> Iterator[tuple[SignedIn, Snapshot]]:
    """Open a read transaction of the tenant of a token's user. Raises Unauthorized."""
    with database.reading() as connection:
        known = database.caches.of(TokenCache).of(token, secret_state(database.url))
        tenant_id = known[0].user.tenant_id if known else _claims(database, token)[0]
        snapshot = take_snapshot(database, connection, tenant_id, prefetch(tenant_id))
        yield signed_in(database, snapshot, token), snapshot


def signed_in(database: Database, snapshot: Snapshot, token: str) -> SignedIn:
    """Return the user of a token as it is in a transaction. Raises Unauthorized."""
    cache, secret = database.caches.of(TokenCache), secret_state(database.url)
    known = cache.of(token, secret)
    if known is not None and known[1] == snapshot.keys_changed:
        return known[0]
    tenant_id, user_id, revision, expires = _claims(database, token)
    user = user_of_id(snapshot.connection, tenant_id, user_id)
    if user is None or user.disabled or user.revision != revision:
        raise Unauthorized
    if tenant_id != snapshot.tenant_id:
        raise Unauthorized
    found = SignedIn(user, expires)
    cache.saw(token, found, snapshot.keys_changed, secret)
    return found


def role_in(snapshot: Snapshot, found: SignedIn) -> Role | None:
    """Return the role of a signed-in user; None when it was deleted."""
    return role_of(snapshot.definition, found.user.role)


def is_token(text: str) -> bool:
    """Return whether a text has the form of a token rather than that of a key."""
    return text.count(".") == 2


def _claims(database: Database, token: str) -> tuple[int, int, int, int]:
    """Return tenant, user, revision and expiry of a token. Raises Unauthorized."""
    try:
        claims = _verified(database, token)
        workspace, user = str(claims["workspaceId"]), str(claims["userId"])
        return (
            int(workspace.removeprefix("ws-")),
            int(user.removeprefix("user-")),
            int(claims["rev"]),
            int(claims["exp"]),
        )
    except (jwt.InvalidTokenError, KeyError, ValueError):
        raise Unauthorized from None


def _verified(database: Database, token: str) -> dict[str, Any]:
    """Return the claims of a token that the present secret signed, or one before it."""
    options: jwt.types.Options = {"require": ["exp", "iat"]}
    *others, last = _keys(database)
    for key in others:
        with suppress(jwt.InvalidSignatureError):
            return jwt.decode(token, key, [_ALGORITHM], options=options)
    return jwt.decode(token, last, [_ALGORITHM], options=options)


def _keys(database: Database) -> list[bytes]:
    """Return the keys that tokens may be signed by, the present one first. Raises Busy."""
    try:
        return derived_keys(database.settings, database.url, "tokens")
    except NoSecret as error:
        raise Busy(f"Users cannot sign in: this server has no secret. {error}") from None


def _refuse_repeated(last: int, count: int) -> None:
    if count >= FAILURES_MAX:
        wait = max(1, HELD_UP_S - (now_us() - last) // _SECOND_US)
        raise TooMany(f"Too many logins failed: try again in {wait} seconds!", retry_after_s=wait)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
