"""Flask without what no face uses and every request would pay for.

Together it is 4 % of a short read: the host in routes, sessions, and views that are coroutines.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import MapAdapter


class _NoSessions(SessionInterface):
    """Every request has the same session, which holds nothing and takes nothing."""

    _none = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:
        return self._none

    def is_null_session(self, obj: object) -> bool:
        return True


class Application(Flask):
    """The application. A route is found by its path, whatever host the request names.

    So there are no redirects and no addresses made from routes, which would name a host.
    """

    session_interface = _NoSessions()

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the route of a request."""
        if request is None:
            return None
        environ = request.environ
        return self.url_map.bind(
            "localhost",
            default_method=environ["REQUEST_METHOD"],
            path_info=_as_text(environ.get("PATH_INFO", "")),
        )

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same function: none of ours is a coroutine."""
        return func


def _as_text(sent: str) -> str:
    """Return a text of the WSGI environment as the client sent it, in UTF-8."""
    return sent if sent.isascii() else sent.encode("latin-1").decode(errors="replace")
