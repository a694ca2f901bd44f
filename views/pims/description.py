"""The action endpoint of PIMS in the OpenAPI document: one body for each action."""

from collections.abc import Mapping
from typing import Any

from apispec import APISpec
from marshmallow import Schema

from schemas.pims.history.revert import REVERT
from schemas.pims.products.requests import (
    BATCH,
    CHANGES,
    COMPARE_PRODUCTS,
    GET_LIST,
    HISTORY_PRODUCT,
    LIST_PRODUCT,
    LIST_TRANSACTIONS,
    SAVE_PRODUCT,
)
from views.openapi.document import JSON, refusals
from views.openapi.headers import NAME_PARAMETER, REQUEST_ID_PARAMETER, with_headers

PATH = "/pim/manage/products"
_ERROR = "PimsError"
_ROD = {"sku": "ROD-1", "data": {"attributes": {"title": "Rod", "status": "active"}}}
_EXAMPLES: Mapping[str, tuple[Schema, Mapping[str, Any]]] = {
    "listProduct": (LIST_PRODUCT, {"sku": "ROD-1"}),
    "listProductsBySku": (COMPARE_PRODUCTS, {"skus": ["ROD-1", "ROD-2"]}),
    "getList": (GET_LIST, {"params": {"search": "rod", "pagination": {"pageSize": 24}}}),
    "createProduct": (SAVE_PRODUCT, _ROD),
    "editProduct": (SAVE_PRODUCT, _ROD | {"if_version": 3}),
    "saveProduct": (SAVE_PRODUCT, _ROD),
    "batch": (BATCH, {"actions": [{"action": "saveProduct", **_ROD}]}),
    "historyProduct": (HISTORY_PRODUCT, {"sku": "ROD-1"}),
    "revert": (REVERT, {"transaction": 17, "dry_run": True}),
    "listTransactions": (LIST_TRANSACTIONS, {"params": {"user": "ann@example.com"}}),
    "changes": (CHANGES, {"params": {"since": 0, "limit": 100}}),
}


def describe(spec: APISpec) -> None:
    """Add the endpoint of products."""
    spec.components.schema(_ERROR, _error())
    for action, (schema, _) in _EXAMPLES.items():
        body = {"type": "object", "properties": {"action": {"const": action}}}
        name = f"{action[0].upper()}{action[1:]}Action"
        spec.components.schema(
            name, {"allOf": [body | {"required": ["action"]}, _properties(schema)]}
        )
    content = {
        JSON: {
            "schema": {"oneOf": [{"$ref": _reference(action)} for action in _EXAMPLES]},
            "examples": {
                action: {"value": {"action": action, **example}}
                for action, (_, example) in _EXAMPLES.items()
            },
        }
    }
    answer = {"description": "The reply of the action.", "content": {JSON: {"schema": _reply()}}}
    operation = {
        "summary": "List, create, edit products, read their history and take changes back",
        "operationId": "manageProducts",
        "tags": ["PIMS"],
        "parameters": [REQUEST_ID_PARAMETER, NAME_PARAMETER],
        "security": [{"pimsKey": []}, {"bearer": []}],
        "requestBody": {"content": content, "required": True},
        "responses": with_headers(
            {"200": answer, "207": answer} | refusals(_ERROR), limited=True, named=True
        ),
    }
    spec.path(PATH, operations={"post": operation})


def _reference(action: str) -> str:
    return f"#/components/schemas/{action[0].upper()}{action[1:]}Action"


def _properties(schema: Schema) -> dict[str, Any]:
    """Return the keys of a body; what each may hold is told by docs/api/pims.md."""
    required = [name for name, one in schema.fields.items() if one.required]
    keys: dict[str, dict[str, Any]] = {name: {} for name in schema.fields}
    return {"type": "object", "properties": keys} | ({"required": required} if required else {})


def _reply() -> dict[str, Any]:
    return {"type": "object", "properties": {"status": {"const": "OK"}}, "required": ["status"]}


def _error() -> dict[str, Any]:
    texts = {"status": {"const": "Error"}, "status_message": {"type": "string"}}
    faults = {"errors": {"type": "array", "items": {"type": "object"}}}
    return {"type": "object", "properties": texts | faults, "required": list(texts)}
