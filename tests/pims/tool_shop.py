"""A small catalogue with every kind of value, for tests that only read.

| SKU | title | price | weight | color | brand | tags | sizes | stock | released |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| G1 | Claw rake | | | | makita | sale | | | |
| H1 | Claw hammer | 10.50 | 0.7 | red | Bosch | new, sale | 16, 20 | true | 2024-01-15 |
| H2 | Sledge hammer | 9 | 12 | green | Makita | heavy | | false | 2023-06-01 |
| S1 | Hand saw | 100.00 | 0.70 | red | Bosch | | 5 | | 2024-03-01 |
| S1-A, S1-B | variations of S1 | 120, 110 | | blue, green | | | | | |
| S2 | Jig saw steel | -1 | | | A|B | | | true | |
| U1 | | | | | | | | | |
| a1 | Ångström gauge (inactive) | 20 | | | | | | | |
| D1 | Old rake (deleted) | 10.50 | | | Bosch | | | | |

H1 and H2 are in Tools > Hammers (H2 in Garden too), S1 in Tools > Saws, S2 in Tools, G1 and D1 in
Garden, the rest in Uncategorized. H1's note says "Forged steel".
"""

from collections.abc import Callable
from typing import Any

WITHOUT_VARIATIONS = ["G1", "H1", "H2", "S1", "S2", "U1", "a1"]  # nor deleted ones
WITH_VARIATIONS = ["G1", "H1", "H2", "S1", "S1-A", "S1-B", "S2", "U1", "a1"]

_FLAGS = {"f": "isFilterable", "i": "isIndexable", "s": "isSearchable", "c": "collection"}
_COLORS = {"dictionaryIsStatic": "y", "dictionary": {"data": ["red", "green", "blue"]}}

_ATTRIBUTES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("price", "number", "fi", {}),
    ("weight", "number", "i", {}),
    ("color", "dropdown", "f", _COLORS),
    ("brand", "string", "fs", {}),
    ("tags", "string", "fc", {}),
    ("sizes", "number", "fc", {}),
    ("in_stock", "boolean", "f", {}),
    ("released", "date", "f", {}),
    ("note", "string", "s", {}),
    ("story", "text", "s", {}),
    ("code", "string", "", {}),
]

_PRODUCTS: dict[str, dict[str, Any]] = {
    "S2": {
        "title": "Jig saw steel",
        "price": "-1",
        "brand": "A|B",
        "in_stock": True,
        "categories": ["Tools"],
    },
    "a1": {"title": "Ångström gauge", "price": "20", "status": "inactive", "code": "hidden"},
    "S1": {
        "title": "Hand saw",
        "price": "100.00",
        "weight": "0.70",
        "color": "red",
        "brand": "Bosch",
        "sizes": ["5"],
        "released": "2024-03-01",
        "story": "Cuts wood, never metal.",
        "variation_attributes": ["color"],
        "categories": ["Tools > Saws"],
    },
    "S1-B": {"title": "Hand saw", "price": "110", "color": "green", "variation_of": "S1"},
    "S1-A": {"title": "Hand saw", "price": "120", "color": "blue", "variation_of": "S1"},
    "H1": {
        "title": "Claw hammer",
        "price": "10.50",
        "weight": "0.7",
        "color": "red",
        "brand": "Bosch",
        "tags": ["new", "sale"],
        "sizes": ["16", "20"],
        "in_stock": True,
        "released": "2024-01-15",
        "note": "Forged steel",
        "categories": ["Tools > Hammers"],
    },
    "H2": {
        "title": "Sledge hammer",
        "price": "9",
        "weight": "12",
        "color": "green",
        "brand": "Makita",
        "tags": ["heavy"],
        "in_stock": False,
        "released": "2023-06-01",
        "categories": ["Tools > Hammers", "Garden"],
    },
    "G1": {"title": "Claw rake", "brand": "makita", "tags": ["sale"], "categories": ["Garden"]},
    "U1": {},
    "D1": {
        "title": "Old rake",
        "price": "10.50",
        "brand": "Bosch",
        "status": "deleted",
        "categories": ["Garden"],
    },
}


def fill_tool_shop(pims: Callable[..., Any]) -> None:
    """Put the catalogue into an empty tenant."""
    items = [{"name": n, "definition": _definition(n, *rest)} for n, *rest in _ATTRIBUTES]
    pims("addAttribute", path="/pim/manage/attributes", items=items, status=200)
    for sku, values in _PRODUCTS.items():
        pims(
            "createProduct",
            sku=sku,
            data={"attributes": values},
            createMissing=["categories"],
            status=200,
        )


def _definition(name: str, kind: str, flags: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "label": {"en-us": name}} | {_FLAGS[one]: "y" for one in flags} | more
