"""getList: a page of the products that filters, conditions and words find."""

from pims_api.services.lists.as_of import as_of
from pims_api.services.lists.explain import explain_list, explain_sku
from pims_api.services.lists.query import Listing, ListQuery, list_products
from pims_api.storage.snapshot import Snapshot
from schemas.pims.body import Request, read_request
from schemas.pims.products.explanation import ExplanationWriter
from schemas.pims.products.list_query import next_cursor, read_list_query
from schemas.pims.products.requests import GET_LIST
from views.pims.caller import Caller
from views.pims.replies import Replies
from views.running import Body, Reply


def get_list(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with a page of products and how many there are in all."""
    request = read_request(GET_LIST, body)
    caller.warnings += request.warnings
    access = caller.access(seen.definition)
    query = read_list_query(request, access)
    request.check()
    then = as_of(seen, request.params["as_of"], query.after)
    listing, more = _listing(then.seen, caller, query, request)
    replies = Replies(then.seen, access, request.params, then.applied)
    return replies.products(listing, caller.warnings, next_cursor(listing, query) | more)


def _listing(
    seen: Snapshot, caller: Caller, query: ListQuery, request: Request
) -> tuple[Listing, Reply]:
    """Return the page, and what the reply explains of it if it was asked to."""
    access, more = caller.access(seen.definition), Reply()
    writer = ExplanationWriter(access, query)
    if request.params["explain"]:
        listing, told = explain_list(seen, access, query)
        more["explain"] = writer.listing(told)
    else:
        listing = list_products(seen, access, query)
    sku = request.params["explain_sku"].strip()
    if sku:
        more["explain_sku"] = writer.sku(explain_sku(seen, access, query, sku))
    return listing, more
