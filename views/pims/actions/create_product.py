"""createProduct: add a product."""

from pims_api.services.products import write as products
from pims_api.storage.unit_of_work import UnitOfWork
from views.caller import Caller
from views.pims.actions.saving import save
from views.pims.dispatch import Body, Reply


def create_product(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Add the product and answer with it as it is stored."""
    return save(products.create_product, work, caller, body)
