"""The addresses of the OpenAPI document and of its page, which loads nothing from elsewhere."""

from collections.abc import Sequence
from functools import cache, partial
from importlib.resources import files

import orjson
from flask import Flask, Response, abort

from views.face import Face
from views.openapi.document import new_document
from views.rest import known, tag_of

DOCUMENT = "/api/v1/openapi.json"
PAGE = "/api/v1/docs"

_ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_START = f"""\
window.addEventListener("load", () => {{
  window.ui = SwaggerUIBundle({{
    url: "{DOCUMENT}", dom_id: "#api", deepLinking: true, validatorUrl: null,
  }});
}});
"""
_HTML = f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>PIMS: the API</title>
<link rel="icon" href="{PAGE}/favicon-32x32.png">
<link rel="stylesheet" href="{PAGE}/swagger-ui.css">
<script src="{PAGE}/swagger-ui-bundle.js"></script>
<script src="{PAGE}/start.js"></script>
</head>
<body><div id="api"></div></body>
</html>
"""


def add_document(app: Flask, faces: Sequence[Face]) -> None:
    """Serve the document of these faces and its page."""
    document = cache(partial(_document, faces))
    app.add_url_rule(DOCUMENT, "openapi", lambda: _reply(document(), "application/json"))
    app.add_url_rule(PAGE, "docs", lambda: _reply(_HTML.encode(), "text/html; charset=utf-8"))
    app.add_url_rule(f"{PAGE}/start.js", "docs start", _start)
    app.add_url_rule(f"{PAGE}/<name>", "docs assets", _asset)


def _document(faces: Sequence[Face]) -> bytes:
    spec = new_document()
    for face in faces:
        face.describe(spec)
    return orjson.dumps(spec.to_dict())


def _start() -> Response:
    return _reply(_START.encode(), "text/javascript")


def _asset(name: str) -> Response:
    if name not in _ASSETS:
        abort(404)
    return _reply(_file(name), _ASSETS[name])


@cache
def _file(name: str) -> bytes:
    return files("flask_swagger_ui").joinpath("dist", name).read_bytes()


def _reply(body: bytes, kind: str) -> Response:
    tag = tag_of(body)
    headers = {"Content-Type": kind, "Content-Security-Policy": _POLICY, "ETag": tag}
    return known(tag) or Response(body, headers=headers)
