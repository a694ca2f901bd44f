"""The actions of POST /pim/manage/products. One look shows them all."""

from pims_api.domain.access.permission import Permission
from views.pims.actions.batch import batch
from views.pims.actions.create_product import create_product
from views.pims.actions.edit_product import edit_product
from views.pims.actions.get_list import get_list
from views.pims.actions.history_product import history_product
from views.pims.actions.list_product import list_product, prefetches_product
from views.pims.actions.list_products_by_sku import list_products_by_sku
from views.pims.actions.save_product import save_product
from views.pims.dispatch import Actions, Reading, WriteHandler, Writing


def _one(handle: WriteHandler) -> Writing:
    """Return an action that writes one product, which it looks for first."""
    return Writing(
        Permission.EDIT_PRODUCTS,
        handle,
        pausable=True,
        group_commit=True,
        prefetches=prefetches_product,
    )


PRODUCT_ACTIONS: Actions = {
    "listProduct": Reading(Permission.READ_PRODUCTS, list_product, prefetches_product),
    "listProductsBySku": Reading(Permission.READ_PRODUCTS, list_products_by_sku),
    "getList": Reading(Permission.READ_PRODUCTS, get_list),
    "createProduct": _one(create_product),
    "editProduct": _one(edit_product),
    "saveProduct": _one(save_product),
    "batch": Writing(Permission.EDIT_PRODUCTS, batch, pausable=True),
    "historyProduct": Reading(Permission.READ_PRODUCTS, history_product),
}
