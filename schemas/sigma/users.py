"""Users and logins on the wire. Source: docs/api/sigma.md, Signing in."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from marshmallow import Schema, fields

from pims_api.domain.access.user import EMAIL_LENGTH_MAX, PASSWORD_LENGTH_MAX, User
from schemas.rest.fields import Body, Text


class LoginBody(Body):
    """An e-mail address and a password."""

    email = Text(required=True, blank=False, longest=EMAIL_LENGTH_MAX)
    password = Text(required=True, blank=False, longest=PASSWORD_LENGTH_MAX)


class RefreshBody(Body):
    """A token that still holds, unless the header has it."""

    token = Text()


class UserReply(Schema):
    """A user."""

    id = fields.String()
    email = fields.String()
    name = fields.String()
    roleId = fields.String()  # noqa: N815


class TokenReply(Schema):
    """A token and whose it is."""

    token = fields.String()
    user = fields.Nested(UserReply())


class TenantReply(Schema):
    """A tenant and its users for quick logins."""

    id = fields.String()
    name = fields.String()
    users = fields.List(fields.Nested(UserReply()))


def user_object(user: User) -> dict[str, Any]:
    """Return a user as this face shows it."""
    return {"id": f"user-{user.id}", "email": user.email, "name": user.name, "roleId": user.role}


def tenant_objects(found: Iterable[tuple[int, str, User]]) -> list[dict[str, Any]]:
    """Return tenants with their users, which come tenant by tenant."""
    return [
        {"id": f"ws-{number}", "name": name, "users": [user_object(one[2]) for one in group]}
        for (number, name), group in groupby(found, key=lambda one: one[:2])
    ]
