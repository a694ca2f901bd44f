"""getList: a page of the products that filters, conditions and words find."""

from pims_api.errors import refuse_if_any
from pims_api.services.product_lists import list_products
from pims_api.storage.snapshot import Snapshot
from schemas.pims.list_query import next_cursor, read_list_query
from schemas.pims.requests import GET_LIST, read_request
from views.caller import Caller
from views.pims.dispatch import Body, Reply
from views.pims.replies import Replies


def get_list(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with a page of products and how many there are in all."""
    request = read_request(GET_LIST, body)
    access = caller.access(seen.definition)
    query = read_list_query(request, access)
    refuse_if_any(request.faults)
    listing = list_products(seen, access, query)
    replies = Replies(seen, access, request.params)
    warnings = [*caller.warnings, *request.warnings]
    return replies.products(listing, warnings, next_cursor(listing, query))
