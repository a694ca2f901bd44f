"""changes: what became of a selection of products since a cursor."""

from dataclasses import replace
from typing import Any

from pims_api.domain.access.access import Access
from pims_api.domain.cursor import ChangeCursor
from pims_api.domain.values.value import JsonNumber
from pims_api.errors import BadInput
from pims_api.services.changes.category_changes import definition_at
from pims_api.services.changes.feed import ChangeQuery, changes_since
from pims_api.storage.snapshot import Snapshot
from schemas.pims.body import Request, read_request
from schemas.pims.products.changes import ChangeCursors
from schemas.pims.products.filter_values import WasThere, always, never, was_category
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
    query = _query(seen, request, cursors, access)
    request.check()
    page = changes_since(seen, access, query)
    replies = Replies(seen, access, params)
    told = {"changes": replies.changes(page.changes), "next": cursors.text(page.next)}
    reply = replies.about_changes(told | {"more": page.more}, caller.warnings)
    if page.changes or page.more or query.since is None or not params["wait"]:
        return reply
    return NothingYet(reply, params["wait"])


def _query(seen: Snapshot, request: Request, cursors: ChangeCursors, access: Access) -> ChangeQuery:
    params = request.params
    since = None
    try:
        since = cursors.read(params.get("since"))
    except BadInput as refused:
        request.faults += refused.faults
    was_there = _was_there(seen, params.get("since"), since)
    selection = replace(read_list_query(request, access, was_there), include_variants=True)
    return ChangeQuery(selection, since, params.get("limit", 1), bool(params.get("old")))


def _was_there(seen: Snapshot, sent: Any, since: ChangeCursor | None) -> WasThere:
    """Return what filters may ask for that is not there now: who follows it is told that it left.

    A cursor belongs to its selection, whose filters were known when it was made.
    """
    if since is None:
        return never
    if not isinstance(sent, JsonNumber):
        return always
    return was_category(seen.definition.categories, definition_at(seen, since.since).categories)
