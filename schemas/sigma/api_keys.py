"""API keys on the wire. Source: docs/api/sigma.md, API keys."""

from typing import Any

from marshmallow import Schema, fields

from pims_api.domain.access.api_key import ApiKey
from pims_api.services.keys.access_keys import groups_of
from schemas.rest.fields import Body, Line, Texts
from schemas.sigma.ids import KEY, absent, number_of
from schemas.sigma.records.record import moment


class KeyBody(Body):
    """A new key."""

    name = Line(required=True, blank=False, longest=100)
    permissions = Texts(required=True)


class KeyReply(Schema):
    """A key as it is listed."""

    id = fields.String()
    name = fields.String()
    permissions = fields.List(fields.String())
    active = fields.Boolean()
    createdAt = fields.DateTime()  # noqa: N815
    lastUsedAt = fields.DateTime(allow_none=True)  # noqa: N815


class NewKeyReply(KeyReply):
    """A key as it is shown once."""

    key = fields.String()


def key_object(one: ApiKey, now: int, used: int | None = None) -> dict[str, Any]:
    """Return a key as this face lists it. used: when it was last, in microseconds."""
    return {
        "id": f"{KEY}-{one.id}",
        "name": one.name,
        "permissions": list(groups_of(one)),
        "active": one.works_at(now),
        "createdAt": moment(one.created_at),
        "lastUsedAt": None if used is None else moment(used),
    }


def key_number(text: str) -> int:
    """Return the number of a key's id. Raises NotFound."""
    number = number_of(text, KEY)
    if number is None:
        raise absent("API key", text)
    return number
