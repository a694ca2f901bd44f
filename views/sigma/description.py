"""The Sigma face in the OpenAPI document."""

from typing import Any

from apispec import APISpec
from marshmallow import Schema, fields

from schemas.sigma.users import LoginBody, RefreshBody, TenantReply, TokenReply
from views.openapi.document import JSON, SAME, Dress, describe_endpoint, operation_id, refusals
from views.openapi.headers import IF_NONE_MATCH, REQUEST_ID_PARAMETER, with_headers
from views.sigma.endpoints import ENDPOINTS

PREFIX = "/api/v1"
ERROR = "Error"
_DRESS = Dress(PREFIX, ERROR, ("bearer", "sigmaKey"))


class ErrorReply(Schema):
    """A refusal: a code that stays, a message for people, and each fault when there are several."""

    error = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.List(fields.Dict())


def describe(spec: APISpec) -> None:
    """Add every endpoint of the face."""
    spec.components.schema(ERROR, schema=ErrorReply())
    _describe_login(spec)
    for one in ENDPOINTS:
        describe_endpoint(spec, _DRESS, one, _tag(one.path))


def _tag(path: str) -> str:
    return path.split("/")[1].replace("-", " ").capitalize()


def _describe_login(spec: APISpec) -> None:
    for path, summary, reply, body in _LOGINS:
        method = "get" if body is None and isinstance(reply, dict) else "post"
        operation = _operation(summary, reply, tagged=method == "get")
        if body is not None:
            needed = not isinstance(body, RefreshBody)
            operation["requestBody"] = {"content": {JSON: {"schema": body}}, "required": needed}
        if path == "/auth/refresh":
            operation["security"] = [{"bearer": []}, {}]
        spec.path(PREFIX + path, operations={method: operation})


_LOGINS: tuple[tuple[str, str, Any, Schema | None], ...] = (
    ("/auth/login", "Log in", TokenReply(), LoginBody()),
    ("/auth/refresh", "Renew a token", TokenReply(), RefreshBody()),
    ("/auth/tenants", "List tenants for logins", {"type": "array", "items": TenantReply()}, None),
)


def _operation(summary: str, reply: Any, *, tagged: bool) -> dict[str, Any]:
    answer = {"description": summary, "content": {JSON: {"schema": reply}}}
    return {
        "summary": summary,
        "operationId": operation_id(summary),
        "tags": ["Auth"],
        "parameters": [REQUEST_ID_PARAMETER, *([IF_NONE_MATCH] if tagged else [])],
        "security": [],
        "responses": with_headers(
            {"200": answer} | (SAME if tagged else {}) | refusals(ERROR),
            limited=False,
            tagged=tagged,
        ),
    }
