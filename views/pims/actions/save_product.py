"""createProduct, editProduct, saveProduct: the same body in, the same reply out."""

from collections.abc import Callable
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.access.permission import Permission
from pims_api.errors import refuse_if_any
from pims_api.services.imports.near_duplicates import made_beside
from pims_api.services.products.families import combination_warnings
from pims_api.services.products.value_rules import CATEGORIES_MISSING
from pims_api.services.products.write import ProductWrite, Written
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.products.product_write import read_product_write
from schemas.pims.products.requests import read_save
from views.pims.caller import Caller
from views.pims.replies import Replies
from views.running import Body, Reply, permit

Save = Callable[[UnitOfWork, Access, ProductWrite], Written]


def save_product(store: Save, work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Store what a body wants of a product and answer with the product as it is now."""
    request = read_save(body)
    access = caller.access(work.definition)
    wanted = read_product_write(request, access)
    caller.warnings += wanted.warnings
    wanted.warnings = ()
    if not wanted.sku:
        refuse_if_any(wanted.faults)
    if CATEGORIES_MISSING in wanted.missing:
        permit(caller, Permission.ADD_CATEGORIES)
    written = store(work, access, wanted)
    work.dry_run = request.dry_run
    work.finish()
    return _told(work, caller, written, request.params)


def _told(work: UnitOfWork, caller: Caller, written: Written, params: dict[str, Any]) -> Reply:
    """Return the product as the transaction leaves it, with what is to be warned of."""
    access = caller.access(work.definition)  # what was made on the way has its place in the reply
    left = work.find_product(written.product.sku) or written.product
    warnings = [*caller.warnings, *written.warnings]
    warnings += combination_warnings(work, access, written.product, written.before)
    warnings += made_beside(work, access)
    replies = Replies(work, access, params)
    return replies.written(written._replace(product=left), warnings, dry_run=work.dry_run)
