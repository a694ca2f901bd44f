"""A catalogue with hidden things in every corner, and the View `shop` that hides them.

`canary` stands in every hidden name, value and SKU, and nowhere else.
"""

from collections.abc import Callable
from typing import Any

Pims = Callable[..., dict[str, Any]]

CANARY = "canary"
OUTSIDE = "CANARY-OUTSIDE"

_FILTERABLE = {"isFilterable": "y", "isIndexable": "y"}
_COLOURS = {"columns": ["value"], "data": ["canary-red", "canary-blue"]}
_SIZES = {"columns": ["value"], "data": ["S", "M"]}

_ATTRIBUTES: dict[str, dict[str, Any]] = {
    "canary_cost": {"type": "number"} | _FILTERABLE,
    "canary_region": {"isSearchable": "y"} | _FILTERABLE,
    "canary_code": {"isUnique": "y", "isSearchable": "y"} | _FILTERABLE,
    "canary_colour": {"type": "dropdown", "dictionary": _COLOURS} | _FILTERABLE,
    "canary_tags": {"collection": "y", "isSearchable": "y", "isFilterable": "y"},
    "canary_price": {"type": "number", "label": {"en-us": "Net price"}} | _FILTERABLE,
    "size": {"type": "dropdown", "dictionary": _SIZES},
    "ean": {"isUnique": "y", "isFilterable": "y"},
    "goes_with": {"type": "relation", "isFilterable": "y"},
    "all_of": {"type": "relation", "collection": "y"},
}
_SECRETS = {
    "canary_colour": "canary-red",
    "canary_tags": ["canaryword"],
    "canary_cost": "31337.42",
}
_INSIDE = {"canary_region": "canarynorth", "title": "Rod"} | _SECRETS
_BEYOND = {"canary_region": "canarysouth", "title": "Canary rod"} | _SECRETS
_PRODUCTS: dict[str, dict[str, Any]] = {
    OUTSIDE: {"ean": "1"} | _BEYOND,
    "INSIDE": {
        "canary_code": "canary-1",
        "canary_price": "5",
        "goes_with": OUTSIDE,
        "all_of": [OUTSIDE],
        "size": "S",
        "variation_attributes": ["size", "canary_colour"],
    }
    | _INSIDE,
    "INSIDE-M": {"variation_of": "INSIDE", "size": "M", "ean": "2"} | _INSIDE,
    "CANARY-INSIDE-L": {"variation_of": "INSIDE", "size": "M"} | _BEYOND,
    "INSIDE-CHILD": {"variation_of": OUTSIDE} | _INSIDE,
}
_SHOWN = (
    "title", "status", "categories", "size", "ean", "goes_with", "all_of", "variation_of",
    "variation_skus", "variation_matrix", "variation_attributes",
)  # fmt: skip


def fill_hiding_shop(pims: Pims) -> None:
    """Make the catalogue. INSIDE and its like are among the View's rows, CANARY-… are not."""
    for name, settings in _ATTRIBUTES.items():
        definition = {"type": "string", "label": {"en-us": name}} | settings
        path = "/pim/manage/attributes"
        pims("addAttribute", path=path, name=name, definition=definition, status=200)
    for sku, values in _PRODUCTS.items():
        pims("createProduct", sku=sku, data={"attributes": values}, status=200)
    for values in ({"canary_cost": "31337.43"}, {"canary_price": "6"}):
        pims("editProduct", sku="INSIDE", data={"attributes": values}, status=200)
    attributes: dict[str, dict[str, str]] = {name: {} for name in _SHOWN}
    attributes["canary_price"] = {"transform": "Price"}
    condition = "[[canary_region]] = 'canarynorth'"
    body = {"name": "shop", "attributes": attributes, "condition_query": condition}
    pims("addPimView", path="/pim/manage/views", **body, status=200)
