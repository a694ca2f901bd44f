"""Signing in: what is answered without credentials, and new tokens for old."""

from flask import Request, Response

from pims_api.domain.access.user import User
from pims_api.errors import Unauthorized, refuse_if_any
from pims_api.services.users.tokens import is_token, sign_in, signed_in_snapshot, token_of
from pims_api.storage.database import Database
from pims_api.storage.identity.users import quick_users
from schemas.loading import load
from schemas.sigma.users import LoginBody, RefreshBody, tenant_objects, user_object
from views.exchanges.exchange import current_exchange
from views.rest import tagged
from views.sigma.caller import credentials
from views.transport import has_body, json_body, json_response

_LOGIN, _REFRESH = LoginBody(), RefreshBody()


def list_tenants(database: Database) -> Response:
    """Answer with the tenants that have users for quick logins, and these users."""
    with database.reading() as connection:
        found = quick_users(connection)
    return tagged(tenant_objects(found))


def log_in(database: Database, request: Request) -> Response:
    """Answer with a token for an e-mail address and its password."""
    sent, faults = load(_LOGIN, json_body())
    refuse_if_any(faults)
    address = current_exchange().address(database.settings)
    return _token(database, sign_in(database, sent["email"], sent["password"], str(address)))


def refresh(database: Database, request: Request) -> Response:
    """Answer with a new token for one that still holds, in the header or the body."""
    text = credentials(request).text or _sent_token()
    if not is_token(text):
        raise Unauthorized
    with signed_in_snapshot(database, text, lambda _: ()) as (found, _):
        user = found.user
    return _token(database, user)


def _sent_token() -> str:
    """Return the token in the body; "" without one. Raises BadInput."""
    sent, faults = load(_REFRESH, json_body() if has_body() else {})
    refuse_if_any(faults)
    return sent["token"] or ""


def _token(database: Database, user: User) -> Response:
    return json_response({"token": token_of(database, user), "user": user_object(user)})
