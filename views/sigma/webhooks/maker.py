"""The maker of a webhook, by whose rights it is told. Source: docs/webhooks.md, Rights."""

from pims_api.domain.access.permission import Permission
from pims_api.domain.access.sight import Sight
from pims_api.domain.outlets.outlet import Outlet
from pims_api.errors import Fault, Forbidden
from pims_api.services.access import full_access, sight_of
from pims_api.services.keys.later_caller import key_now, user_now
from pims_api.services.users.accounts import role_of
from pims_api.storage.history.changes import Actor
from pims_api.storage.snapshot import Snapshot
from views.callers import Caller

KEY_IS_GONE = "The key that made this webhook was withdrawn or has expired."
USER_IS_GONE = "The user who made this webhook is gone or disabled."
RIGHT_IS_GONE = "Who made this webhook may not read records any more."
_COMMAND_LINE = "command line"


def sight_of_maker(seen: Snapshot, one: Outlet) -> Sight:
    """Return what the maker of a webhook sees now. Raises Forbidden."""
    definition = seen.definition
    if one.key_id is None and one.user is None:  # made by the command
        return sight_of(full_access(definition, definition.default_locale))
    maker = _holder(seen, one.key_id) if one.key_id is not None else _user(seen, one.user or "")
    if not maker.may(Permission.READ_PRODUCTS):
        raise _gone(RIGHT_IS_GONE)
    return maker.sight(definition)


def _holder(seen: Snapshot, key_id: int) -> Caller:
    key = key_now(seen.connection, seen.tenant_id, key_id)
    if key is None:
        raise _gone(KEY_IS_GONE)
    return Caller(seen.tenant_id, Actor(key.mask, key.id), key)


def _user(seen: Snapshot, email: str) -> Caller:
    user = user_now(seen.connection, seen.tenant_id, email)
    if user is None:
        raise _gone(USER_IS_GONE)
    return Caller(seen.tenant_id, Actor(email), role=role_of(seen.definition, user.role))


def _gone(message: str) -> Forbidden:
    return Forbidden(faults=[Fault("forbidden", message)])
