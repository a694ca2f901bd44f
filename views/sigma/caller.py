"""Credentials of the Sigma face, from the headers of a request."""

from flask import Request

from views.callers import Caller, Credentials
from views.exchanges.exchange import current_exchange
from views.headers import bearer_token

__all__ = ["Caller", "Credentials", "credentials"]


def credentials(request: Request) -> Credentials:
    """Return the key or token in the headers of a request."""
    text = request.headers.get("X-Sigma-ApiKey", "").strip() or bearer_token(request)
    return Credentials(text, exchange=current_exchange())
