"""listProductsBySku: the products of given SKUs, in the order asked."""

from pims_api.services.lists.as_of import as_of
from pims_api.services.lists.query import products_of_skus
from pims_api.storage.snapshot import Snapshot
from schemas.pims.products.requests import read_skus
from views.pims.caller import Caller
from views.pims.replies import Replies
from views.running import Body, Reply


def list_products_by_sku(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with those of the products that exist; unknown SKUs are left out."""
    request = caller.hear(read_skus(body))
    access = caller.access(seen.definition)
    skus = [sku.strip() for sku in request.values["skus"]]
    then = as_of(seen, request.params["as_of"])
    found = products_of_skus(
        then.seen, access, skus, include_deleted=bool(request.values["includeDeleted"])
    )
    replies = Replies(then.seen, access, request.params, then.applied)
    return replies.products_asked(found, caller.warnings)
