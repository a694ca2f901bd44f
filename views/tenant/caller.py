"""Credentials of the tenant face: a token, and the tenant and organization that it is used for.

Source: docs/api/tenant.md, Requests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Request

from pims_api.domain.tenant_ids import TenantIds, uuid_of
from pims_api.errors import BadInput, Fault, Forbidden, Unauthorized
from pims_api.services.keys.authentication import Prefetch
from pims_api.storage.database import Database
from pims_api.storage.identity.tenants import TenantIdsCache, tenant_ids
from pims_api.storage.snapshot import Snapshot
from views import callers
from views.callers import Caller
from views.exchanges.exchange import current_exchange
from views.headers import bearer_token, user_name

__all__ = ["Caller", "Credentials", "credentials"]

TENANT_HEADER, ORG_HEADER = "X-Tenant-ID", "X-Org-ID"
_REQUIRED = ("Authorization", TENANT_HEADER, ORG_HEADER)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token, and the UUIDs that a request names with it, which are looked at after the token.

    wrong: what is wrong with other headers.
    """

    token: callers.Credentials
    tenant: str
    org: str
    wrong: BadInput | None = None

    def remembered(self, database: Database) -> Caller | None:
        """Return the caller if the process has seen all of it working."""
        caller = self.token.remembered(database)
        ids = caller and database.caches.of(TenantIdsCache).of(caller.tenant_id)
        fits = ids and self.wrong is None and self._named == (ids.uuid, ids.org)
        return caller if fits else None

    @contextmanager
    def snapshot(self, database: Database, prefetch: Prefetch) -> Iterator[tuple[Caller, Snapshot]]:
        """Open a read transaction for the caller. Raises Unauthorized, BadInput, Forbidden."""
        with self.token.snapshot(database, prefetch) as (caller, snapshot):
            self._check(tenant_ids(snapshot))
            yield caller, snapshot

    def caller_in(self, database: Database, snapshot: Snapshot) -> Caller:
        """Return the caller as it is in a transaction. Raises what `snapshot` does."""
        caller = self.token.caller_in(database, snapshot)
        self._check(tenant_ids(snapshot))
        return caller

    @property
    def _named(self) -> tuple[str | None, str | None]:
        return uuid_of(self.tenant), uuid_of(self.org)

    def _check(self, ids: TenantIds) -> None:
        tenant, org = self._named
        if tenant is None or org is None:
            name, sent = (TENANT_HEADER, self.tenant) if tenant is None else (ORG_HEADER, self.org)
            raise BadInput(faults=[Fault("type", f"{name} must be a UUID, not {sent[:64]!r}!")])
        if self.wrong is not None:
            raise self.wrong
        if tenant != ids.uuid:
            raise Forbidden(f"The token is not one of the tenant that {TENANT_HEADER} names!")
        if org != ids.org:
            raise Forbidden(f"The tenant does not belong to the organization of {ORG_HEADER}!")


def credentials(request: Request) -> Credentials:
    """Return what the headers of a request say. Raises Unauthorized without one that it needs."""
    missing = [name for name in _REQUIRED if not request.headers.get(name, "").strip()]
    if missing:
        message = f"Send the headers {', '.join(_REQUIRED)}; missing: {', '.join(missing)}!"
        raise Unauthorized(faults=[Fault("unauthorized", message)])
    tenant, org = (request.headers[name].strip() for name in _REQUIRED[1:])
    try:
        user, wrong = user_name(request), None
    except BadInput as error:
        user, wrong = None, error
    token = callers.Credentials(bearer_token(request), user, current_exchange())
    return Credentials(token, tenant, org, wrong)
