"""The reader of the params of getList as a query of products.

Source: docs/api/pims.md, getList.
"""

from collections.abc import Sequence
from typing import Any

from pims_api.domain.access.access import FIELD_COLUMNS, Access
from pims_api.domain.conditions.condition import And, Condition
from pims_api.domain.conditions.language.parser import parse_condition
from pims_api.domain.cursor import ListPlace
from pims_api.domain.page import PAGE_SIZE_DEFAULT, Page
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.errors import BadInput, Fault, pointer_to
from pims_api.services.lists.query import Listing, ListQuery
from pims_api.storage.catalogue_index.order.pages import OrderKey
from schemas.pims.body import Request
from schemas.pims.products.cursor import POINTER, CursorKind
from schemas.pims.products.filter_values import WasThere, never, parse_filters, was_category
from schemas.pims.products.requests import SEARCH_LENGTH_MAX

_OF_PAST = ("as_of", "after")  # params of lists of what was there; `after` may be of one


def read_list_query(
    request: Request, access: Access, was_there: WasThere | None = None
) -> ListQuery:
    """Return the query that a request describes; its faults join those of the request.

    was_there: as of `parse_filters`; by itself what lists of the past may ask for.
    """
    params = request.params
    parts = [
        *_filters(params, access, request.faults, was_there or _of_past(params, access)),
        *_condition(params.get("condition_query"), access, request.faults),
    ]
    pagination = params.get("pagination", {})
    search, order = _search(params.get("search", ""), request.faults), _order(request, access)
    return ListQuery(
        condition=And(tuple(parts)),
        category_id=params.get("cat_id", 0),
        include_children=bool(params.get("includeChildren")),
        include_deleted=bool(params.get("includeDeleted")),
        include_variants=bool(params.get("includeVariants")),
        search=search,
        order=order,
        page=Page(pagination.get("pageSize", PAGE_SIZE_DEFAULT), pagination.get("pageNum", 1)),
        after=_after(request, order, search),
    )


def next_cursor(listing: Listing, query: ListQuery) -> dict[str, str]:
    """Return the key of the reply that leads to the next page, if there is one."""
    if listing.next is None:
        return {}
    return {"next": CursorKind(query.order, query.search).text(listing.next)}


def _after(request: Request, order: Sequence[OrderKey], search: str) -> ListPlace | None:
    text: str | None = request.params.get("after")
    if text is None:
        return None
    if request.params.get("pagination", {}).get("pageNum", 1) > 1:
        message = (
            "params.after and a pageNum above 1 say different things: leave pageNum out to go on "
            "after a page, or after to ask for a page by its number!"
        )
        request.faults.append(Fault("range", message, pointer=POINTER))
    elif not request.faults:  # a fault may be one of the order, to which cursors belong
        try:
            return CursorKind(order, search).read(text)
        except BadInput as error:
            request.faults += error.faults
    return None


def _of_past(params: dict[str, Any], access: Access) -> WasThere:
    is_of_past = any(params.get(name) not in (None, "") for name in _OF_PAST)
    return was_category(access.definition.categories) if is_of_past else never


def _filters(
    params: dict[str, Any], access: Access, faults: list[Fault], was_there: WasThere
) -> list[Condition]:
    sent = params.get("filter_values", {})
    try:
        return [parse_filters(sent, access, was_there=was_there)] if sent else []
    except BadInput as error:
        faults += error.faults
        return []


def _condition(text: str | None, access: Access, faults: list[Fault]) -> list[Condition]:
    if text is None or not text.strip():
        return []
    try:
        return [parse_condition(text, access)]
    except BadInput as error:
        faults += error.faults
        return []


def _search(text: str, faults: list[Fault]) -> str:
    if len(text) > SEARCH_LENGTH_MAX:
        message = f"search has at most {SEARCH_LENGTH_MAX} characters!"
        faults.append(Fault("limit", message, pointer="/params/search"))
    return text.strip()


def _order(request: Request, access: Access) -> list[OrderKey]:
    keys = []
    for place, one in enumerate(request.params.get("order", [])):
        if "attribute" not in one:
            continue  # the request has its fault already
        name = one["attribute"]
        column = access.asked(name)
        if column is None or not column.attribute.can_sort:
            request.faults.append(_not_sortable(name, place, access, request.suggestions))
        else:
            keys.append(OrderKey(column.operand, one.get("direction") == "DESC"))
    return keys


def _not_sortable(name: str, place: int, access: Access, suggestions: Suggestions) -> Fault:
    shown = name[:NAME_LENGTH_MAX]
    message = (
        f"Lists cannot be ordered by {shown!r}: it must be an attribute that is filterable or "
        "indexable and not a collection!"
    )
    known = [column.name for column in access.columns if column.attribute.can_sort]
    known += FIELD_COLUMNS
    pointer = pointer_to("params", "order", place, "attribute")
    hint = suggestions.word(name, known)
    return Fault("unknown_attribute", message, shown, pointer, nearest=hint)
