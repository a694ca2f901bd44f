"""listProduct: everything about one product."""

from collections.abc import Sequence

from pims_api.domain.attributes.setting_readers import is_text
from pims_api.errors import Subject, absent
from pims_api.services.access import is_visible
from pims_api.services.lists.as_of import as_of
from pims_api.storage.engine.statement import Asked
from pims_api.storage.products.store import find_product, product_asked
from pims_api.storage.snapshot import Snapshot
from schemas.pims.body import read_request
from schemas.pims.products.requests import LIST_PRODUCT
from views.pims.caller import Caller
from views.pims.replies import Replies
from views.running import Body, Reply


def prefetches_product(body: Body, tenant_id: int) -> Sequence[Asked]:
    """Return what will be asked for, as far as a glance at the body tells."""
    sku = body.get("sku")
    return [product_asked(tenant_id, sku.strip())] if is_text(sku) else []


def list_product(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with the product of a SKU; without a SKU, with the definition alone."""
    request = caller.hear(read_request(LIST_PRODUCT, body))
    access = caller.access(seen.definition)
    then = as_of(seen, request.params["as_of"])
    replies = Replies(then.seen, access, request.params, then.applied)
    if request.values["sku"] is None:
        return replies.no_product(caller.warnings)
    product = find_product(then.seen, request.values["sku"].strip())
    if product is None or not is_visible(access, product):
        raise absent(Subject.PRODUCT)
    return replies.product(product, caller.warnings)
