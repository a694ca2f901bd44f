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
    replies = Replies(seen, access, params)
    sku = request.values["sku"]
    history = history_of(seen, replies.shown, caller.key, sku, _query(params))
    return replies.history(history, caller.warnings)


def _query(params: Body) -> HistoryQuery:
    return HistoryQuery(
        params["user"],
        params["source_ref"],
        params["transaction"],
        any(one["direction"] == "DESC" for one in params["order"][:1]),
        with_type=params.get("attributes") is None,
        page=Page(params["pagination"]["pageSize"], params["pagination"]["pageNum"]),
    )
