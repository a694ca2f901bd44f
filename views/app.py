"""create_app: the faces over one database."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from pims_api.errors import Busy, Fault, PimsError, TooLarge, TooMany
from pims_api.settings import Settings
from pims_api.storage.database import Database
from views.errors import http_status
from views.exchanges.application import Application
from views.exchanges.exchange import FollowedRequests, current_exchange, note_refusal
from views.face import Face, face_of
from views.front_page import METHODS, show_front_page
from views.health import tell_alive, tell_ready
from views.openapi.routes import add_document
from views.pims.face import PIMS
from views.sigma.face import SIGMA
from views.tenant.face import TENANT
from views.transport import current_database, json_response

FACES = (PIMS, SIGMA, TENANT)

SERVER_FAILED = 500  # from here on a status says that the request is not to blame
_HTTP_CODES = {404: "not_found", 405: "forbidden", 413: "limit"}

_LOG = logging.getLogger("pims")


def create_app(settings: Settings | None = None, faces: Sequence[Face] = FACES) -> Flask:
    """Return the application over the database that the settings name."""
    chosen = settings or Settings.from_environment()
    app = Application("pims", static_folder=None)
    # One more than the limit: a body without a Content-Length is cut off there, and the part that
    # is left must not pass for a whole.
    app.config["MAX_CONTENT_LENGTH"] = chosen.body_bytes_max + 1
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = app.url_map.redirect_defaults = False  # a redirect is no JSON
    app.extensions["pims_database"] = Database(chosen)
    app.wsgi_app = FollowedRequests(app.wsgi_app, chosen)  # type: ignore[method-assign]
    for face in faces:
        app.register_blueprint(face.blueprint)
    app.add_url_rule("/", "front page", show_front_page, methods=METHODS)
    app.add_url_rule("/healthz", "healthz", tell_alive)
    app.add_url_rule("/readyz", "readyz", tell_ready)
    add_document(app, faces)
    _Refusals(app, chosen, faces).answer_all()
    return app


@dataclass(frozen=True, slots=True)
class _Refusals:
    """Answers every refusal with the error body of the face of its address."""

    app: Flask
    settings: Settings
    faces: Sequence[Face]

    def answer_all(self) -> None:
        """Have the application answer its refusals so."""
        self.app.register_error_handler(PimsError, self.refused)
        self.app.register_error_handler(HTTPException, self.http_refused)
        self.app.register_error_handler(Exception, self.failed)

    def refused(self, error: PimsError) -> Response:
        """Answer a refusal of the core."""
        face = face_of(self.faces, request.path)
        status = face.statuses.get(type(error)) or http_status(error)
        if status < SERVER_FAILED:
            note_refusal(current_database(), error.faults[0].code)
        response = self._answer(face, face.faults_of(error), status, error.warnings, error.beside)
        if isinstance(error, Busy | TooMany):
            response.headers["Retry-After"] = str(error.retry_after_s)
        return response

    def http_refused(self, error: HTTPException) -> Response:
        """Answer an error of HTTP."""
        face, status = face_of(self.faces, request.path), error.code or SERVER_FAILED
        denied = _denied(face, error) or _too_large(face, error)
        if denied is not None:
            return self.refused(denied)
        if status < SERVER_FAILED:
            note_refusal(current_database(), _HTTP_CODES.get(status, "syntax"))
        response = self._answer(face, [face.http_fault(status)], status)
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response

    def failed(self, error: Exception) -> Response:
        """Answer what nobody has thought of."""
        name = current_exchange().request_id
        _LOG.exception("Unexpected failure of request %s", name, exc_info=error)
        face = face_of(self.faces, request.path)
        return self._answer(face, [face.http_fault(SERVER_FAILED)], SERVER_FAILED)

    def _answer(
        self,
        face: Face,
        faults: Sequence[Fault],
        status: int,
        warnings: Sequence[Fault] = (),
        beside: Mapping[str, Any] = MappingProxyType({}),
    ) -> Response:
        hidden = self.settings.error_status_200 and face.status_in_body
        body = {**face.error_body(faults, warnings), **beside}
        if status >= SERVER_FAILED and face.names_request:
            body["request_id"] = current_exchange().request_id
        return json_response(body, 200 if hidden else status)


def _denied(face: Face, error: HTTPException) -> PimsError | None:
    """Return what a caller is told instead of an address or a method that is not served."""
    if not isinstance(error, NotFound | MethodNotAllowed):
        return None
    try:
        face.ask_first()
    except PimsError as denied:
        return denied
    return None


def _too_large(face: Face, error: HTTPException) -> PimsError | None:
    """Return a refusal that names the limit of a body, unless the face has its own words for it."""
    most = request.max_content_length
    is_worded = error.code in face.http_faults
    if is_worded or not isinstance(error, RequestEntityTooLarge) or most is None:
        return None
    return TooLarge(f"The request body has more than {most - 1} bytes!")
