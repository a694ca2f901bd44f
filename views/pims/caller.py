"""Credentials and callers of the PIMS face, from the headers of a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Request

from pims_api.domain.access.access import Access
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission import Permission
from pims_api.domain.definition import Definition
from pims_api.errors import BadInput, Fault, NotFound
from pims_api.services.access import access_for
from pims_api.services.keys.authentication import (
    Prefetch,
    authenticate,
    authenticated_snapshot,
    remembered_key,
)
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import Snapshot
from schemas.pims import body
from views.exchanges.exchange import Exchange, exchange_of
from views.headers import bearer_token, header_text, user_name
from views.running import remembered


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the headers say: the key, the View's name, the user's name, the locale in the path.

    exchange: is told who it is. wrong: what is wrong with the headers beside the key.
    """

    key: str
    view: str | None
    user: str | None
    locale: str | None
    exchange: Exchange = field(default_factory=Exchange)
    wrong: BadInput | None = None

    def remembered(self, database: Database) -> "Caller | None":
        """Return the caller if the process has seen the key working; it may be withdrawn by now."""
        key = remembered_key(database, self.key)
        return None if key is None else self._admitted(database, key)

    @contextmanager
    def snapshot(
        self, database: Database, prefetch: Prefetch
    ) -> Iterator[tuple["Caller", Snapshot]]:
        """Open a read transaction for the holder of the key. Raises Unauthorized, Forbidden."""
        with authenticated_snapshot(database, self.key, prefetch) as (key, snapshot):
            yield self._admitted(database, key), snapshot

    def caller_in(self, database: Database, snapshot: Snapshot) -> "Caller":
        """Return the holder of the key as it is in a transaction. Raises Unauthorized."""
        return self._admitted(database, authenticate(database, snapshot, self.key))

    def _admitted(self, database: Database, key: ApiKey) -> "Caller":
        self.exchange.admit(database, key)
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
    """Return what the headers of a request say, not verified yet."""
    environ = request.environ
    key = environ.get("HTTP_APIKEY", "").strip() or bearer_token(request)
    view = header_text(environ.get("HTTP_APIVIEW"))
    user, wrong = None, None
    try:
        user = user_name(request)
    except BadInput as error:
        wrong = error
    return Credentials(key, view or None, user, locale, exchange_of(environ), wrong)


def checked(database: Database, sent: Credentials) -> Credentials:
    """Return credentials whose key is known. Raises Unauthorized, Forbidden, then BadInput.

    So nothing else of a request is looked at before the key. A remembered one is enough here, for
    the transaction of the work asks again. One that is refused may have been changed since.
    """
    if remembered(database, sent) is None:
        confirm_key(database, sent)
    if sent.wrong is not None:
        raise sent.wrong
    return sent


def confirm_key(database: Database, sent: Credentials) -> None:
    """Raise Unauthorized or Forbidden for a key that may not be used now, remembered or not."""
    with sent.snapshot(database, lambda _: ()):
        pass


def _locale(definition: Definition, wanted: str | None) -> str:
    if wanted is None:
        return definition.default_locale
    segment = definition.language.segment(wanted)
    if segment is None:
        known = [one.code for one in definition.language.segments]
        message = f"There is no locale {wanted[:32]!r}! Known ones: {', '.join(known)}."
        raise NotFound(faults=[Fault("not_found", message, allowed=known)])
    return segment.code
