"""Bodies in and out."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, current_app, request

from pims_api.domain.json_text import read_object
from pims_api.errors import NotJson, TooLarge
from pims_api.storage.database import Database


def current_database() -> Database:
    """Return the database of the running app."""
    database: Database = current_app.extensions["pims_database"]
    return database


def json_response(reply: Mapping[str, Any], status: int = 200) -> Response:
    """Return a reply as JSON bytes."""
    return Response(orjson.dumps(reply), status, content_type="application/json")


def json_body() -> dict[str, Any]:
    """Return the body of the request. Raises NotJson and BadInput."""
    declared = request.mimetype
    if declared != "application/json" and not declared.endswith("+json"):
        raise NotJson
    if request.content_encoding not in (None, "", "identity"):
        raise NotJson("A compressed request body is not supported: send plain JSON!")
    body, limit = request.get_data(cache=False), current_database().settings.body_bytes_max
    if len(body) > limit:
        raise TooLarge(f"The request body has more than {limit} bytes!")
    return read_object(body)
