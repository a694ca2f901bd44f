"""A request and its answer: the id they share, who asked and what for, and the line of the log."""

import secrets
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field

from flask import Flask, Response, g, request

from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.limits.networks import Address, address_behind, read_networks
from pims_api.services.keys.limits import refuse_strange_address, refuse_too_many
from pims_api.settings import Settings
from pims_api.storage.database import Database
from pims_api.storage.identity.key_uses import KeyUses
from pims_api.storage.identity.rates.limits import Allowance, RateLimits
from views.exchanges.log_line import LINES, LogLine, shown_path

REQUEST_ID = "X-Request-ID"
REQUEST_ID_LENGTH_MAX = 128  # characters

_WORD = "word"  # the part of an address in which somebody searches


def new_request_id() -> str:
    """Return an id that no other request has."""
    return secrets.token_hex(16)


@dataclass(slots=True)
class Exchange:
    """One request until it is answered.

    request_id: names it in the answer and in the log. peer, forwarded: the address at the other end
    of the connection, and the header X-Forwarded-For. began: by the clock of `time.perf_counter`.
    key: the one that it came with, once it is known. action: the one that its body names.
    allowance: of a key with a rate.
    """

    request_id: str = field(default_factory=new_request_id)
    peer: str = ""
    forwarded: str | None = None
    began: float = field(default_factory=time.perf_counter)
    key: ApiKey | None = None
    action: str | None = None
    allowance: Allowance | None = None

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
    found: Exchange | None = g.get("exchange")
    if found is None:
        found = g.exchange = Exchange()
    return found


def follow_requests(app: Flask, settings: Settings) -> None:
    """Give each request of an application an id, and write a line of the log about each."""
    line_of = LINES[settings.log_format]

    def begin() -> None:
        environ = request.environ
        g.exchange = Exchange(
            _sent_id() or new_request_id(),
            environ.get("REMOTE_ADDR", ""),
            environ.get("HTTP_X_FORWARDED_FOR"),
        )

    def finish(response: Response) -> Response:
        exchange = current_exchange()
        response.headers[REQUEST_ID] = exchange.request_id
        if exchange.allowance is not None:
            response.headers.update(limit_headers(exchange.allowance))
        if line_of is not None:
            line = _line(exchange, response.status_code)
            if response.is_streamed:  # it lasts until the last of it is sent
                response.call_on_close(lambda: _write(line_of(line, exchange.began)))
            else:
                _write(line_of(line, exchange.began))
        return response

    app.before_request(begin)
    app.after_request(finish)


def note_refusal(database: Database, code: str) -> None:
    """Keep that the current request is refused, if it came with a key. code: why."""
    exchange = current_exchange()
    if exchange.key is not None:
        rule = "" if request.url_rule is None else request.url_rule.rule
        action = exchange.action or f"{request.method} {rule}".strip()
        database.caches.of(KeyUses).note_refusal(database, exchange.key, code, action)


def limit_headers(told: Allowance) -> dict[str, str]:
    """Return the headers that tell of a rate. Source: draft-ietf-httpapi-ratelimit-headers-11."""
    return {
        "RateLimit-Policy": f'"default";q={told.rate.count};w={told.rate.seconds}',
        "RateLimit": f'"default";r={told.left};t={told.wait_s}',
    }


def _sent_id() -> str | None:
    """Return the id that the request brings, if it can be one. Source: docs/operating.md, Log."""
    text: str = request.environ.get("HTTP_X_REQUEST_ID", "").strip()
    fits = 0 < len(text) <= REQUEST_ID_LENGTH_MAX and text.isascii() and text.isprintable()
    return text if fits else None


def _line(exchange: Exchange, status: int) -> LogLine:
    path, rule = request.path, request.url_rule
    if rule is not None and _WORD in (request.view_args or ()):
        path = rule.rule
    return LogLine(
        request_id=exchange.request_id,
        method=request.method,
        path=shown_path(path),
        action=exchange.action,
        status=status,
        key=None if exchange.key is None else exchange.key.public_id,
    )


def _write(line: str) -> None:
    with suppress(OSError, ValueError):  # nobody reads the log: no reason to fail
        sys.stderr.write(line)
