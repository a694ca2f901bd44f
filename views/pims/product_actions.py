"""The actions of POST /pim/manage/products. One look shows them all."""

from pims_api.domain.access.api_key import EDITOR, USER
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
        (EDITOR,), handle, pausable=True, group_commit=True, prefetches=prefetches_product
    )


PRODUCT_ACTIONS: Actions = {
    "listProduct": Reading((USER, EDITOR), list_product, prefetches_product),
    "listProductsBySku": Reading((USER, EDITOR), list_products_by_sku),
    "getList": Reading((USER, EDITOR), get_list),
    "createProduct": _one(create_product),
    "editProduct": _one(edit_product),
    "saveProduct": _one(save_product),
    "batch": Writing((EDITOR,), batch, pausable=True),
    "historyProduct": Reading((USER, EDITOR), history_product),
}
