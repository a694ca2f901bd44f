"""The Sigma face in the OpenAPI document."""

from typing import Any

from apispec import APISpec
from marshmallow import Schema, fields

from schemas.sigma.users import LoginBody, RefreshBody, TenantReply, TokenReply
from views.openapi.document import JSON, Dress, describe_endpoint, operation_id, refusals
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
        operation = _operation(summary, reply)
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


def _operation(summary: str, reply: Any) -> dict[str, Any]:
    answer = {"description": summary, "content": {JSON: {"schema": reply}}}
    return {
        "summary": summary,
        "operationId": operation_id(summary),
        "tags": ["Auth"],
        "security": [],
        "responses": {"200": answer} | refusals(ERROR),
    }
