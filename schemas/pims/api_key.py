"""API keys on the wire of PIMS. The key itself is shown once, when it is created.

Source: docs/api/pims.md, Keys.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from marshmallow import missing

from pims_api.domain.access.api_key import EXPIRES_IN_DAYS_MAX, ApiKey
from pims_api.domain.definition import Definition
from pims_api.errors import Fault
from pims_api.services.keys.api_keys import KeySettings
from pims_api.storage.identity.key_refusals import Refusal
from schemas.loading import Read, complaint
from schemas.pims.body import ReadingBody, Request, WritingBody, read_request
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


class RateText(Text):
    """A rate; null, as the empty text, is none. What is not sent is not among the values."""

    def __init__(self) -> None:
        super().__init__(load_default=missing)

    def deserialize(self, value: Any, attr: str | None = None, *more: Any, **told: Any) -> Any:
        return super().deserialize("" if value is None else value, attr, *more, **told)

    def compiled(self, name: str) -> Read:
        """Return the compiled reader of this field."""
        return lambda value: self.deserialize(value, name)


class Networks(TextList):
    """A list of networks; null, as the empty list, is none. What is not sent is not there."""

    def __init__(self) -> None:
        super().__init__(LIST_LENGTH_MAX)

    def deserialize(self, value: Any, attr: str | None = None, *more: Any, **told: Any) -> Any:
        return super().deserialize([] if value is None else value, attr, *more, **told)

    def compiled(self, name: str) -> Read:
        """Return the compiled reader of this field."""
        return lambda value: self.deserialize(value, name)


class NewKeyRequest(WritingBody):
    """Body of /pim/newkey."""

    name = Text(required=True, error_messages=_required(_NAME_MISSING))
    permissions = TextList(
        LIST_LENGTH_MAX, required=True, error_messages=_required(_PERMISSIONS_MISSING)
    )
    views = TextList(LIST_LENGTH_MAX, load_default=list)
    default_view = Text()
    expires_in_days = WholeNumber(1, EXPIRES_IN_DAYS_MAX, load_default=None)
    rate = RateText()
    allow_from = Networks()


class KeyRequest(WritingBody):
    """A body that names a key."""

    key = Text(required=True, error_messages=_required(_KEY_MISSING))


SettingsRequest = KeyRequest.from_dict(
    {one: Flag(load_default=None) for one in PERMISSION_WORDS}
    | {"rate": RateText(), "allow_from": Networks()},
    name="SettingsRequest",
)
LIMITS = ("rate", "allow_from")


class KeyQuery(ReadingBody):
    """Query string of /pim/keyinfo."""

    key = Text(load_default="")


_NEW_KEY, _KEY, _SETTINGS = NewKeyRequest(), KeyRequest(), SettingsRequest()
_KEY_QUERY = KeyQuery()


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


class WantedKey(NamedTuple):
    """What a body asks for of a new key. request: the body itself."""

    name: str
    permissions: list[str]
    settings: KeySettings
    request: Request


def read_new_key(body: Mapping[str, Any]) -> WantedKey:
    """Return what is wanted of a new key. Raises BadInput with every fault."""
    request = read_request(_NEW_KEY, body)
    request.check()
    values = request.values
    settings = KeySettings(
        views=values["views"],
        default_view=values["default_view"] or None,
        expires_in_days=values["expires_in_days"],
    )
    if "rate" in values:
        settings["rate"] = values["rate"]
    if "allow_from" in values:
        settings["allow_from"] = values["allow_from"]
    return WantedKey(values["name"], values["permissions"], settings, request)


def read_key(body: Mapping[str, Any]) -> Request:
    """Return the request of a body that names a key. Raises BadInput."""
    request = read_request(_KEY, body)
    request.check()
    return request


def read_key_query(query: Mapping[str, Any]) -> Request:
    """Return the request of a query string that may name a key."""
    return read_request(_KEY_QUERY, query)


class WantedSettings(NamedTuple):
    """What a body asks for of a key: which permissions it grants or takes away, and its limits."""

    request: Request
    permissions: dict[str, bool]
    limits: dict[str, Any]


def read_settings(body: Mapping[str, Any]) -> WantedSettings:
    """Return what is wanted of a key. Raises BadInput with every fault, also when it is nothing."""
    request = read_request(_SETTINGS, body)
    values = request.values
    wanted = {one: values[one] for one in PERMISSION_WORDS if values.get(one) is not None}
    limits = {name: values[name] for name in LIMITS if name in values}
    if not (wanted or limits or request.faults):
        known = ", ".join([*PERMISSION_WORDS, *LIMITS])
        message = f"Name what to set, such as pim_user: 1! Known: {known}."
        request.faults.append(Fault("required", message, allowed=[*PERMISSION_WORDS, *LIMITS]))
    request.check()
    return WantedSettings(request, wanted, limits)


def permissions_object(key: ApiKey) -> dict[str, int]:
    """Return which permissions a key has (1) and which it has not (0)."""
    return {one: int(one in key.groups) for one in PERMISSION_WORDS}


def settings_object(key: ApiKey) -> dict[str, Any]:
    """Return what may be set of a key."""
    told = key_object(key)
    return permissions_object(key) | {name: told[name] for name in LIMITS}


def key_object(key: ApiKey) -> dict[str, Any]:
    """Return a key as callers see it."""
    return {
        "id": key.public_id,
        "name": key.name,
        "key": key.mask,
        "key_expiration": expiration_text(key),
        "permissions": permissions_object(key),
        "rate": None if key.rate is None else str(key.rate),
        "allow_from": [str(one) for one in key.allow_from],
    }


def expiration_text(key: ApiKey) -> str | None:
    """Return when a key expires, UTC, such as `Thu Jun 22 00:34:23 2023`; None for never."""
    if key.expires_at is None:
        return None
    return datetime.fromtimestamp(key.expires_at // 1_000_000, UTC).ctime()


def in_seconds(at: int | None) -> int | None:
    """Return when a key was used last, in seconds since 1970; None for never."""
    return None if at is None else at // 1_000_000


def refusal_object(one: Refusal) -> dict[str, Any]:
    """Return a refusal of a key as callers see it."""
    return {"code": one.code, "action": one.action, "time": in_seconds(one.at)}
