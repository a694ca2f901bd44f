"""The OpenAPI document, made from the schemas by which bodies are read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from pims_api import __version__
from views.openapi.headers import (
    IF_MATCH,
    IF_NONE_MATCH,
    NAME_PARAMETER,
    REQUEST_ID_PARAMETER,
    add_headers,
    with_headers,
)
from views.rest import NO_CONTENT, Endpoint

JSON = "application/json"
_OPENAPI = "3.1.0"
_RULE = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
_REFUSALS = {
    400: "Something sent is wrong; nothing was stored.",
    401: "The key or token is missing, expired or not valid.",
    403: "The caller may not do this.",
    404: "It is not there, or not for this caller.",
    409: "It clashes with what is stored.",
    412: "Somebody changed it since it was read.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    422: "A rule of the workflow or a limit forbids it, or another request had its name.",
    429: "There were too many requests, or failures: wait as long as Retry-After says.",
    503: "The server is busy; try again.",
}
SAME = {"304": {"description": "It would be what If-None-Match names."}}


def new_document() -> APISpec:
    """Return a document without paths, with headers and the ways to say who is asking."""
    spec = APISpec(
        title="PIMS",
        version=__version__,
        openapi_version=_OPENAPI,
        plugins=[MarshmallowPlugin(schema_name_resolver=_name_of)],
        info={"description": "Product information: schemas, records, variants and their history."},
        servers=[{"url": "/"}],
    )
    keys = {"type": "apiKey", "in": "header"}
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    spec.components.security_scheme("sigmaKey", keys | {"name": "X-Sigma-ApiKey"})
    spec.components.security_scheme("pimsKey", keys | {"name": "ApiKey"})
    add_headers(spec)
    return spec


def _name_of(schema: Any) -> str:
    kind: type = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Reply")


@dataclass(frozen=True, slots=True)
class Dress:
    """What the endpoints of a face have in common in the document.

    prefix: of its addresses. error: the name of the schema of its error bodies. security: the ways
    to say who is asking. headers: names of parameters that each request has. word: what the names
    of its operations begin with.
    """

    prefix: str
    error: str
    security: tuple[str, ...]
    headers: tuple[str, ...] = ()
    word: str = ""


def describe_endpoint(spec: APISpec, dress: Dress, endpoint: Endpoint[Any], tag: str) -> None:
    """Add an endpoint to a document."""
    names = _RULE.findall(endpoint.path)
    path = dress.prefix + _RULE.sub(r"{\1}", endpoint.path)
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": operation_id(f"{dress.word} {endpoint.summary}"),
        "tags": [tag],
        "parameters": [
            *dress.headers,
            *map(_path_parameter, names),
            *_query_parameters(endpoint.query),
            *_header_parameters(endpoint),
        ],
        "security": [{way: []} for way in dress.security],
        "responses": with_headers(
            responses(endpoint, dress.error),
            limited=True,
            tagged=endpoint.method == "GET",
            named=endpoint.writes,
        ),
    }
    if endpoint.body is not None:
        body = {"content": {JSON: {"schema": endpoint.body}}, "required": not endpoint.bodiless}
        operation["requestBody"] = body
    spec.path(path, operations={endpoint.method.lower(): operation})


def responses(endpoint: Endpoint[Any], error: str) -> dict[str, Any]:
    """Return what an endpoint answers, by HTTP status."""
    answer: dict[str, Any] = {"description": endpoint.summary}
    content: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in endpoint.files}
    if endpoint.reply is not None and endpoint.status != NO_CONTENT:
        one: Any = endpoint.reply
        shown = {"type": "array", "items": one} if endpoint.many else one
        content = {JSON: {"schema": shown}} | content
    if content:
        answer["content"] = content
    found = {str(endpoint.status): answer} | (SAME if endpoint.method == "GET" else {})
    if endpoint.begun is not None:
        found["202"] = answer | {"description": "It goes on: this is how far it is."}
    return found | refusals(error)


def refusals(error: str) -> dict[str, Any]:
    """Return every refusal, by HTTP status. error: the name of the schema of error bodies."""
    content = {JSON: {"schema": {"$ref": f"#/components/schemas/{error}"}}}
    return {
        str(status): {"description": text, "content": content} for status, text in _REFUSALS.items()
    }


def operation_id(summary: str) -> str:
    """Return the name of an operation for programs.

    >>> operation_id("List the variants of a record")
    'listTheVariantsOfARecord'
    """
    words: list[str] = re.findall(r"[A-Za-z]+", summary)
    first, *others = words
    return first.lower() + "".join(word.capitalize() for word in others)


def _path_parameter(name: str) -> Mapping[str, Any]:
    return {"in": "path", "name": name, "required": True, "schema": {"type": "string"}}


def _header_parameters(endpoint: Endpoint[Any]) -> Iterable[str]:
    """Yield the names of the parameters that are headers which an endpoint heeds."""
    yield REQUEST_ID_PARAMETER
    if endpoint.method == "GET":
        yield IF_NONE_MATCH
    elif endpoint.shows is not None:
        yield IF_MATCH
    if endpoint.writes:
        yield NAME_PARAMETER


def _query_parameters(query: Schema | None) -> Iterable[Any]:
    return [] if query is None else [{"in": "query", "schema": query}]
