"""create_app: the faces over one database."""

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from pims_api.errors import Fault, PimsError
from pims_api.settings import Settings
from pims_api.storage.database import Database
from schemas.pims.faults import error_object
from views.errors import http_status
from views.pims.blueprint import pims
from views.transport import json_response

_LOG = logging.getLogger("pims")

_HTTP_MESSAGES = {
    404: ("not_found", "There is nothing at this address!"),
    405: ("forbidden", "This address does not serve that method!"),
    413: ("limit", "The request body is too large!"),
}


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application over the database that the settings name."""
    chosen = settings or Settings.from_environment()
    app = Flask("pims", static_folder=None)
    # One more than we take: of a body that does not tell its length, the rest is cut off, and what
    # was cut must not pass for a whole.
    app.config["MAX_CONTENT_LENGTH"] = chosen.body_bytes_max + 1
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # a redirect would be no JSON
    app.extensions["pims_database"] = Database(chosen)
    app.register_blueprint(pims)
    app.add_url_rule("/healthz", "healthz", _healthz)
    _refuse_in_json(app, chosen)
    return app


def _healthz() -> Response:
    return json_response({"status": "ok"})


def _refuse_in_json(app: Flask, settings: Settings) -> None:
    def answer(faults: list[Fault], status: int) -> Response:
        shown = 200 if settings.error_status_200 else status
        response = json_response(error_object(faults), shown)
        if status == 503:
            response.headers["Retry-After"] = "1"
        return response

    def refused(error: PimsError) -> Response:
        return answer(list(error.faults), http_status(error))

    def http_refused(error: HTTPException) -> Response:
        status = error.code or 500
        code, message = _HTTP_MESSAGES.get(status, ("syntax", "The request could not be read!"))
        response = answer([Fault(code, message)], status)
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response

    def failed(error: Exception) -> Response:
        _LOG.exception("Unexpected failure", exc_info=error)
        message = "The server failed; nothing was stored. The log of the server has the details."
        return answer([Fault("internal", message)], 500)

    app.register_error_handler(PimsError, refused)
    app.register_error_handler(HTTPException, http_refused)
    app.register_error_handler(Exception, failed)
