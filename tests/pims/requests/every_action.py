"""Every address that takes a body, each with a body that is accepted over a small catalogue."""

from typing import Any

import pytest

from tests.pims.conftest import ATTRIBUTES, CATEGORIES, PRODUCTS

Json = dict[str, Any]

VIEWS = "/pim/manage/views"
KEY_VIEWS = f"{VIEWS}/{{key}}"
LABEL = {"en-us": "Colour"}
DEFINITION = {"type": "string", "label": LABEL}
KEY = {"name": "shop", "permissions": ["pim_user"]}

# Every address, with a body that would be accepted.
READS = [
    (PRODUCTS, {"action": "listProduct", "sku": "A"}),
    (PRODUCTS, {"action": "listProductsBySku", "skus": ["A"]}),
    (PRODUCTS, {"action": "getList"}),
    (PRODUCTS, {"action": "historyProduct", "sku": "A"}),
    (PRODUCTS, {"action": "listTransactions"}),
    (PRODUCTS, {"action": "changes", "params": {"since": 0}}),
    (ATTRIBUTES, {"action": "listAttributes"}),
    (ATTRIBUTES, {"action": "listAttributeGroups"}),
    (ATTRIBUTES, {"action": "listLocales"}),
    (ATTRIBUTES, {"action": "listProductTypes"}),
    (CATEGORIES, {"action": "listCategories"}),
    (VIEWS, {"action": "listPimViews"}),
    (KEY_VIEWS, {"action": "listViews"}),
]
WRITES = [
    (PRODUCTS, {"action": "createProduct", "sku": "B"}),
    (PRODUCTS, {"action": "editProduct", "sku": "A", "data": {"attributes": {"title": "Rod"}}}),
    (PRODUCTS, {"action": "saveProduct", "sku": "B"}),
    (PRODUCTS, {"action": "batch", "actions": [{"action": "createProduct", "sku": "B"}]}),
    (PRODUCTS, {"action": "revert", "transaction": 5}),  # which made A
    (ATTRIBUTES, {"action": "addAttribute", "name": "size", "definition": DEFINITION}),
    (ATTRIBUTES, {"action": "addAttribute", "items": [{"name": "n", "definition": DEFINITION}]}),
    (ATTRIBUTES, {"action": "editAttribute", "name": "color", "definition": {"group": "More"}}),
    (ATTRIBUTES, {"action": "deleteAttribute", "name": "color"}),
    (ATTRIBUTES, {"action": "addLocale", "code": "fr-fr"}),
    (ATTRIBUTES, {"action": "addProductType", "name": "bulb"}),
    (ATTRIBUTES, {"action": "editProductType", "name": "default", "required": ["title"]}),
    (CATEGORIES, {"action": "addCategory", "path": "Lamps"}),
    (CATEGORIES, {"action": "addCategory", "items": [{"path": "Lamps"}]}),
    (CATEGORIES, {"action": "editCategory", "id": 2, "name": "Bars"}),
    (CATEGORIES, {"action": "deleteCategory", "id": 2}),
    (VIEWS, {"action": "addPimView", "name": "new", "attributes": {"title": {}}}),
    (VIEWS, {"action": "editPimView", "name": "shop", "attributes": {"title": {}}}),
    (VIEWS, {"action": "deletePimView", "name": "spare"}),
    (KEY_VIEWS, {"action": "addView", "name": "spare"}),
    (KEY_VIEWS, {"action": "setDefault", "name": "other"}),
    (KEY_VIEWS, {"action": "deleteView", "name": "other"}),
    ("/pim/newkey", KEY),
    ("/pim/keyinfo/set", {"key": "{key}", "pim_user": 0}),
    ("/pim/keydelete", {"key": "{key}"}),
    ("/pim/export", {"format": "csv"}),
]


def named(case: tuple[str, Json]) -> str:
    path, body = case
    return f"{body.get('action', path)}{' items' if 'items' in body else ''}"


def every(cases: list[tuple[str, Json]]) -> Any:
    return pytest.mark.parametrize(("path", "body"), cases, ids=map(named, cases))
