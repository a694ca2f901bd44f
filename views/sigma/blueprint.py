"""The routes of the Sigma face."""

from functools import partial

from flask import Blueprint, Response, request

from views.rest import Endpoint, answer, tagged
from views.sigma.caller import Caller, credentials
from views.sigma.endpoints import ENDPOINTS
from views.sigma.signing_in import list_tenants, log_in, refresh
from views.transport import current_database

sigma = Blueprint("sigma", __name__, url_prefix="/api/v1")


def act(endpoint: Endpoint[Caller], **path: str) -> Response:
    """Answer a request of an endpoint."""
    return answer(endpoint, current_database(), credentials(request), path)


def healthz() -> Response:
    """Answer that the process is alive."""
    return tagged({"status": "ok"})


def tell_tenants() -> Response:
    """Answer with the tenants that a login page may list."""
    return list_tenants(current_database())


def tell_token() -> Response:
    """Answer a login."""
    return log_in(current_database(), request)


def tell_new_token() -> Response:
    """Answer with a new token."""
    return refresh(current_database(), request)


sigma.add_url_rule("/auth/tenants", "tenants", tell_tenants, methods=["GET"])
sigma.add_url_rule("/auth/login", "login", tell_token, methods=["POST"])
sigma.add_url_rule("/auth/refresh", "refresh", tell_new_token, methods=["POST"])
sigma.add_url_rule("/healthz", "healthz", healthz, methods=["GET"])
for _one in ENDPOINTS:
    _name = f"{_one.method} {_one.path}".translate(str.maketrans("", "", "."))
    sigma.add_url_rule(_one.path, _name, partial(act, _one), methods=[_one.method])
