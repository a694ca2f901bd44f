"""Credentials and callers of the PIMS face, from the headers of a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Request

from pims_api.domain.access.access import Access
from pims_api.domain.access.api_key import ApiKey, is_well_formed
from pims_api.domain.access.permission import Permission
from pims_api.domain.definition import Definition
from pims_api.errors import Fault, NotFound, Unauthorized
from pims_api.services.access import access_for
from pims_api.services.keys.authentication import (
    Prefetch,
    authenticate,
    authenticated_snapshot,
    look_up_key,
    remembered_key,
)
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import Snapshot
from schemas.pims import body
from views.exchange import Exchange, current_exchange
from views.headers import bearer_token, header_text, user_name

QUICK_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the headers say: the key, the View's name, the user's name, the locale in the path.

    exchange: is told who it is.
    """

    key: str
    view: str | None
    user: str | None
    locale: str | None
    exchange: Exchange = field(default_factory=Exchange)

    def remembered(self, database: Database) -> "Caller | None":
        """Return the caller if the process has seen the key working; it may be withdrawn by now."""
        key = remembered_key(database, self.key)
        return None if key is None else self._caller(key)

    @contextmanager
    def snapshot(
        self, database: Database, prefetch: Prefetch
    ) -> Iterator[tuple["Caller", Snapshot]]:
        """Open a read transaction for the holder of the key. Raises Unauthorized."""
        with authenticated_snapshot(database, self.key, prefetch) as (key, snapshot):
            yield self._caller(key), snapshot

    def caller_in(self, database: Database, snapshot: Snapshot) -> "Caller":
        """Return the holder of the key as it is in a transaction. Raises Unauthorized."""
        return self._caller(authenticate(database, snapshot, self.key))

    def _caller(self, key: ApiKey) -> "Caller":
        self.exchange.key = key
        return Caller(key, self.view, self.user, self.locale)


@dataclass(slots=True)
class Caller:
    """Who is asking. warnings: what they should know about how the request was understood."""

    key: ApiKey
    view_name: str | None
    user: str | None
    locale: str | None
    warnings: list[Fault] = field(default_factory=list)

    @property
    def tenant_id(self) -> int:
        """The tenant that the key belongs to."""
        return self.key.tenant_id

    @property
    def actor(self) -> Actor:
        """How history names this caller."""
        return Actor(self.user or self.key.mask, self.key.id)

    def hear(self, request: body.Request) -> body.Request:
        """Return a request after taking over its warnings. Raises the refusal of its faults."""
        self.warnings += request.warnings
        request.check()
        return request

    def may(self, permission: Permission) -> bool:
        """Return whether the caller is allowed to do that."""
        return self.key.may(permission)

    def access(self, definition: Definition) -> Access:
        """Return what the caller sees. Raises NotFound for a locale that the tenant lacks."""
        locale = _locale(definition, self.locale)
        access, warnings = access_for(definition, self.key, self.view_name, locale)
        self.warnings += [one for one in warnings if one not in self.warnings]
        return access


def credentials(request: Request, locale: str | None) -> Credentials:
    """Return what the headers of a request say. Raises BadInput for a user name we cannot keep."""
    key = request.headers.get("ApiKey", "").strip() or bearer_token(request)
    view = header_text(request.headers.get("ApiView"))
    return Credentials(key, view or None, user_name(request), locale, current_exchange())


def require_key(database: Database, sent: Credentials, body_bytes: int | None) -> None:
    """Raise Unauthorized before a body is read that costs something.

    body_bytes: what the request declares; None: it does not say. The body of most requests is
    read sooner than a key is looked up, so for these the form of the key is enough here; the
    key itself is asked for with the work, in the same transaction.
    """
    if not is_well_formed(sent.key):
        raise Unauthorized
    if body_bytes is None or body_bytes > QUICK_BODY_BYTES:
        with database.reading() as connection:
            look_up_key(connection, sent.key)


def _locale(definition: Definition, wanted: str | None) -> str:
    if wanted is None:
        return definition.default_locale
    segment = definition.language.segment(wanted)
    if segment is None:
        known = [one.code for one in definition.language.segments]
        message = f"There is no locale {wanted[:32]!r}! Known ones: {', '.join(known)}."
        raise NotFound(faults=[Fault("not_found", message, allowed=known)])
    return segment.code
