"""The page at `/`, for people who open the server in a browser."""

from flask import Response, request
from werkzeug.exceptions import NotFound

from pims_api import __version__

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")  # to most of them nothing is there
_HTML = "text/html"
_ALLOWED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _ALLOWED,
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept",
}
_PAGE = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>PIMS</title>
<style>
  body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto }}
  body {{ padding: 0 1rem }}
  code {{ background: #8882; padding: .1em .3em }}
  :root {{ color-scheme: light dark }}
</style>
<h1>PIMS {__version__}</h1>
<p>This server keeps product information. Programs talk to it by JSON over HTTP, with an API key;
there is nothing to click here.</p>
<ul>
  <li><code>POST /pim/manage/products</code> with the header <code>ApiKey</code> lists and edits
  products; <code>docs/api/pims.md</code> of the project has every action.</li>
  <li><a href="/pim/status"><code>GET /pim/status</code></a> says that the server answers,
  <a href="/readyz"><code>GET /readyz</code></a> whether its database does.</li>
  <li>On the server <code>pims --help</code> has the commands, <code>README.md</code> a first
  exchange, and <code>docs/operating.md</code> what whoever runs it has to know.</li>
</ul>
</html>
"""


def show_front_page() -> Response:
    """Answer a browser with a page that says what this is. Programs are told as ever: not found."""
    if request.method not in ("GET", "HEAD") or not _wants_html():
        raise NotFound
    return Response(_PAGE, headers=_HEADERS, mimetype=_HTML)


def _wants_html() -> bool:
    """Return whether HTML is asked for by name; `*/*` asks for nothing."""
    return any(kind == _HTML and quality > 0 for kind, quality in request.accept_mimetypes)
