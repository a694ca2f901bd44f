"""Permissions of callers, the same for every face.

A key holds them by its permission groups (`permission_group.py`), a role would hold a set of them.
Services, jobs and views ask for one of these and never for the name of a group.
"""

from enum import Enum

from pims_api.errors import Forbidden


class Permission(Enum):
    """A permission of a caller; its value completes "the permission to …"."""

    READ = "read the catalogue"
    READ_PRODUCTS = "read products"
    READ_DEFINITIONS = "read the definitions of attributes"
    EDIT_PRODUCTS = "edit products"
    ADD_CATEGORIES = "add categories with the products that name them"
    MANAGE_DEFINITIONS = "manage attributes and categories"
    MANAGE_VIEWS = "manage attribute views and use any of them"
    MANAGE_JOBS = "see and cancel the jobs of others"
    MANAGE_KEYS = "manage API keys"
    IMPORT_FILES = "import files"
    EXPORT_FILES = "export files"


class NotPermitted(Forbidden):
    """The caller lacks a permission, which each face names in its own words."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        super().__init__(f"Access denied! This needs the permission to {permission.value}.")
