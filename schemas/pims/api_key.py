"""API keys on the wire of PIMS. The key itself is shown once, when it is created.

Source: docs/api/pims.md, Keys.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import EXCLUDE, Schema

from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.definition import Definition
from pims_api.errors import Fault, refuse_if_any
from pims_api.services.keys.api_keys import EXPIRES_IN_DAYS_MAX, KeySettings
from schemas.loading import complaint, load
from schemas.pims.fields import Flag, Text, TextList, WholeNumber
from schemas.pims.permissions import PERMISSION_WORDS

LIST_LENGTH_MAX = 1_000  # permissions or Views

_NAME_MISSING = complaint("required", "A key needs a name!")
_KEY_MISSING = complaint("required", "Name the key, as a whole or by its id!")
_PERMISSIONS_MISSING = complaint(
    "required", f"A key needs permissions: {', '.join(PERMISSION_WORDS)}!"
)


def _required(message: str) -> dict[str, str]:
    return {"required": message, "null": message}


class NewKeyRequest(Schema):
    """Body of /pim/newkey."""

    name = Text(required=True, error_messages=_required(_NAME_MISSING))
    permissions = TextList(
        LIST_LENGTH_MAX, required=True, error_messages=_required(_PERMISSIONS_MISSING)
    )
    views = TextList(LIST_LENGTH_MAX, load_default=list)
    default_view = Text()
    expires_in_days = WholeNumber(1, EXPIRES_IN_DAYS_MAX, load_default=None)

    class Meta:
        unknown = EXCLUDE


class KeyRequest(Schema):
    """A body that names a key."""

    key = Text(required=True, error_messages=_required(_KEY_MISSING))

    class Meta:
        unknown = EXCLUDE


PermissionsRequest = KeyRequest.from_dict(
    {one: Flag(load_default=None) for one in PERMISSION_WORDS}, name="PermissionsRequest"
)

_NEW_KEY, _KEY, _PERMISSIONS = NewKeyRequest(), KeyRequest(), PermissionsRequest()


def views_object(definition: Definition, key: ApiKey) -> dict[str, dict[str, str]]:
    """Return the Views of a key: name → whether it is the default, and its comment."""
    return {
        name: {
            "isDefault": "y" if name == key.default_view else "n",
            "comment": definition.views[name].comment,
        }
        for name in key.views
        if name in definition.views
    }


def read_new_key(body: Mapping[str, Any]) -> tuple[str, list[str], KeySettings]:
    """Return name, permissions and settings of a wanted key. Raises BadInput with every fault."""
    values, faults = load(_NEW_KEY, body)
    refuse_if_any(faults)
    settings = KeySettings(
        views=values["views"],
        default_view=values["default_view"] or None,
        expires_in_days=values["expires_in_days"],
    )
    return values["name"], values["permissions"], settings


def read_key(body: Mapping[str, Any]) -> str:
    """Return the key, or its id, that a body names. Raises BadInput."""
    values, faults = load(_KEY, body)
    refuse_if_any(faults)
    key: str = values["key"]
    return key


def read_permissions(body: Mapping[str, Any]) -> tuple[str, dict[str, bool]]:
    """Return the key that a body names and which permissions to grant or to take away.

    Raises BadInput with every fault, also when no permission is named.
    """
    values, faults = load(_PERMISSIONS, body)
    wanted = {one: values[one] for one in PERMISSION_WORDS if values.get(one) is not None}
    if not wanted and not faults:
        message = (
            f"Name a permission to set, such as pim_user: 1! Known: {', '.join(PERMISSION_WORDS)}."
        )
        faults = [Fault("required", message, allowed=PERMISSION_WORDS)]
    refuse_if_any(faults)
    return values["key"], wanted


def key_object(key: ApiKey) -> dict[str, Any]:
    """Return a key as callers see it."""
    return {
        "id": key.public_id,
        "name": key.name,
        "key": key.mask,
        "key_expiration": expiration_text(key),
        "permissions": {one: int(one in key.groups) for one in PERMISSION_WORDS},
    }


def expiration_text(key: ApiKey) -> str | None:
    """Return when a key expires, UTC, such as `Thu Jun 22 00:34:23 2023`; None for never."""
    if key.expires_at is None:
        return None
    return datetime.fromtimestamp(key.expires_at // 1_000_000, UTC).ctime()
