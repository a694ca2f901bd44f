"""Credentials and callers of the Sigma face, from the headers of a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Request

from pims_api.domain.access.access import Access
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission import Permission
from pims_api.domain.definition import Definition
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


@dataclass(frozen=True, slots=True)
class Credentials:
    """The API key that a request carries."""

    key: str

    def remembered(self, database: Database) -> "Caller | None":
        """Return the caller if the process has seen the key working; it may be withdrawn by now."""
        key = remembered_key(database, self.key)
        return None if key is None else Caller(key)

    @contextmanager
    def snapshot(
        self, database: Database, prefetch: Prefetch
    ) -> Iterator[tuple["Caller", Snapshot]]:
        """Open a read transaction for the holder of the key. Raises Unauthorized."""
        with authenticated_snapshot(database, self.key, prefetch) as (key, snapshot):
            yield Caller(key), snapshot

    def caller_in(self, database: Database, snapshot: Snapshot) -> "Caller":
        """Return the holder of the key as it is in a transaction. Raises Unauthorized."""
        return Caller(authenticate(database, snapshot, self.key))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: the holder of an API key."""

    key: ApiKey

    @property
    def tenant_id(self) -> int:
        """The tenant that the key belongs to."""
        return self.key.tenant_id

    @property
    def actor(self) -> Actor:
        """How history names this caller."""
        return Actor(self.key.mask, self.key.id)

    def may(self, permission: Permission) -> bool:
        """Return whether the caller is allowed to do that."""
        return self.key.may(permission)

    def access(self, definition: Definition) -> Access:
        """Return what the caller sees: the attributes and rows of the default View of its key."""
        access, _ = access_for(definition, self.key, None, definition.default_locale)
        return access


def credentials(request: Request) -> Credentials:
    """Return the key in the headers of a request."""
    key = request.headers.get("X-Sigma-ApiKey", "").strip()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not key and scheme.lower() == "bearer":
        key = token.strip()
    return Credentials(key)
