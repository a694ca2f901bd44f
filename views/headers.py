"""Headers of requests that several faces read: who asks, and the names of requests.

Source: docs/core.md, Names of requests.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

from flask import Request

from pims_api.domain.values.text import has_control
from pims_api.errors import BadInput, Fault
from pims_api.services.transactions.answered_once import Answer, Once
from schemas.request_name import RULE, is_name, names_in

USER_LENGTH_MAX = 100  # characters
NAME_HEADER = "Idempotency-Key"


def bearer_token(request: Request) -> str:
    """Return the token of the header Authorization; "" without one or of another scheme."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def user_name(request: Request) -> str | None:
    """Return the name in the header ApiUser, if there is one. Raises BadInput: it cannot be kept.

    Source: docs/api/pims.md, Addresses.
    """
    user = header_text(request.environ.get("HTTP_APIUSER"))
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


def once_of(
    request: Request,
    body: Mapping[str, Any],
    text: bytes,
    render: Callable[[Any], Answer],
) -> Once | None:
    """Return the name of a request that writes, in its header or body; None: it has none.

    body: what it says, of which a name that is none is refused by whoever reads it. text: the
    bytes of it. render: from the reply to the answer. Raises BadInput for a header that is no name,
    and for two names.
    """
    name = name_of(request, names_in(body))
    return None if name is None else Once(name, digest_of(request, [text]), render)


def name_of(request: Request, sent: Iterable[Any]) -> str | None:
    """Return the name of a request. sent: those in its body. Raises BadInput."""
    header = request.environ.get("HTTP_IDEMPOTENCY_KEY")
    names = {one for one in sent if is_name(one)}
    if header is not None:
        if not is_name(header):
            raise BadInput(faults=[Fault("type", f"{NAME_HEADER} {RULE}", pointer=NAME_HEADER)])
        names.add(header)
    if len(names) > 1:
        message = f"{NAME_HEADER} and the body name the request differently: send one name!"
        raise BadInput(faults=[Fault("idempotency", message, pointer=NAME_HEADER)])
    return next(iter(names), None)


def digest_of(request: Request, parts: Iterable[bytes]) -> bytes:
    """Return the digest of what makes a request what it is. parts: of its body."""
    digest = sha256()
    for part in (*_head(request), *parts):
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.digest()


def _head(request: Request) -> Iterable[bytes]:
    yield request.method.encode()
    yield request.path.rstrip("/").encode()
    for name in ("QUERY_STRING", "HTTP_APIVIEW", "HTTP_APIUSER"):
        yield str(request.environ.get(name, "")).encode()
