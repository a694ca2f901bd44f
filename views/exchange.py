"""A request and its answer: the id they share, who asked and what for; the log's line about them."""

import secrets
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field

from flask import Flask, Response, g, request

from pims_api.domain.access.api_key import ApiKey
from pims_api.settings import Settings
from views.log_line import LINES, LogLine, shown_path

REQUEST_ID = "X-Request-ID"
REQUEST_ID_LENGTH_MAX = 128  # characters

_WORD = "word"  # the part of an address in which somebody searches


def new_request_id() -> str:
    """Return an id that no other request has."""
    return secrets.token_hex(16)


@dataclass(slots=True)
class Exchange:
    """One request until it is answered.

    request_id: names it in the answer and in the log. began: by the clock of `time.perf_counter`.
    key: the one that it came with, once it is known. action: the one that its body names.
    """

    request_id: str = field(default_factory=new_request_id)
    began: float = field(default_factory=time.perf_counter)
    key: ApiKey | None = None
    action: str | None = None


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
        g.exchange = Exchange(_sent_id() or new_request_id())

    def finish(response: Response) -> Response:
        exchange = current_exchange()
        response.headers[REQUEST_ID] = exchange.request_id
        if line_of is not None:
            line = _line(exchange, response.status_code)
            if response.is_streamed:  # it lasts until the last of it is sent
                response.call_on_close(lambda: _write(line_of(line, exchange.began)))
            else:
                _write(line_of(line, exchange.began))
        return response

    app.before_request(begin)
    app.after_request(finish)


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
