"""Whoever asked for something that is done later, as it is then: a key or a user.

A job, a channel and a webhook act by the rights of who asked for them. Each says in words of its
own that there is no such caller any more.
"""

from sqlalchemy import Connection

from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.user import User
from pims_api.errors import Unauthorized
from pims_api.services.keys.authentication import look_up_key_id
from pims_api.storage.identity.users import user_of_email


def key_now(connection: Connection, tenant_id: int, key_id: int) -> ApiKey | None:
    """Return a key by its number; None: it was withdrawn or has expired."""
    try:
        return look_up_key_id(connection, tenant_id, key_id)
    except Unauthorized:
        return None


def user_now(connection: Connection, tenant_id: int, email: str) -> User | None:
    """Return a user of a tenant; None: it is gone or disabled."""
    user = user_of_email(connection, email)
    is_there = user is not None and not user.disabled and user.tenant_id == tenant_id
    return user if is_there else None
