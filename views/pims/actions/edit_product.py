"""editProduct: change attributes of a product that exists."""

from pims_api.services.products import write as products
from pims_api.storage.unit_of_work import UnitOfWork
from views.caller import Caller
from views.pims.actions.saving import save
from views.pims.dispatch import Body, Reply


def edit_product(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Change the attributes that were sent and answer with the whole product."""
    return save(products.edit_product, work, caller, body)
