"""Headers of requests that several faces read."""

from flask import Request

from pims_api.domain.values.text import has_control
from pims_api.errors import BadInput, Fault

USER_LENGTH_MAX = 100  # characters


def bearer_token(request: Request) -> str:
    """Return the token of the header Authorization; "" without one or of another scheme."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def user_name(request: Request) -> str | None:
    """Return the name in the header ApiUser, if there is one. Raises BadInput: it cannot be kept.

    Source: docs/api/pims.md, Addresses.
    """
    user = header_text(request.headers.get("ApiUser"))
    if user and (len(user) > USER_LENGTH_MAX or has_control(user)):
        message = f"ApiUser has at most {USER_LENGTH_MAX} characters, no control characters!"
        raise BadInput(faults=[Fault("limit", message, pointer="ApiUser")])
    return user or None


def header_text(text: str | None) -> str:
    """Return a header as UTF-8 where it is that, for the wire carries bytes."""
    if not text:
        return ""
    try:
        return text.encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return text.strip()
