"""The routes of the Sigma face."""

from functools import partial

from flask import Blueprint, Response, request

from views.rest import Endpoint, answer
from views.sigma.caller import Caller, credentials
from views.sigma.endpoints import ENDPOINTS
from views.transport import current_database, json_response

sigma = Blueprint("sigma", __name__, url_prefix="/api/v1")


def act(endpoint: Endpoint[Caller], **path: str) -> Response:
    """Answer a request of an endpoint."""
    return answer(endpoint, current_database(), credentials(request), path)


def healthz() -> Response:
    """Answer that the process is alive."""
    return json_response({"status": "ok"})


sigma.add_url_rule("/healthz", "healthz", healthz, methods=["GET"])
for _one in ENDPOINTS:
    _name = f"{_one.method} {_one.path}".translate(str.maketrans("", "", "."))
    sigma.add_url_rule(_one.path, _name, partial(act, _one), methods=[_one.method])
