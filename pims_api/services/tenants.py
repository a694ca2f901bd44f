"""Tenants: catalogues that know nothing of each other.

Source: docs/core.md, Tenants.
"""

import re

from pims_api.errors import BadInput, Fault, Subject, taken
from pims_api.storage import tenants
from pims_api.storage.database import Database
from pims_api.storage.tenants import tenant_names

__all__ = ["add_tenant", "tenant_names"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


def add_tenant(database: Database, name: str) -> int:
    """Make a tenant with its system attributes and return its id.

    Raises BadInput when the name is none, Conflict when it is taken.
    """
    if not _NAME.match(name):
        message = "A tenant's name has 1 to 64 letters, digits, dots, dashes or underscores!"
        raise BadInput(faults=[Fault("mask", message, value=name[:64])])
    with database.reading() as connection:
        if name in tenant_names(connection):
            raise taken(Subject.TENANT, name)
    return tenants.add_tenant(database, name)
