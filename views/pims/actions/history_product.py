"""historyProduct: what happened to a product, one entry per transaction."""

from pims_api.domain.page import Page
from pims_api.services.products.history import HistoryQuery, history_of
from pims_api.storage.snapshot import Snapshot
from schemas.pims.body import read_request
from schemas.pims.products.requests import HISTORY_PRODUCT
from views.pims.caller import Caller
from views.pims.replies import Replies
from views.running import Body, Reply


def history_product(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with a page of the product's history, oldest first unless asked otherwise."""
    request = caller.hear(read_request(HISTORY_PRODUCT, body))
    access = caller.access(seen.definition)
    params = request.params
    page = Page(params["pagination"]["pageSize"], params["pagination"]["pageNum"])
    newest_first = any(one["direction"] == "DESC" for one in params["order"][:1])
    query = HistoryQuery(
        params["user"],
        params["source_ref"],
        params["transaction"],
        newest_first,
        with_type=params.get("attributes") is None,
        page=page,
    )
    replies = Replies(seen, access, params)
    history = history_of(seen, replies.shown, caller.key, request.values["sku"], query)
    return replies.history(history, caller.warnings)
