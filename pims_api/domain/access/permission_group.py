"""Permission groups: the sets of permissions that API keys are given.

A key stores the names of its groups. There are two sets of names, and a key may have some of both:
`PERMISSION_GROUPS`, of which the command and the PIMS face speak, and `ACCESS_GROUPS`, which part
what is read, changed and deleted.

Source: docs/core.md, Permissions.
"""

from collections.abc import Iterable, Mapping

from pims_api.domain.access.permission import Permission

USER = "pim_user"
EDITOR = "pim_editor"
MANAGER = "pim_manager"
SECURITY = "pim_security"
IMPORT = "pim_import"
EXPORT = "pim_export"

READ = "read"
UPDATE_DATA = "update-data"
DELETE_DATA = "delete-data"
UPDATE_MODEL = "update-model"
DELETE_MODEL = "delete-model"

_READS = frozenset(
    {
        Permission.READ,
        Permission.READ_PRODUCTS,
        Permission.READ_ROLES,
        Permission.EXPORT_PRODUCTS,
        Permission.TRY_IMPORTS,
    }
)
_UPDATES = frozenset(
    {
        Permission.EDIT_PRODUCTS,
        Permission.IMPORT_PRODUCTS,
        Permission.CHANGE_IN_BULK,
        Permission.RUN_EXPORT_JOBS,
    }
)
_MODELS = frozenset(
    {
        Permission.MANAGE_DEFINITIONS,
        Permission.CHANGE_TYPES,
        Permission.CHANGE_DIMENSIONS,
        Permission.CHANGE_OPTION_LISTS,
        Permission.CHANGE_CATALOGS,
        Permission.CHANGE_WORKFLOWS,
        Permission.CHANGE_OUTLETS,
        Permission.CHANGE_EXPORT_JOBS,
    }
)
_DELETES_MODELS = frozenset(
    {
        Permission.DELETE_DEFINITIONS,
        Permission.DELETE_TYPES,
        Permission.DELETE_DIMENSIONS,
        Permission.DELETE_OPTION_LISTS,
        Permission.DELETE_CATALOGS,
        Permission.DELETE_WORKFLOWS,
        Permission.DELETE_OUTLETS,
        Permission.DELETE_EXPORT_JOBS,
    }
)
_ROLES = frozenset({Permission.READ_ROLES, Permission.CHANGE_ROLES, Permission.DELETE_ROLES})

PERMISSION_GROUPS: Mapping[str, frozenset[Permission]] = {
    USER: _READS,
    EDITOR: _READS | _UPDATES | {Permission.READ_DEFINITIONS, Permission.DELETE_PRODUCTS},
    MANAGER: _MODELS
    | _DELETES_MODELS
    | {
        Permission.READ,
        Permission.READ_DEFINITIONS,
        Permission.READ_ROLES,
        Permission.ADD_CATEGORIES,
        Permission.MANAGE_VIEWS,
        Permission.MANAGE_JOBS,
        Permission.LIST_TRANSACTIONS,
    },
    SECURITY: _ROLES
    | {
        Permission.MANAGE_VIEWS,
        Permission.MANAGE_JOBS,
        Permission.MANAGE_KEYS,
        Permission.ADD_KEYS,
        Permission.END_KEYS,
    },
    IMPORT: frozenset(
        {Permission.ADD_CATEGORIES, Permission.IMPORT_FILES, Permission.CHANGE_IN_BULK}
    ),
    EXPORT: frozenset({Permission.EXPORT_FILES}),
}
"""What each group allows, in the order in which groups are listed."""

ACCESS_GROUPS: Mapping[str, frozenset[Permission]] = {
    READ: _READS,
    UPDATE_DATA: _UPDATES,
    DELETE_DATA: frozenset({Permission.DELETE_PRODUCTS, Permission.CHANGE_IN_BULK}),
    UPDATE_MODEL: _MODELS | {Permission.CHANGE_ROLES, Permission.ADD_KEYS},
    DELETE_MODEL: _DELETES_MODELS | {Permission.DELETE_ROLES, Permission.END_KEYS},
}
"""What each of the other groups allows, in the order in which they are listed."""

_ALL_GROUPS = {**PERMISSION_GROUPS, **ACCESS_GROUPS}


def permissions_of(groups: Iterable[str]) -> frozenset[Permission]:
    """Return the union of the permissions of these groups; an unknown group has none.

    >>> sorted(one.name for one in permissions_of(["pim_import", "pim_export"]))
    ['ADD_CATEGORIES', 'CHANGE_IN_BULK', 'EXPORT_FILES', 'IMPORT_FILES']
    """
    return frozenset[Permission]().union(*(_ALL_GROUPS.get(one, ()) for one in groups))


def may(groups: Iterable[str], permission: Permission) -> bool:
    """Return whether one of these groups has the permission."""
    return any(permission in _ALL_GROUPS.get(one, ()) for one in groups)


def groups_granting(permission: Permission) -> tuple[str, ...]:
    """Return the groups that have a permission, in the order of the table.

    >>> groups_granting(Permission.ADD_CATEGORIES)
    ('pim_manager', 'pim_import')
    """
    return tuple(name for name, allowed in PERMISSION_GROUPS.items() if permission in allowed)


def in_order(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return groups in the order of the tables. Raises ValueError naming the first unknown one."""
    chosen = set(wanted)
    unknown = sorted(chosen - set(_ALL_GROUPS))
    if unknown:
        raise ValueError(unknown[0])
    return tuple(one for one in _ALL_GROUPS if one in chosen)
