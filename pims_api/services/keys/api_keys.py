"""API keys: create, find, change and revoke them.

Source: docs/core.md, Keys.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict, Unpack

from pims_api.clock import now_us
from pims_api.domain.access import api_key as keys
from pims_api.domain.access.api_key import EXPIRES_IN_DAYS_MAX, ApiKey
from pims_api.domain.access.permission import Permission
from pims_api.domain.access.permission_group import PERMISSION_GROUPS, SECURITY, in_order
from pims_api.domain.suggestion import NAME_LENGTH_MAX as WORD_SHOWN_MAX
from pims_api.domain.suggestion import Suggestions
from pims_api.domain.values.text import has_control
from pims_api.errors import Fault, Forbidden, Subject, absent, place_of, refuse_if_any
from pims_api.services.keys.limits import read_limits, refuse_wider_networks
from pims_api.storage.api_keys import (
    KEY_ENTITY,
    add_key,
    change_key,
    key_of_public_id,
    key_settings,
    keys_of_tenant,
    last_key_id,
)
from pims_api.storage.history.changes import EntityChange
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

NAME_LENGTH_MAX = 100  # characters

_DAY_US = 24 * 60 * 60 * 1_000_000


class KeySettings(TypedDict, total=False):
    """The settings of a new key beside its name and permission groups.

    views: the Views it may use; without any it sees everything. default_view: the one that applies
    when it names none; the first one unless told otherwise. expires_in_days: 1 to 36500, None for
    never. rate, allow_from: see `limits`.
    """

    views: Iterable[str]
    default_view: str | None
    expires_in_days: int | None
    rate: str
    allow_from: Sequence[str]


def create_key(
    work: UnitOfWork,
    maker: ApiKey | None,
    name: str,
    groups: Iterable[str],
    **settings: Unpack[KeySettings],
) -> tuple[str, ApiKey]:
    """Create a key; return its text, which is not stored, and the stored key.

    maker: the key that asks for it and whose rights bound those of the new one; None stands for
    the command line, which may grant anything.

    Raises BadInput with every fault of the settings, Forbidden when the maker holds less.
    Source: docs/core.md, Keys.
    """
    wanted, views = list(groups), _views_of(settings)
    days = settings.get("expires_in_days")
    own = [str(one) for one in maker.allow_from] if maker is not None else []
    limits, wrong = read_limits({"allow_from": own} | settings)
    faults = [*name_faults(name), *_group_faults(wanted)]
    refuse_if_any([*faults, *_view_faults(work, views), *_expiry_faults(days), *wrong])
    if maker is not None:
        refuse_if_any([*_group_grant_faults(maker, wanted), *_view_grant_faults(maker, views)])
        refuse_wider_networks(maker, limits)
    text = keys.new_key()
    chosen = {
        "views": tuple(views),
        "default_view": settings.get("default_view") or (views[0] if views else None),
        "expires_at": None if days is None else work.at + days * _DAY_US,
    }
    return text, store_new_key(work, text, name, in_order(wanted), **chosen, **limits)


def store_new_key(
    work: UnitOfWork, text: str, name: str, groups: tuple[str, ...], **settings: Any
) -> ApiKey:
    """Store a new key of that text. settings: further fields of ApiKey."""
    key = ApiKey(
        tenant_id=work.tenant_id,
        id=last_key_id(work) + 1,
        public_id=keys.public_id(text),
        digest=keys.digest(text),
        mask=keys.mask(text),
        name=name.strip(),
        groups=groups,
        created_at=work.at,
        **settings,
    )
    add_key(work, key)
    work.record(
        EntityChange(KEY_ENTITY, key.id, {}, {"public_id": key.public_id} | key_settings(key))
    )
    return key


def find_key(snapshot: Snapshot, text: str) -> ApiKey | None:
    """Return the tenant's key of that text or public id, revoked ones included, or None."""
    if keys.is_public_id(text):
        return key_of_public_id(snapshot, text)
    if not keys.is_well_formed(text):
        return None
    key = key_of_public_id(snapshot, keys.public_id(text))
    held = None if key is None else key.of_text(text)
    if held is not None and held is not key and not held.works_at(now_us()):
        return None  # the secret before, whose time is over
    return None if held is None else key


def store_key(work: UnitOfWork, key: ApiKey, changed: ApiKey) -> ApiKey:
    """Store other settings of a key, with an entry in history, and return it."""
    old, new = key_settings(key), key_settings(changed)
    places = [place for place in new if old[place] != new[place]]
    if key.digest != changed.digest and not places:
        places = ["previous_until"]  # even if it was at the same moment
    if places:
        change_key(work, changed)
        before, after = ({p: side[p] for p in places} for side in (old, new))
        work.record(EntityChange(KEY_ENTITY, key.id, before, after))
    return changed


def revoke_key(work: UnitOfWork, key: ApiKey | None, maker: ApiKey | None = None) -> ApiKey:
    """Revoke a key; its row stays.

    Raises NotFound when there is no such key or it is withdrawn already, Forbidden when it is the
    maker's own.
    """
    if key is None or key.revoked_at is not None:
        raise absent(Subject.KEY, place="key/withdrawn")
    if maker is not None and maker.id == key.id:
        raise Forbidden("Cannot delete your own API key.")
    return store_key(work, key, replace(key, revoked_at=work.at))


def set_key(
    work: UnitOfWork,
    maker: ApiKey,
    key: ApiKey | None,
    wanted: Mapping[str, bool],
    limits: Mapping[str, Any],
) -> ApiKey:
    """Grant (True) and take away (False) permission groups of a key, and set its limits.

    limits: as of `read_limits`. Raises NotFound when there is no such key, BadInput with every
    fault of the limits, Forbidden for what the maker does not hold, Conflict when no key that works
    could manage keys any more.
    """
    if key is None or key.revoked_at is not None:
        raise absent(Subject.KEY, place="key")
    found, wrong = read_limits(limits)
    refuse_if_any(wrong)
    refuse_if_any(_group_grant_faults(maker, wanted))
    refuse_wider_networks(maker, found)
    kept = [one for one in key.groups if wanted.get(one, True)]
    granted = [one for one, granted in wanted.items() if granted]
    changed = replace(key, groups=in_order([*kept, *granted]), **found)
    if key.may(Permission.MANAGE_KEYS) and not changed.may(Permission.MANAGE_KEYS):
        refuse_if_any(_lockout_faults(work, key))
    return store_key(work, key, changed)


def _views_of(settings: KeySettings) -> list[str]:
    named = [*settings.get("views", ()), *filter(None, [settings.get("default_view")])]
    return list(dict.fromkeys(named))


def name_faults(name: str) -> list[Fault]:
    """Return what keeps a text from being the name of a key."""
    if not name.strip():
        return [Fault("required", "A key needs a name!", place="key/name")]
    if len(name) > NAME_LENGTH_MAX or has_control(name):
        message = f"The name of a key has at most {NAME_LENGTH_MAX} characters, none unprintable!"
        return [Fault("limit", message, place="key/name")]
    return []


def _group_faults(wanted: Sequence[str]) -> list[Fault]:
    if not wanted:
        message = f"A key needs at least one permission: {', '.join(PERMISSION_GROUPS)}!"
        return [
            Fault("required", message, place="key/permissions", allowed=tuple(PERMISSION_GROUPS))
        ]
    known, suggestions = ", ".join(PERMISSION_GROUPS), Suggestions()
    return [
        Fault(
            "range",
            f"There is no permission {one[:WORD_SHOWN_MAX]!r}! Known ones: {known}.",
            place="key/permissions",
            allowed=tuple(PERMISSION_GROUPS),
            nearest=suggestions.word(one, PERMISSION_GROUPS),
        )
        for one in wanted
        if one not in PERMISSION_GROUPS
    ]


def _view_faults(work: Snapshot, views: Sequence[str]) -> list[Fault]:
    known, suggestions = work.definition.views, Suggestions()
    return [
        Fault(
            "range",
            f"There is no view {one[:WORD_SHOWN_MAX]!r}!",
            place="key/views",
            value=one[:WORD_SHOWN_MAX],
            nearest=suggestions.word(one, known),
        )
        for one in views
        if one not in known
    ]


def _expiry_faults(days: int | None) -> list[Fault]:
    if days is None or 1 <= days <= EXPIRES_IN_DAYS_MAX:
        return []
    message = f"A key is good for 1 to {EXPIRES_IN_DAYS_MAX} days, or for ever!"
    return [Fault("range", message, place="key/expiry")]


def _group_grant_faults(maker: ApiKey, wanted: Iterable[str]) -> list[Fault]:
    return [
        Fault("forbidden", f"You cannot grant or take away {one}: your key does not have it!")
        for one in wanted
        if one not in maker.groups
    ]


def _lockout_faults(work: UnitOfWork, leaving: ApiKey) -> list[Fault]:
    """Return a fault when no other key that works now could manage keys."""
    others = (one for one in keys_of_tenant(work) if one.id != leaving.id)
    if any(one.may(Permission.MANAGE_KEYS) and one.works_at(work.at) for one in others):
        return []
    message = (
        f"No other key that works has {SECURITY}: nobody could manage keys any more! "
        "Give it to another key first."
    )
    return [Fault("exists", message, place=place_of("key", "permissions", SECURITY))]


def _view_grant_faults(maker: ApiKey, views: Sequence[str]) -> list[Fault]:
    if maker.views and not views:
        message = "Your key is bound to Views, so a key that it makes needs at least one View!"
        return [Fault("forbidden", message, place="key/views")]
    return [
        Fault("forbidden", "Access denied! Your key may not use that View.", place="key/views")
        for one in views
        if not maker.may_use_view(one)
    ]
