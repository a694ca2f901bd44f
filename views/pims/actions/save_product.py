"""saveProduct: create a product, or edit it when it is there."""

from pims_api.services.products import write as products
from pims_api.storage.unit_of_work import UnitOfWork
from views.caller import Caller
from views.pims.actions.saving import save
from views.pims.dispatch import Body, Reply


def save_product(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Create or change the product and answer with the whole of it."""
    return save(products.save_product, work, caller, body)
