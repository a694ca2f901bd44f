"""What the addresses of the PIMS face do and who may ask for it. One look shows them all.

The reads for shops have a table of their own in `shop/reads.py`.
"""

from collections.abc import Callable
from functools import partial

from flask import Response

from pims_api.domain.access.permission import Permission
from pims_api.services.products import save
from pims_api.services.products import write as products
from views.pims.actions import (
    manage_attributes,
    manage_categories,
    manage_jobs,
    manage_key_views,
    manage_keys,
    manage_views,
)
from views.pims.actions.batch import batch
from views.pims.actions.definitions import manage_locales, manage_product_types
from views.pims.actions.get_list import get_list
from views.pims.actions.history.changes import changes
from views.pims.actions.history.list_transactions import list_transactions
from views.pims.actions.history.revert import revert
from views.pims.actions.history_product import history_product
from views.pims.actions.list_product import list_product, prefetches_product
from views.pims.actions.list_products_by_sku import list_products_by_sku
from views.pims.actions.save_product import Save, save_product
from views.pims.caller import Caller
from views.pims.dispatch import Action, Actions, pauses_indexing
from views.pims.files.routes import send_errors, send_result, start_import
from views.pims.status import show_status
from views.running import Reading, Writing

_READ = Permission.READ_PRODUCTS
_EDIT = Permission.EDIT_PRODUCTS
_DEFINITIONS = Permission.MANAGE_DEFINITIONS
_VIEWS = Permission.MANAGE_VIEWS
_KEYS = Permission.MANAGE_KEYS


def _saves(store: Save) -> Writing[Caller]:
    """Return an action that writes one product, which it looks for first."""
    return Writing(
        _EDIT,
        partial(save_product, store),
        group_commit=True,
        pauses=pauses_indexing,
        prefetches=prefetches_product,
    )


PRODUCT_ACTIONS: Actions = {
    "listProduct": Reading(_READ, list_product, prefetches_product),
    "listProductsBySku": Reading(_READ, list_products_by_sku),
    "getList": Reading(_READ, get_list),
    "createProduct": _saves(products.create_product),
    "editProduct": _saves(products.edit_product),
    "saveProduct": _saves(save.save_product),
    "batch": Writing(_EDIT, batch, pauses=pauses_indexing),
    "historyProduct": Reading(_READ, history_product),
    "revert": Writing(_EDIT, revert),
    "listTransactions": Reading(Permission.LIST_TRANSACTIONS, list_transactions),
    "changes": Reading(_READ, changes),
}

_ATTRIBUTE_ACTIONS: Actions = {
    "listAttributes": Reading(Permission.READ_DEFINITIONS, manage_attributes.list_attributes),
    "listAttributeGroups": Reading(
        Permission.READ_DEFINITIONS, manage_attributes.list_attribute_groups
    ),
    "addAttribute": Writing(_DEFINITIONS, manage_attributes.add_attribute),
    "editAttribute": Writing(_DEFINITIONS, manage_attributes.edit_attribute),
    "deleteAttribute": Writing(Permission.DELETE_DEFINITIONS, manage_attributes.delete_attribute),
    "renameValue": Writing(_DEFINITIONS, manage_attributes.rename_value),
    "mergeValues": Writing(_DEFINITIONS, manage_attributes.merge_values),
    "listLocales": Reading(Permission.READ, manage_locales.list_locales),
    "addLocale": Writing(_DEFINITIONS, manage_locales.add_locale),
    "listProductTypes": Reading(
        Permission.READ_DEFINITIONS, manage_product_types.list_product_types
    ),
    "addProductType": Writing(_DEFINITIONS, manage_product_types.add_product_type),
    "editProductType": Writing(_DEFINITIONS, manage_product_types.edit_product_type),
}

_CATEGORY_ACTIONS: Actions = {
    "listCategories": Reading(Permission.READ, manage_categories.list_categories),
    "addCategory": Writing(_DEFINITIONS, manage_categories.add_category),
    "editCategory": Writing(_DEFINITIONS, manage_categories.edit_category),
    "deleteCategory": Writing(Permission.DELETE_DEFINITIONS, manage_categories.delete_category),
}

_VIEW_ACTIONS: Actions = {
    "listPimViews": Reading(_VIEWS, manage_views.list_pim_views),
    "addPimView": Writing(_VIEWS, manage_views.add_pim_view),
    "editPimView": Writing(_VIEWS, manage_views.edit_pim_view),
    "addViewAttributes": Writing(_VIEWS, manage_views.add_view_attributes),
    "removeViewAttributes": Writing(_VIEWS, manage_views.remove_view_attributes),
    "deletePimView": Writing(_VIEWS, manage_views.delete_pim_view),
}

_KEY_VIEW_ACTIONS: Actions = {
    "listViews": Reading(_VIEWS, manage_key_views.list_views),
    "addView": Writing(_VIEWS, manage_key_views.add_view),
    "setDefault": Writing(_VIEWS, manage_key_views.set_default),
    "deleteView": Writing(_VIEWS, manage_key_views.delete_view),
}

ENDPOINTS: dict[str, Actions] = {
    "/pim/manage/products": PRODUCT_ACTIONS,
    "/pim/manage/attributes": _ATTRIBUTE_ACTIONS,
    "/pim/manage/categories": _CATEGORY_ACTIONS,
    "/pim/manage/views": _VIEW_ACTIONS,
    "/pim/manage/views/<apikey>": _KEY_VIEW_ACTIONS,
}
"""Addresses whose bodies name an action."""

SINGLE_ACTIONS: dict[tuple[str, str], Action] = {
    ("POST", "/pim/newkey"): Writing(_KEYS, manage_keys.new_key, kept_of=manage_keys.without_key),
    ("GET", "/pim/keyinfo"): Reading(None, manage_keys.key_info),
    ("POST", "/pim/keyinfo/set"): Writing(_KEYS, manage_keys.set_key),
    ("POST", "/pim/keydelete"): Writing(_KEYS, manage_keys.delete_key),
    ("POST", "/pim/export"): Writing(
        Permission.EXPORT_FILES, manage_jobs.start_export, bodiless=True
    ),
    ("GET", "/pim/jobs"): Reading(None, manage_jobs.list_jobs),
    ("GET", "/pim/jobs/<int:job_id>"): Reading(None, manage_jobs.show_job),
    ("POST", "/pim/jobs/<int:job_id>/cancel"): Writing(None, manage_jobs.cancel_job, bodiless=True),
}
"""Addresses that are an action themselves, by method."""

FILES: dict[tuple[str, str], Callable[..., Response]] = {
    ("POST", "/pim/import"): partial(start_import, Permission.IMPORT_FILES),
    ("GET", "/pim/jobs/<int:job_id>/errors"): partial(send_errors, None),
    ("GET", "/pim/jobs/<int:job_id>/result"): partial(send_result, None),
}
"""Addresses that take or give files, by method, each with the permission that it asks for."""

STATUS = Reading(None, show_status)
"""What GET /pim/status does for the holder of a key; without one it needs no transaction."""
