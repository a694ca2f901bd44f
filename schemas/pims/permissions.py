"""Permissions on the wire, in the words of permission groups.

Source: docs/api/pims.md, Permissions.
"""

from collections.abc import Mapping

from pims_api.domain.access.permission import NotPermitted, Permission
from pims_api.domain.access.permission_group import (
    EDITOR,
    EXPORT,
    IMPORT,
    MANAGER,
    PERMISSION_GROUPS,
    SECURITY,
    USER,
    groups_granting,
)
from pims_api.errors import Fault

PERMISSION_WORDS = tuple(PERMISSION_GROUPS)
"""Every word, in the order in which replies list them. They equal the stored names of groups."""

WORDS_GRANTING: Mapping[Permission, tuple[str, ...]] = {
    Permission.READ: (EDITOR, MANAGER, USER),
    Permission.READ_PRODUCTS: (USER, EDITOR),
    Permission.READ_DEFINITIONS: (MANAGER, EDITOR),
    Permission.EDIT_PRODUCTS: (EDITOR,),
    Permission.ADD_CATEGORIES: (MANAGER, IMPORT),
    Permission.MANAGE_DEFINITIONS: (MANAGER,),
    Permission.DELETE_DEFINITIONS: (MANAGER,),
    Permission.MANAGE_VIEWS: (MANAGER, SECURITY),
    Permission.MANAGE_JOBS: (MANAGER, SECURITY),
    Permission.LIST_TRANSACTIONS: (MANAGER,),
    Permission.MANAGE_KEYS: (SECURITY,),
    Permission.IMPORT_FILES: (IMPORT,),
    Permission.EXPORT_FILES: (EXPORT,),
}
"""The words of which one is needed for what PIMS does, as a refusal names them."""


def permission_fault(refused: NotPermitted) -> Fault:
    """Return the fault that names the permission groups of which the key needs one.

    >>> permission_fault(NotPermitted(Permission.ADD_CATEGORIES)).message
    'Access denied! This needs the permission pim_manager or pim_import.'
    """
    words = WORDS_GRANTING.get(refused.permission) or groups_granting(refused.permission)
    message = f"Access denied! This needs the permission {' or '.join(words)}."
    return Fault(refused.code, message, allowed=words)
