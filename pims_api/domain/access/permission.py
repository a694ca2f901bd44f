"""Permissions of callers, the same for every face.

A key holds them by its permission groups (`permission_group.py`), a role as a set (`role.py`).
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
    DELETE_PRODUCTS = "delete products"
    CHANGE_IN_BULK = "change products in bulk"
    ADD_CATEGORIES = "add categories with the products that name them"
    MANAGE_DEFINITIONS = "manage attributes and categories"
    DELETE_DEFINITIONS = "delete attributes and categories"
    CHANGE_TYPES = "change product types and their attributes"
    DELETE_TYPES = "delete product types and their attributes"
    CHANGE_DIMENSIONS = "change dimensions"
    DELETE_DIMENSIONS = "delete dimensions"
    CHANGE_OPTION_LISTS = "change option lists"
    DELETE_OPTION_LISTS = "delete option lists"
    CHANGE_CATALOGS = "change catalogs and their categories"
    DELETE_CATALOGS = "delete catalogs and their categories"
    CHANGE_WORKFLOWS = "change workflows"
    DELETE_WORKFLOWS = "delete workflows"
    READ_ROLES = "read roles"
    CHANGE_OUTLETS = "change webhooks and channels"
    DELETE_OUTLETS = "delete webhooks and channels"
    CHANGE_EXPORT_JOBS = "change export jobs"
    DELETE_EXPORT_JOBS = "delete export jobs"
    RUN_EXPORT_JOBS = "run export jobs"
    CHANGE_ROLES = "change roles"
    DELETE_ROLES = "delete roles"
    MANAGE_VIEWS = "manage attribute views and use any of them"
    LIST_TRANSACTIONS = "list transactions"
    MANAGE_JOBS = "see and cancel the jobs of others"
    MANAGE_KEYS = "manage API keys"
    ADD_KEYS = "make API keys"
    END_KEYS = "deactivate and delete API keys"
    IMPORT_FILES = "import files"
    EXPORT_FILES = "export files"
    IMPORT_PRODUCTS = "import products"
    TRY_IMPORTS = "try imports of products"
    EXPORT_PRODUCTS = "export products"


class NotPermitted(Forbidden):
    """The caller lacks a permission, which each face names in its own words."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        super().__init__(f"Access denied! This needs the permission to {permission.value}.")
