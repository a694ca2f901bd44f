"""A request and its answer: the id they share, who asked and what for, and the line of the log."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from random import randbytes
from typing import TYPE_CHECKING, Any

from flask import request
from werkzeug.wsgi import ClosingIterator

from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.limits.networks import Address, address_behind, read_networks
from pims_api.services.keys.limits import refuse_strange_address, refuse_too_many
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.identity.key_uses import KeyUses
from pims_api.storage.identity.rates.limits import Allowance, RateLimits
from views.exchanges.log_line import LINES, LogLine
from views.exchanges.log_writer import LogWriter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

REQUEST_ID = "X-Request-ID"
REQUEST_ID_LENGTH_MAX = 128  # characters

_EXCHANGE = "pims.exchange"  # its name in the WSGI environment
_LENGTH = "Content-Length"


def new_request_id() -> str:
    """Return an id that no other request has."""
    return randbytes(16).hex()  # noqa: S311 - it is no secret


@dataclass(slots=True)
class Exchange:
    """One request until it is answered.

    request_id: names it in the answer and in the log. peer, forwarded: the address at the other end
    of the connection, and the header X-Forwarded-For. began: by the clock of `time.perf_counter`.
    key: the one that it came with, once it is known. action: the one that its body names. pattern:
    of an address that holds what the log is not to tell. allowance: of a key with a rate. status:
    that of the answer, with its phrase. is_stream: whether nobody knows how long the answer is.
    """

    request_id: str = field(default_factory=new_request_id)
    peer: str = ""
    forwarded: str | None = None
    began: float = field(default_factory=time.perf_counter)
    key: ApiKey | None = None
    action: str | None = None
    pattern: str | None = None
    allowance: Allowance | None = None
    status: str = ""
    is_stream: bool = False

    def address(self, settings: Settings) -> Address | None:
        """Return the address that the request comes from; None: nobody knows it."""
        proxies = read_networks(settings.trusted_proxies)
        return address_behind(self.peer, self.forwarded, proxies)

    def admit(self, database: Database, key: ApiKey) -> None:
        """Let a key in that the request came with; that counts once for its rate.

        Raises Forbidden where it may not be used, TooMany when it asked too often.
        """
        self.key = key
        if key.rate is not None or key.allow_from or self.allowance is not None:
            self._check_limits(database, key)

    def _check_limits(self, database: Database, key: ApiKey) -> None:
        limits, rate, before = database.caches.of(RateLimits), key.rate, self.allowance
        if before is None or before.rate != rate:
            before = self.allowance = None if rate is None else limits.look(key, rate)
        refuse_strange_address(key, self.address(database.settings))
        if rate is not None and not (before and before.is_given):
            self.allowance = limits.take(database, key, rate)
            refuse_too_many(self.allowance)


def current_exchange() -> Exchange:
    """Return the exchange that the current request belongs to."""
    return exchange_of(request.environ)


def exchange_of(environ: dict[str, Any]) -> Exchange:
    """Return the exchange that a request belongs to, by its WSGI environment."""
    found: Exchange | None = environ.get(_EXCHANGE)
    if found is None:
        found = environ[_EXCHANGE] = Exchange()
    return found


def note_refusal(database: Database, code: str) -> None:
    """Keep that the current request is refused, if it came with a key. code: why."""
    exchange = current_exchange()
    if exchange.key is not None:
        rule = "" if request.url_rule is None else request.url_rule.rule
        action = exchange.action or f"{request.method} {rule}".strip()
        database.caches.of(KeyUses).note_refusal(database, exchange.key, code, action)


class FollowedRequests:
    """A WSGI application whose requests have an id each, and a line of the log about each.

    Flask's own hooks would cost every request five times as much. log: what writes the lines, if
    there are any.
    """

    def __init__(self, app: "WSGIApplication", settings: Settings) -> None:
        self._app = app
        line_of = LINES[settings.log_format]
        self.log = None if line_of is None else LogWriter(line_of)

    def __call__(
        self, environ: dict[str, Any], start_response: "StartResponse"
    ) -> "Iterable[bytes]":
        """Answer a request."""
        exchange = environ[_EXCHANGE] = Exchange(
            _sent_id(environ) or new_request_id(),
            environ.get("REMOTE_ADDR", ""),
            environ.get("HTTP_X_FORWARDED_FOR"),
        )

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            exchange.status = status
            exchange.is_stream = _LENGTH not in dict(headers)
            headers.append((REQUEST_ID, exchange.request_id))
            if exchange.allowance is not None:
                headers += limit_headers(exchange.allowance)
            return start_response(status, headers, *more)

        answer = self._app(environ, start)
        if self.log is None:
            return answer
        if exchange.is_stream:  # it lasts until the last of it is sent
            return ClosingIterator(answer, partial(_tell, self.log, exchange, environ))
        _tell(self.log, exchange, environ)
        return answer


def limit_headers(told: Allowance) -> list[tuple[str, str]]:
    """Return the headers that tell of a rate. Source: draft-ietf-httpapi-ratelimit-headers-11."""
    return [
        ("RateLimit-Policy", f'"default";q={told.rate.count};w={told.rate.seconds}'),
        ("RateLimit", f'"default";r={told.left};t={told.wait_s}'),
    ]


def _sent_id(environ: dict[str, Any]) -> str | None:
    """Return the id that the request brings, if it can be one. Source: docs/operating.md, Log."""
    text: str = environ.get("HTTP_X_REQUEST_ID", "").strip()
    fits = 0 < len(text) <= REQUEST_ID_LENGTH_MAX and text.isascii() and text.isprintable()
    return text if fits else None


def _tell(log: LogWriter, exchange: Exchange, environ: dict[str, Any]) -> None:
    log.add(
        LogLine(
            now_us(),
            _since(exchange.began),
            exchange.request_id,
            environ.get("REQUEST_METHOD", ""),
            exchange.pattern or environ.get("PATH_INFO", ""),
            exchange.action,
            int(exchange.status[:3]),
            None if exchange.key is None else exchange.key.public_id,
        )
    )


def _since(began: float) -> float:
    """Return the milliseconds since a time of `time.perf_counter`."""
    return (time.perf_counter() - began) * 1_000
