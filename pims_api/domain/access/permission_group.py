"""Permission groups: the sets of permissions that API keys are given.

A key stores the names of its groups. The command and the PIMS face speak of the same names; a face
with other words for rights maps them to permissions in a table of its own.

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

PERMISSION_GROUPS: Mapping[str, frozenset[Permission]] = {
    USER: frozenset({Permission.READ, Permission.READ_PRODUCTS}),
    EDITOR: frozenset(
        {
            Permission.READ,
            Permission.READ_PRODUCTS,
            Permission.READ_DEFINITIONS,
            Permission.EDIT_PRODUCTS,
        }
    ),
    MANAGER: frozenset(
        {
            Permission.READ,
            Permission.READ_DEFINITIONS,
            Permission.ADD_CATEGORIES,
            Permission.MANAGE_DEFINITIONS,
            Permission.MANAGE_VIEWS,
            Permission.MANAGE_JOBS,
        }
    ),
    SECURITY: frozenset({Permission.MANAGE_VIEWS, Permission.MANAGE_JOBS, Permission.MANAGE_KEYS}),
    IMPORT: frozenset({Permission.ADD_CATEGORIES, Permission.IMPORT_FILES}),
    EXPORT: frozenset({Permission.EXPORT_FILES}),
}
"""What each group allows, in the order in which groups are listed."""


def permissions_of(groups: Iterable[str]) -> frozenset[Permission]:
    """Return the union of the permissions of these groups; an unknown group has none.

    >>> sorted(one.name for one in permissions_of(["pim_import", "pim_export"]))
    ['ADD_CATEGORIES', 'EXPORT_FILES', 'IMPORT_FILES']
    """
    return frozenset[Permission]().union(*(PERMISSION_GROUPS.get(one, ()) for one in groups))


def groups_granting(permission: Permission) -> tuple[str, ...]:
    """Return the groups that have a permission, in the order of the table.

    >>> groups_granting(Permission.ADD_CATEGORIES)
    ('pim_manager', 'pim_import')
    """
    return tuple(name for name, allowed in PERMISSION_GROUPS.items() if permission in allowed)


def in_order(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return groups in the order of the table. Raises ValueError naming the first unknown one."""
    chosen = set(wanted)
    unknown = sorted(chosen - set(PERMISSION_GROUPS))
    if unknown:
        raise ValueError(unknown[0])
    return tuple(one for one in PERMISSION_GROUPS if one in chosen)
