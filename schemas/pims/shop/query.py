"""The query strings of reads for shops, with the rules of getList.

Source: docs/api/shop.md, Parameters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from marshmallow import Schema

from pims_api.domain.access.access import Access
from pims_api.domain.suggestion import NAME_LENGTH_MAX, Suggestions
from pims_api.domain.values.value import JsonNumber
from pims_api.errors import BadInput, Fault, refuse_if_any
from pims_api.services.lists.query import ListQuery
from schemas.pims.body import Request, read_request
from schemas.pims.products.list_query import read_list_query
from schemas.pims.products.requests import (
    GET_LIST,
    LIST_PRODUCT,
    LIST_PRODUCTS_BY_SKU,
)

QueryString = Mapping[str, Sequence[str]]
"""Every value that was sent, by the name of its parameter."""

ORDER_BY = "order-by"
FILTERS = "filters"
SORTS = ("cat_order", "cat_name")  # the first one unless another is asked for
_SEPARATOR = ","
_NUMBER_LENGTH_MAX = 20  # digits of a number that may be in range
_CATEGORY_ID_MAX = 2**31 - 1
_LISTED_TWICE = ("send a JSON list", "send the parameter twice")

Read = Callable[[str], Any]


def _number(text: str) -> str:
    is_whole = text.isascii() and text.isdigit() and len(text) <= _NUMBER_LENGTH_MAX
    return JsonNumber(text) if is_whole else text


def _names(text: str) -> list[str]:
    return text.split(_SEPARATOR)


_READING: dict[str, Read] = {"attributes": _names, "omitEmpty": str, "definition": str}
_FLAGS: dict[str, Read] = {"includeChildren": str, "includeVariants": str}
_PAGE: dict[str, Read] = {"pageSize": _number, "pageNum": _number}
LIST_PARAMETERS = {**_READING, **_FLAGS, **_PAGE, ORDER_BY: _names, FILTERS: _names}
_SEVERAL = frozenset({"attributes", "skus", ORDER_BY, FILTERS})  # may be sent more than once


class _Parameters:
    """The parameters of a request that are known, read; what is wrong with them so far."""

    def __init__(self, sent: QueryString, known: Mapping[str, Read]) -> None:
        self.faults: list[Fault] = []
        self.suggestions = Suggestions()
        self.values: dict[str, Any] = {}
        self.others: dict[str, Any] = {}
        for name, texts in sent.items():
            if any("\x00" in text for text in (name, *texts)):
                message = "No parameter may hold the character U+0000!"
                self.faults.append(Fault("syntax", message, pointer=_shown(name)))
            elif name in known:
                self._take(name, texts, known[name])
            else:
                self.others[name] = list(texts) if len(texts) > 1 else texts[0]

    def _take(self, name: str, texts: Sequence[str], read: Read) -> None:
        if name in _SEVERAL:
            self.values[name] = [one for text in texts for one in read(text)]
        elif len(texts) > 1:
            message = f"{name} can be sent only once!"
            self.faults.append(Fault("type", message, pointer=name))
        else:
            self.values[name] = read(texts[0])

    def refuse_others(self, known: Mapping[str, Read]) -> None:
        """Add a fault for every unknown parameter."""
        for name in self.others:
            close = self.suggestions.word(name[:NAME_LENGTH_MAX], known)
            hint = f" Did you mean {close}?" if close else f" Known ones: {', '.join(known)}."
            message = f"There is no parameter {_shown(name)!r}!{hint}"
            fault = Fault("unknown_attribute", message, pointer=_shown(name))
            self.faults.append(replace(fault, allowed=list(known), nearest=close))


def read_category_id(text: str) -> int:
    """Return the id of a category as an address has it. Raises BadInput."""
    number = _number(text)
    if isinstance(number, JsonNumber) and int(number) <= _CATEGORY_ID_MAX:
        return int(number)
    message = f"categoryId must be a whole number from 0 to {_CATEGORY_ID_MAX}!"
    fault = Fault("range", message, pointer="categoryId", value=text[:NAME_LENGTH_MAX])
    raise BadInput(faults=[fault])


def read_shop_list(
    sent: QueryString, access: Access, category_id: int = 0, word: str | None = None
) -> tuple[ListQuery, Request]:
    """Return the query of a query string, and the params of its reply.

    category_id, word: from the path. Raises BadInput with every fault.
    """
    named = {name for text in sent.get(FILTERS, ()) for name in _names(text)} - {FILTERS}
    usual: dict[str, Read] = (
        LIST_PARAMETERS if word is not None else {**LIST_PARAMETERS, "search": str}
    )
    known = {name: read for name, read in usual.items() if name not in named}
    parameters = _Parameters(sent, known)
    values = parameters.values
    params = {name: values[name] for name in (*_READING, *_FLAGS) if name in values}
    params["pagination"] = {name: values[name] for name in _PAGE if name in values}
    params["order"] = [_order(one) for one in values.get(ORDER_BY, ())]
    params["filter_values"] = _filters(parameters, access, known)
    params["search"] = values.get("search", "") if word is None else word
    request = _read(GET_LIST, {"params": params}, parameters)
    query = read_list_query(request, access)
    _refuse(request)
    return replace(query, category_id=category_id), request


def read_shop_flags(sent: QueryString) -> ListQuery:
    """Return the set that a category's address asks for. Raises BadInput with every fault."""
    parameters = _Parameters(sent, _FLAGS)
    parameters.refuse_others(_FLAGS)
    request = _read(GET_LIST, {"params": parameters.values}, parameters)
    _refuse(request)
    params = request.params
    return ListQuery(
        include_children=params["includeChildren"], include_variants=params["includeVariants"]
    )


def read_shop_product(sent: QueryString) -> Request:
    """Return the params of a reply about one product. Raises BadInput with every fault."""
    parameters = _Parameters(sent, _READING)
    parameters.refuse_others(_READING)
    request = _read(LIST_PRODUCT, {"params": parameters.values}, parameters)
    _refuse(request)
    return request


def read_shop_skus(sent: QueryString) -> tuple[list[str], Request]:
    """Return the SKUs that an address names, and the params of its reply. Raises BadInput."""
    known = {**_READING, "skus": _names}
    parameters = _Parameters(sent, known)
    parameters.refuse_others(known)
    params = {name: value for name, value in parameters.values.items() if name != "skus"}
    body: dict[str, Any] = {"params": params}
    if "skus" in parameters.values:
        named = (sku.strip() for sku in parameters.values["skus"])
        body["skus"] = [sku for sku in named if sku]
    request = _read(LIST_PRODUCTS_BY_SKU, body, parameters)
    _refuse(request)
    return request.values["skus"], request


def read_sort(sent: QueryString) -> str:
    """Return by which key of a category a tree is sorted. Raises BadInput with every fault."""
    known: dict[str, Read] = {"sort": str}
    parameters = _Parameters(sent, known)
    parameters.refuse_others(known)
    sort: str = parameters.values.get("sort", SORTS[0])
    if sort not in SORTS:
        message = f"sort must be {' or '.join(SORTS)}!"
        parameters.faults.append(Fault("range", message, pointer="sort", allowed=SORTS))
    refuse_if_any(parameters.faults)
    return sort


def read_nothing(sent: QueryString) -> None:
    """Raise BadInput when the query string has parameters where none is allowed."""
    parameters = _Parameters(sent, {})
    for name in parameters.others:
        message = f"There is no parameter {_shown(name)!r}: this address takes none!"
        parameters.faults.append(Fault("unknown_attribute", message, pointer=_shown(name)))
    refuse_if_any(parameters.faults)


def _order(text: str) -> dict[str, str]:
    name, mark, direction = text.rpartition("|")
    return {"attribute": name, "direction": direction} if mark else {"attribute": text}


def _filters(parameters: _Parameters, access: Access, known: Mapping[str, Read]) -> dict[str, Any]:
    """Return the filters: every parameter that is no other, or those that `filters` names."""
    others, named = parameters.others, parameters.values.get(FILTERS)
    if named is not None:
        strangers = {name: value for name, value in others.items() if name not in named}
        parameters.faults += [_not_named(name) for name in strangers]
        return {name: others.get(name, "") for name in named}
    found = {}
    for name, value in others.items():
        shown = name[:NAME_LENGTH_MAX]
        close = None if access.column(name) else parameters.suggestions.word(shown, known)
        if close is None:
            found[name] = value
        else:
            message = f"There is no parameter {_shown(name)!r}! Did you mean {close}?"
            fault = Fault("unknown_attribute", message, pointer=_shown(name), nearest=close)
            parameters.faults.append(fault)
    return found


def _not_named(name: str) -> Fault:
    message = f"{_shown(name)} is not among filters: name it there, or leave filters out!"
    return Fault("unknown_attribute", message, pointer=_shown(name))


def _read(schema: Schema, body: dict[str, Any], parameters: _Parameters) -> Request:
    request = read_request(schema, body)
    request.faults[:0] = parameters.faults
    return request


def _refuse(request: Request) -> None:
    refuse_if_any([_relocated(one) for one in request.faults])


def _relocated(fault: Fault) -> Fault:
    """Return a fault of a body as one of the parameter that it stands for."""
    if fault.pointer is None or not fault.pointer.startswith("/"):
        return fault
    steps = [one.replace("~1", "/").replace("~0", "~") for one in fault.pointer.split("/")[1:]]
    steps = steps[1:] if steps[0] == "params" else steps
    if steps[0] in ("filter_values", "pagination") and len(steps) > 1:
        steps = steps[1:]
    name = ORDER_BY if steps[0] == "order" else steps[0]
    return replace(fault, pointer=name, message=fault.message.replace(*_LISTED_TWICE))


def _shown(name: str) -> str:
    return name[:NAME_LENGTH_MAX].replace("\x00", "")
