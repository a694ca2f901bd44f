"""Callers of the REST faces: holders of API keys, and users with a role.

Each face has its own headers; what they carry is told apart here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pims_api.domain.access.access import Access
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission import Permission
from pims_api.domain.access.role import CatalogRights, Role
from pims_api.domain.access.sight import Sight
from pims_api.domain.definition import Definition
from pims_api.errors import Fault
from pims_api.services.access import access_for, full_access, sight_of
from pims_api.services.keys.authentication import (
    Prefetch,
    authenticate,
    authenticated_snapshot,
    remembered_key,
)
from pims_api.services.users.tokens import (
    SignedIn,
    is_token,
    role_in,
    signed_in,
    signed_in_snapshot,
)
from pims_api.storage.database import Database
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import Snapshot
from views.exchanges.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: the holder of an API key, or a user with a role.

    tenant_id: whose data they work with. actor: how history names them.
    """

    tenant_id: int
    actor: Actor
    key: ApiKey | None = None
    role: Role | None = None
    warnings: list[Fault] = field(default_factory=list)

    def may(self, permission: Permission) -> bool:
        """Return whether the caller is allowed to do that."""
        if self.key is not None:
            return self.key.may(permission)
        return self.role is not None and permission in self.role.permissions

    def access(self, definition: Definition) -> Access:
        """Return what the caller sees: for a key, through its default View."""
        if self.key is None:
            return full_access(definition, definition.default_locale)
        access, _ = access_for(definition, self.key, None, definition.default_locale)
        return access

    def catalog_rights(self, catalog: str) -> CatalogRights:
        """Return what the caller may do with the catalog of an id; a key has no role."""
        return CatalogRights(catalog) if self.role is None else self.role.rights(catalog)

    def sight(self, definition: Definition) -> Sight:
        """Return what the caller sees of products of each schema in each state."""
        return sight_of(self.access(definition), self.role)


@dataclass(frozen=True, slots=True)
class Credentials:
    """The API key or the token that a request carries.

    user: the name of whoever uses the key. exchange: is told which key it is.
    """

    text: str
    user: str | None = None
    exchange: Exchange = field(default_factory=Exchange)

    def remembered(self, database: Database) -> Caller | None:
        """Return the caller if the process has seen the key working; it may be withdrawn by now."""
        key = None if is_token(self.text) else remembered_key(database, self.text)
        return None if key is None else self._holder(database, key)

    @contextmanager
    def snapshot(self, database: Database, prefetch: Prefetch) -> Iterator[tuple[Caller, Snapshot]]:
        """Open a read transaction for the caller. Raises Unauthorized, Forbidden."""
        if is_token(self.text):
            with signed_in_snapshot(database, self.text, prefetch) as (found, snapshot):
                yield _user(snapshot, found), snapshot
        else:
            with authenticated_snapshot(database, self.text, prefetch) as (key, snapshot):
                yield self._holder(database, key), snapshot

    def caller_in(self, database: Database, snapshot: Snapshot) -> Caller:
        """Return the caller as it is in a transaction. Raises Unauthorized."""
        if is_token(self.text):
            return _user(snapshot, signed_in(database, snapshot, self.text))
        return self._holder(database, authenticate(database, snapshot, self.text))

    def _holder(self, database: Database, key: ApiKey) -> Caller:
        self.exchange.admit(database, key)
        return Caller(key.tenant_id, Actor(self.user or key.mask, key.id), key)


def _user(snapshot: Snapshot, found: SignedIn) -> Caller:
    role = role_in(snapshot, found)
    return Caller(found.user.tenant_id, Actor(found.user.email), role=role)
