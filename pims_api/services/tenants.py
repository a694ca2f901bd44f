"""Tenants: catalogues that know nothing of each other.

Source: docs/core.md, Tenants.
"""

import re

from pims_api.domain.tenant_ids import uuid_of
from pims_api.errors import BadInput, Fault, Subject, taken
from pims_api.storage import tenants
from pims_api.storage.database import Database
from pims_api.storage.identity.tenants import tenants as all_tenants
from pims_api.storage.tenants import tenant_names

__all__ = ["add_tenant", "all_tenants", "tenant_names"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


def add_tenant(database: Database, name: str, org: str | None = None, at: int | None = None) -> int:
    """Make a tenant with its system attributes and return its id.

    org: the UUID of the organization that owns it; None: a new one. at: when it is made, in
    microseconds since 1970; None: now. Raises BadInput when the name or the UUID is none, Conflict
    when the name is taken.
    """
    if not _NAME.match(name):
        message = "A tenant's name has 1 to 64 letters, digits, dots, dashes or underscores!"
        raise BadInput(faults=[Fault("mask", message, value=name[:64])])
    owner = None if org is None else uuid_of(org)
    if owner is None and org is not None:
        message = f"{org[:64]!r} is no UUID: an organization is known by one!"
        raise BadInput(faults=[Fault("type", message, value=org[:64])])
    with database.reading() as connection:
        if name in tenant_names(connection):
            raise taken(Subject.TENANT, name)
    return tenants.add_tenant(database, name, owner, at)
