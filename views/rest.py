"""Endpoints of the REST faces: one method of one address, its action, and what it reads and says.

An answer to a GET carries an entity tag of its bytes. A write may name the tag that its caller
read: it is refused when the same GET would answer otherwise by now.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import Any, BinaryIO, Generic

import orjson
from flask import Request, Response, request
from marshmallow import Schema

from pims_api.domain.access.permission import Permission
from pims_api.domain.values.json_text import read_object
from pims_api.errors import Fault, PimsError, StaleVersion, refuse_if_any
from pims_api.services.transactions.answered_once import Answer, Once
from pims_api.storage.database import Database
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.loading import load
from schemas.request_name import name_faults
from views.headers import once_of
from views.running import (
    Body,
    Credentials,
    Prefetches,
    Reading,
    Who,
    Writing,
    admit,
    nothing,
    reading_as,
    remembered,
    run,
)
from views.transport import (
    answer_response,
    as_json,
    body_bytes,
    has_body,
    json_bytes,
    json_response,
)

_CHUNK = 64 * 1024  # bytes of a file at a time
_digest = partial(blake2b, digest_size=12)

ShowsIt = Callable[[Snapshot, Any, Body], Any]


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[Who]):
    """One method of one address.

    path: a Flask rule below the prefix of the face. handle: answers in the transaction of the
    action; it is given `path`, `query` and `body`, loaded by their schemas. writes: whether it may
    change something. shows: the handler of the GET whose answer an If-Match speaks of: that of the
    same address, or of what lists it. reply: the schema of what it answers. bodiless: whether the
    body may be left out. files: the content types of answers that are no JSON. check: refuses what
    was sent before any transaction is open. after: makes of what `handle` returned the reply and
    its status, when the transaction is over. begun: makes of it what is said with 202 where the
    work goes on; a request with a name is told so at once. kept_of: see `Writing`.
    """

    method: str
    path: str
    summary: str
    permission: Permission | None
    handle: Callable[[Any, Who, Body], Any]
    writes: bool = False
    status: int = 200
    body: Schema | None = None
    query: Schema | None = None
    reply: Schema | None = None
    many: bool = False
    shows: ShowsIt | None = None
    bodiless: bool = False
    group_commit: bool = False
    prefetches: Prefetches = nothing
    files: tuple[str, ...] = ()
    check: Callable[[Body], None] = lambda _: None
    action: Reading[Who] | Writing[Who] = field(init=False)
    after: Callable[[Database, Any], tuple[Any, int]] | None = None
    begun: Callable[[Any], Any] | None = None
    kept_of: Callable[[Any], Any] | None = None

    def __post_init__(self) -> None:
        """Make the action that runs in the transaction, once for all requests."""
        action: Reading[Who] | Writing[Who] = Reading(self.permission, self.handle, self.prefetches)
        if self.writes:
            action = Writing(
                self.permission,
                self._guarded,
                group_commit=self.group_commit,
                prefetches=self.prefetches,
                kept_of=self.kept_of,
            )
        object.__setattr__(self, "action", action)

    def _guarded(self, work: UnitOfWork, caller: Who, asked: Body) -> Any:
        tags = asked["if_match"]
        if tags and self.shows is not None:
            _check_match(tags, self.shows(work, caller, asked))
        return self.handle(work, caller, asked)


def answer(
    endpoint: Endpoint[Who],
    database: Database,
    credentials: Credentials[Who],
    path: Mapping[str, str],
    body_bytes_max: int | None = None,
) -> Response:
    """Answer a request of an endpoint. Raises PimsError.

    Who may not do it is told so before the body is read, and before what is wrong with a query.
    body_bytes_max: None: what the settings say.
    """
    if endpoint.writes or endpoint.body is not None:
        admit(database, credentials, endpoint.permission)
    else:
        remembered(database, credentials)
    try:
        asked, once = _asked(endpoint, path, body_bytes_max)
        endpoint.check(asked)
    except PimsError:
        with reading_as(database, credentials, endpoint.permission):
            raise
    reply = run(database, credentials, endpoint.action, asked, once=once)
    if once is not None:
        return answer_response(reply)
    if isinstance(reply, Response):
        return reply
    if endpoint.after is not None:
        return json_response(*endpoint.after(database, reply))
    if endpoint.status == NO_CONTENT:
        return _bare(NO_CONTENT)
    return json_response(reply, endpoint.status) if endpoint.method != "GET" else tagged(reply)


ACCEPTED, NO_CONTENT, NOT_MODIFIED = 202, 204, 304


def _asked(
    endpoint: Endpoint[Any], path: Mapping[str, str], body_bytes_max: int | None
) -> tuple[dict[str, Any], Once | None]:
    """Return what a request asks for, and its name if it has one."""
    asked: dict[str, Any] = {"path": path, "if_match": _tags(request, "If-Match")}
    asked["query"] = _loaded(endpoint.query, request.args.to_dict())
    text, sent = _read_body(endpoint, body_bytes_max)
    asked["body"] = _loaded(endpoint.body, sent)
    if not endpoint.writes:
        return asked, None
    refuse_if_any(name_faults(sent))
    return asked, once_of(request, sent, text, partial(_rendered, endpoint))


def _read_body(endpoint: Endpoint[Any], body_bytes_max: int | None) -> tuple[bytes, dict[str, Any]]:
    """Return the body as bytes, and what it says to an endpoint that asks for one."""
    if endpoint.body is not None and (has_body() or not endpoint.bodiless):
        text = json_bytes(body_bytes_max)
        return text, read_object(text)
    # Where nobody asks for it, it still may not be larger than another.
    return body_bytes(body_bytes_max) if has_body() else b"", {}


def _rendered(endpoint: Endpoint[Any], reply: Any) -> Answer:
    """Return the answer to a request with a name."""
    if endpoint.begun is not None:
        return as_json(endpoint.begun(reply), ACCEPTED)
    if endpoint.status == NO_CONTENT:
        return Answer(NO_CONTENT, b"")
    return as_json(reply, endpoint.status)


def _loaded(schema: Schema | None, sent: Mapping[str, Any]) -> dict[str, Any]:
    if schema is None:
        return {}
    values, faults = load(schema, sent)
    refuse_if_any(faults)
    return values


def tagged(reply: Any) -> Response:
    """Return the JSON of a GET with its entity tag, or that the caller knows it."""
    body = orjson.dumps(reply)
    return known(tag := tag_of(body)) or _with_tag(json_response(orjson.Fragment(body)), tag)


def known(tag: str) -> Response | None:
    """Return the answer to a caller who knows what has this entity tag; None: they do not."""
    tags = _tags(request, "If-None-Match")
    return _with_tag(_bare(NOT_MODIFIED), tag) if tag in tags or "*" in tags else None


def _bare(status: int) -> Response:
    """Return an answer without a body, which so has no type either."""
    response = Response(status=status)
    del response.headers["Content-Type"]
    return response


def _with_tag(response: Response, tag: str) -> Response:
    response.headers["ETag"] = tag
    return response


def file_response(file: BinaryIO, headers: Mapping[str, str]) -> Response:
    """Return a file with its entity tag, or that the caller knows it. The file is closed then."""
    digest = _digest()
    for chunk in _chunks(file):
        digest.update(chunk)
    tag = f'"{digest.hexdigest()}"'
    if (unchanged := known(tag)) is not None:
        file.close()
        return unchanged
    response = Response(_sent(file), headers={**headers, "ETag": tag})
    response.call_on_close(file.close)  # also where nobody reads it, as with HEAD
    return response


def _sent(file: BinaryIO) -> Iterator[bytes]:
    with file:
        yield from _chunks(file)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


def tag_of(body: bytes) -> str:
    """Return the entity tag of a body."""
    return f'"{_digest(body).hexdigest()}"'


def _tags(asked: Request, header: str) -> list[str]:
    text = asked.headers.get(header, "")
    return [one.strip().removeprefix("W/") for one in text.split(",") if one.strip()]


def _check_match(tags: list[str], shown: Any) -> None:
    if "*" in tags or tag_of(orjson.dumps(shown)) in tags:
        return
    message = "Somebody changed it since you read it: read it again, and send its new ETag!"
    raise StaleVersion(faults=[Fault("stale_version", message, pointer="If-Match")])
