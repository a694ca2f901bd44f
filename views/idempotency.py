"""Names of requests: which one a request has, and how it is answered again.

Source: docs/core.md, Names of requests.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

import orjson
from flask import Request, Response

from pims_api.errors import BadInput, Fault
from pims_api.services.answered_once import Answer, Once
from schemas.request_name import RULE, is_name, names_in
from views.transport import json_response

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_IN_ENVIRONMENT = "HTTP_IDEMPOTENCY_KEY"


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
    header = request.environ.get(_IN_ENVIRONMENT)
    names = {one for one in sent if is_name(one)}
    if header is not None:
        if not is_name(header):
            raise BadInput(faults=[Fault("type", f"{HEADER} {RULE}", pointer=HEADER)])
        names.add(header)
    if len(names) > 1:
        message = f"{HEADER} and the body name the request differently: send one name!"
        raise BadInput(faults=[Fault("idempotency", message, pointer=HEADER)])
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


def as_json(reply: Any, status: int = 200) -> Answer:
    """Return a reply as an answer."""
    return Answer(status, orjson.dumps(reply))


def answer_response(answer: Answer) -> Response:
    """Return an answer as it goes out, and whether it is one of before."""
    if answer.body:
        response = json_response(orjson.Fragment(answer.body), answer.status)
    else:
        response = Response(status=answer.status)
        del response.headers["Content-Type"]
    if answer.replayed:
        response.headers[REPLAYED] = "true"
    return response
