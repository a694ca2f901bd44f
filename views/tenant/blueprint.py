"""The routes of the tenant face."""

from functools import partial

from flask import Blueprint, Response, request

from views.rest import Endpoint, answer
from views.running import admit
from views.tenant.caller import Caller, credentials
from views.tenant.endpoints import ENDPOINTS
from views.transport import current_database

BODY_BYTES_MAX = 10 * 1024 * 1024

tenant = Blueprint("tenant", __name__, url_prefix="/api/v1/pim")


def act(endpoint: Endpoint[Caller], **path: str) -> Response:
    """Answer a request of an endpoint."""
    return answer(endpoint, current_database(), credentials(request), path, BODY_BYTES_MAX)


def check_caller() -> None:
    """Raise what a request is refused with whose three headers do not hold."""
    admit(current_database(), credentials(request), None)


for _one in ENDPOINTS:
    tenant.add_url_rule(
        _one.path, f"{_one.method} {_one.path}", partial(act, _one), methods=[_one.method]
    )
