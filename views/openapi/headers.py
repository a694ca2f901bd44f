"""Headers of requests and answers: told once in the OpenAPI document, and named where they are."""

from collections.abc import Iterable, Mapping
from typing import Any

from apispec import APISpec

from schemas.request_name import IDEMPOTENCY_KEY, NAME_LENGTH_MAX
from views.exchanges.exchange import REQUEST_ID, REQUEST_ID_LENGTH_MAX
from views.headers import NAME_HEADER
from views.transport import REPLAYED_HEADER

REQUEST_ID_PARAMETER, NAME_PARAMETER = "requestId", "requestName"
IF_MATCH, IF_NONE_MATCH = "ifMatch", "ifNoneMatch"
_TOO_MANY, _BUSY = "429", "503"
_TAGGED = ("200", "304")
_LIMITS = ("RateLimit", "RateLimit-Policy")


def _printable(longest: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest, "pattern": "^[\\x20-\\x7e]+$"}


_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    REQUEST_ID_PARAMETER: {
        "name": REQUEST_ID,
        "description": "An id of this request, which the answer and the log of the server have, "
        "too. Without it the server makes one.",
        "schema": _printable(REQUEST_ID_LENGTH_MAX),
    },
    NAME_PARAMETER: {
        "name": NAME_HEADER,
        "description": "A name for this request, such as a UUID. The same request of the same "
        f"name is answered by the same status and bytes, with the header {REPLAYED_HEADER}: true, "
        "and stores nothing; another one is refused with 422. Names are forgotten after 24 hours, "
        f"unless the server keeps them otherwise. {IDEMPOTENCY_KEY} in the body means the same.",
        "schema": _printable(NAME_LENGTH_MAX),
    },
    IF_MATCH: {
        "name": "If-Match",
        "description": "The entity tag of what is changed, or several separated by commas, or *. "
        "It is refused with 412 when it has another one by now.",
        "schema": {"type": "string"},
    },
    IF_NONE_MATCH: {
        "name": "If-None-Match",
        "description": "Entity tags that are known, separated by commas, or *: then the answer is "
        "304.",
        "schema": {"type": "string"},
    },
}
_HEADERS: Mapping[str, Mapping[str, Any]] = {
    REQUEST_ID: {
        "description": f"The id of the request: the {REQUEST_ID} that it came with, or one that "
        "the server made.",
        "required": True,
        "schema": _printable(REQUEST_ID_LENGTH_MAX),
    },
    "RateLimit": {
        "description": "Of a key with a rate: how many requests are left now (r), and in how many "
        "seconds there is one more (t).",
        "schema": {"type": "string"},
        "example": '"default";r=12;t=1',
    },
    "RateLimit-Policy": {
        "description": "Of a key with a rate: how many requests (q) it may send in so many "
        "seconds (w).",
        "schema": {"type": "string"},
        "example": '"default";q=50;w=1',
    },
    "Retry-After": {
        "description": "In how many seconds to try again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "ETag": {
        "description": "The entity tag of the answer, for If-None-Match and If-Match.",
        "required": True,
        "schema": {"type": "string", "pattern": '^".+"$'},
    },
    REPLAYED_HEADER: {
        "description": "Whether the answer is the one that an earlier request of this name got.",
        "schema": {"const": "true"},
    },
}


def add_headers(spec: APISpec) -> None:
    """Add every header to a document, for operations to name."""
    for name, told in _PARAMETERS.items():
        spec.components.parameter(name, "header", {"required": False, **told})
    for name, told in _HEADERS.items():
        spec.components.header(name, dict(told))


def with_headers(
    responses: Mapping[str, Mapping[str, Any]],
    *,
    limited: bool,
    tagged: bool = False,
    named: bool = False,
) -> dict[str, Any]:
    """Return responses, by HTTP status, with the headers that they have.

    limited: whether a key may ask that has a rate. tagged: whether the answer has an entity tag.
    named: whether the request may have a name.
    """
    return {
        status: {**one, "headers": {name: name for name in _names(status, limited, tagged, named)}}
        for status, one in responses.items()
    }


def _names(status: str, limited: bool, tagged: bool, named: bool) -> Iterable[str]:
    yield REQUEST_ID
    if limited:
        yield from _LIMITS
    if status in (_TOO_MANY, _BUSY):
        yield "Retry-After"
    if tagged and status in _TAGGED:
        yield "ETag"
    if named and status < "3":
        yield REPLAYED_HEADER
