"""Keys that hold access groups: listed, made, deactivated. Source: docs/core.md, Keys."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pims_api.domain.access import api_key as keys
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission import Permission
from pims_api.domain.access.permission_group import ACCESS_GROUPS, in_order, permissions_of
from pims_api.domain.suggestion import nearest
from pims_api.errors import Fault, Subject, absent, refuse_if_any
from pims_api.services.keys.api_keys import name_faults, revoke_key, store_key, store_new_key
from pims_api.storage.api_keys import key_of_id, keys_of_tenant
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork

Holds = Callable[[Permission], bool]
"""Whether the caller has a permission."""


def listed_keys(seen: Snapshot) -> list[ApiKey]:
    """Return the keys that are not revoked, oldest first."""
    return [one for one in keys_of_tenant(seen) if one.revoked_at is None]


def groups_of(key: ApiKey) -> tuple[str, ...]:
    """Return the access groups that a key has, or that its other groups amount to.

    >>> groups_of(ApiKey(1, 1, "", "", "", "erp", ("pim_user", "pim_manager")))
    ('read', 'update-model', 'delete-model')
    """
    held = permissions_of(key.groups)
    return tuple(name for name, needed in _MARKS.items() if needed in held)


_MARKS = {
    "read": Permission.READ_PRODUCTS,
    "update-data": Permission.EDIT_PRODUCTS,
    "delete-data": Permission.DELETE_PRODUCTS,
    "update-model": Permission.CHANGE_TYPES,
    "delete-model": Permission.DELETE_TYPES,
}


def make_key(
    work: UnitOfWork, holds: Holds, name: str, groups: Sequence[str], maker: ApiKey | None = None
) -> tuple[str, ApiKey]:
    """Make a key with access groups that its maker holds; return its text and the key.

    maker: the key that asks for it, if it is one: the new key may come from the same networks.
    Raises BadInput with every fault, Forbidden for what the maker does not hold.
    """
    refuse_if_any([*name_faults(name), *_group_faults(groups)])
    refuse_if_any([fault for one in groups for fault in _grant_faults(holds, one)])
    text = keys.new_key(keys.LIVE_PREFIX)
    networks = () if maker is None else maker.allow_from
    return text, store_new_key(work, text, name, in_order(groups), allow_from=networks)


def find_listed_key(work: UnitOfWork, number: int) -> ApiKey:
    """Return a key that is not revoked. Raises NotFound."""
    found = key_of_id(work.connection, work.tenant_id, number)
    if found is None or found.revoked_at is not None:
        raise absent(Subject.KEY)
    return found


def deactivate_key(work: UnitOfWork, key: ApiKey) -> ApiKey:
    """Refuse a key from now on; it stays listed."""
    if key.deactivated_at is not None:
        return key
    return store_key(work, key, replace(key, deactivated_at=work.at))


def delete_key(work: UnitOfWork, key: ApiKey, own: ApiKey | None) -> None:
    """Refuse a key from now on and list it no longer. Raises Forbidden for the caller's own."""
    revoke_key(work, key, own)


def _group_faults(groups: Sequence[str]) -> list[Fault]:
    if not groups:
        message = f"A key needs at least one permission: {', '.join(ACCESS_GROUPS)}!"
        return [Fault("required", message, place="key/permissions")]
    known = tuple(ACCESS_GROUPS)
    return [
        Fault(
            "range",
            f"There is no permission {one[:64]!r}! Known ones: {', '.join(known)}.",
            place="key/permissions",
            nearest=nearest(one[:64], known),
        )
        for one in groups
        if one not in ACCESS_GROUPS
    ]


def _grant_faults(holds: Holds, group: str) -> list[Fault]:
    if all(holds(one) for one in ACCESS_GROUPS[group]):
        return []
    return [Fault("forbidden", f"You cannot grant {group}: you do not have it yourself!")]
