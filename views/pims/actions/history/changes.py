"""changes: what became of a selection of products since a cursor."""

from dataclasses import replace
from typing import Any

from pims_api.errors import BadInput
from pims_api.services.changes.feed import ChangeQuery, changes_since
from pims_api.storage.snapshot import Snapshot
from schemas.pims.body import Request, read_request
from schemas.pims.products.changes import ChangeCursors
from schemas.pims.products.list_query import read_list_query
from schemas.pims.products.requests import CHANGES
from views.pims.caller import Caller
from views.pims.replies import Replies
from views.running import Body, NothingYet, Reply


def changes(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with the next changes, and the cursor that leads to those after them."""
    request = read_request(CHANGES, body)
    caller.warnings += request.warnings
    access = caller.access(seen.definition)
    params = request.params
    cursors = ChangeCursors(seen.tenant_id, caller.key.id, access, params)
    query = _query(request, cursors, access)
    request.check()
    page = changes_since(seen, access, query)
    replies = Replies(seen, access, params)
    told = {"changes": replies.changes(page.changes), "next": cursors.text(page.next)}
    reply = replies.about_changes(told | {"more": page.more}, caller.warnings)
    if page.changes or page.more or query.since is None or not params["wait"]:
        return reply
    return NothingYet(reply, params["wait"])


def _query(request: Request, cursors: ChangeCursors, access: Any) -> ChangeQuery:
    params = request.params
    selection = replace(read_list_query(request, access), include_variants=True)
    since = None
    try:
        since = cursors.read(params.get("since"))
    except BadInput as refused:
        request.faults += refused.faults
    return ChangeQuery(selection, since, params.get("limit", 1), bool(params.get("old")))
