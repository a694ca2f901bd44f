"""Bodies in and out."""

import gzip
from typing import Any

import orjson
from flask import Response, current_app, request

from pims_api.domain.values.json_text import read_object
from pims_api.errors import TooLarge
from pims_api.services.transactions.answered_once import Answer
from pims_api.storage.catalogue_index.facets.cache import FacetCache
from pims_api.storage.database import Database
from views.errors import NotJson

REPLAYED_HEADER = "Idempotent-Replayed"
PLAIN_BYTES_MAX = 1_400  # a smaller reply is one packet anyway
_QUICKLY = 1
_JSON = "application/json"


def current_database() -> Database:
    """Return the database of the running app."""
    database: Database = current_app.extensions["pims_database"]
    return database


def current_facets() -> FacetCache:
    """Return what the running app has counted of categories."""
    return current_database().caches.of(FacetCache)


def json_response(reply: Any, status: int = 200) -> Response:
    """Return a reply as JSON bytes, compressed for those who take it so."""
    body, headers = orjson.dumps(reply), {"Content-Type": _JSON}
    if len(body) > PLAIN_BYTES_MAX:
        headers["Vary"] = "Accept-Encoding"
        if _takes_gzip():
            body = gzip.compress(body, _QUICKLY, mtime=0)
            headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers)


def as_json(reply: Any, status: int = 200) -> Answer:
    """Return a reply as an answer."""
    return Answer(status, orjson.dumps(reply))


def answer_response(answer: Answer) -> Response:
    """Return an answer as it goes out, and whether it is one of before."""
    if answer.body:
        response = json_response(orjson.Fragment(answer.body), answer.status)
    else:
        response = Response(status=answer.status)
        del response.headers["Content-Type"]
    if answer.replayed:
        response.headers[REPLAYED_HEADER] = "true"
    return response


def _takes_gzip() -> bool:
    if "HTTP_ACCEPT_ENCODING" not in request.environ:  # most programs, for whom nothing is parsed
        return False
    return request.accept_encodings.quality("gzip") > 0


def has_body() -> bool:
    """Return whether the request has a body, or one whose length nobody knows yet."""
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


def json_body(bytes_max: int | None = None) -> dict[str, Any]:
    """Return the body of the request. Raises NotJson, TooLarge and BadInput.

    bytes_max: what it may have; None: what the settings say.
    """
    return read_object(json_bytes(bytes_max))


def json_bytes(bytes_max: int | None = None) -> bytes:
    """Return the body of the request, which is declared as JSON, as it came.

    bytes_max: what it may have; None: what the settings say. Raises NotJson, TooLarge.
    """
    declared = request.mimetype
    if declared != _JSON and not declared.endswith("+json"):
        raise NotJson
    if request.content_encoding not in (None, "", "identity"):
        raise NotJson("A compressed request body is not supported: send plain JSON!")
    return body_bytes(bytes_max)


def body_bytes(bytes_max: int | None = None) -> bytes:
    """Return the body of the request as it came. Raises TooLarge.

    bytes_max: what it may have; None: what the settings say.
    """
    limit = current_database().settings.body_bytes_max if bytes_max is None else bytes_max
    if bytes_max is not None:
        request.max_content_length = limit + 1  # as `create_app` does for all others
    body = request.get_data(cache=False)
    if len(body) > limit:
        raise TooLarge(f"The request body has more than {limit} bytes!")
    return body
