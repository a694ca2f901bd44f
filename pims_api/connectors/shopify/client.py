"""GraphQL requests to a shop, tried again where that may help, and paced by what they cost.

Every answer tells how many points are left and how fast they come back, so nothing of Shopify's
limits is written down here.

Source: docs/channels.md, How a shop is asked.
"""

import math
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from pims_api.connectors.addresses import OutgoingRules, read_target
from pims_api.connectors.base import OutsideFailed, OutsideInvalid
from pims_api.connectors.http_exchange import Answer, ExchangeFailed, HttpClient

ATTEMPTS = 6
THROTTLED_MAX = 30
_NESTED = 100
PAGE = 50  # products of a first page; halved while it costs too much
_ANSWER_BYTES_MAX = 64 * 1024 * 1024
_BACKOFF_S, _BACKOFF_MAX_S = 0.5, 10.0
_RETRY_AFTER_MAX_S = 300.0
_TOO_MANY, _UNAUTHORIZED = 429, 401
_REFUSED = (400, 401)  # of an exchange of client credentials
_INVALID = {402: "frozen", 403: "forbidden", 404: "not found", 423: "locked"}
_KINDS = {403: "forbidden", 404: "not_found"}
_TOKEN = re.compile(r"[!-~]+")
_TOKEN_S = 3600.0  # when the shop does not say how long it is good
_EARLY_S = 300  # a token is asked for anew so long before it expires


class ShopInvalid(OutsideInvalid):
    """The shop, or the access to it, is not there."""


class ShopUnavailable(OutsideFailed):
    """The shop did not answer, or failed, however often it was asked.

    answered: whether there was an answer at all.
    """

    def __init__(self, message: str, *, answered: bool) -> None:
        self.answered = answered
        super().__init__(message)


class ShopRefused(OutsideFailed):
    """The shop refused one request; the next one may go well. Its text is the shop's message."""


class TooCostly(ShopRefused):
    """The request asks for more than the shop ever answers at once."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop and how it is reached. base: an address without a final slash.

    token: of the Admin API; without it client_id and client_secret get one.
    """

    name: str
    base: str
    version: str
    timeout_s: float = 30.0
    token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)


Variables = dict[str, Any]
Again = Callable[[], Variables]
"""Returns variables of a request that is repeated though it may have been done already."""


@dataclass(slots=True)
class Pace:
    """Until when nobody asks a shop that is out of points: all who ask it share them."""

    _until: float = 0.0
    _holder: int = 0

    def hold(self, holder: object, seconds: float) -> None:
        """Have all others wait as long as the one who was told to."""
        self._until, self._holder = time.monotonic() + seconds, id(holder)

    def left(self, asker: object) -> float:
        """Return the seconds that somebody else is to wait."""
        return 0.0 if id(asker) == self._holder else max(0.0, self._until - time.monotonic())


@lru_cache(maxsize=1_000)
def _pace_of(name: str, base: str) -> Pace:
    return Pace()


@dataclass(slots=True)
class ShopClient:
    """Asks one shop.

    wait: sleeps so many seconds, or raises when the work is to end. until: when it gives up, on the
    monotonic clock. nested: how many variants of a product are asked for at once; halved for good
    when that costs too much.
    """

    shop: Shop
    wait: Callable[[float], None] = time.sleep
    until: float = math.inf
    served_version: str | None = None
    nested: int = _NESTED
    _http: HttpClient = field(init=False)
    _pace: Pace = field(init=False)
    _token: str = ""
    _token_until: float = math.inf

    def __post_init__(self) -> None:
        # The operator named the address; no caller can.
        host = read_target(self.shop.base, OutgoingRules(hosts=("*",))).host
        rules = OutgoingRules(hosts=(host,))
        self._http = HttpClient(rules, self.shop.timeout_s, _ANSWER_BYTES_MAX)
        self._pace = _pace_of(self.shop.name, self.shop.base)
        self._token = self.shop.token or ""

    def close(self) -> None:
        """Close what is open."""
        self._http.close()

    def ask(
        self, query: str, variables: Variables | None = None, again: Again | None = None
    ) -> dict[str, Any]:
        """Return the data of a query or a mutation.

        again: what is sent instead when an answer was lost. Raises ShopInvalid, ShopUnavailable,
        ShopRefused, TooCostly.
        """
        request = _Request(query, variables or {}, again)
        internal = throttled = 0
        while True:
            answer = self._answer(request)
            errors = answer.get("errors") or ()
            codes = {_code(one) for one in errors}
            if not errors:
                return _data(answer)
            if "THROTTLED" in codes:
                throttled += 1
                if throttled > THROTTLED_MAX:
                    raise ShopUnavailable("The shop was too busy for too long.", answered=True)
                self._pause_all(_pause(answer))
            elif "INTERNAL_SERVER_ERROR" in codes and internal < 2:
                internal += 1
                self._pause(_backoff(internal))
                request.repeat()
            else:
                raise _refusal(errors, codes)

    def ask_whole(
        self, query: str, variables: Variables, again: Again | None = None
    ) -> dict[str, Any]:
        """Return the data of an operation with `$variants` and `$media` of a product.

        Raises what `ask` does.
        """
        while True:
            try:
                return self.ask(query, self._sizes | variables, again)
            except TooCostly:
                if self.nested == 1:
                    raise
                self.nested //= 2

    @property
    def _sizes(self) -> Variables:
        return {"variants": self.nested, "media": max(1, self.nested // 5)}

    def pages(
        self, query: str, root: str, variables: dict[str, Any], first: int = PAGE
    ) -> Iterator[list[Any]]:
        """Yield the pages of a connection. A page that costs too much is asked for by halves."""
        after = None
        while True:
            try:
                found = self.ask(query, variables | {"first": first, "after": after})[root]
            except TooCostly:
                if first == 1:
                    raise
                first //= 2
                continue
            yield found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return
            after = found["pageInfo"]["endCursor"]

    def _answer(self, request: "_Request") -> dict[str, Any]:
        """Return the JSON of an answer with status 200; asked again while that may help."""
        self._wait_for_others()
        url = f"{self.shop.base}/admin/api/{self.shop.version}/graphql.json"
        for attempt in range(1, ATTEMPTS + 1):
            headers = {"X-Shopify-Access-Token": self._valid_token()}
            answer, reason = self._try(url, headers, request.body)
            if answer is not None and answer.status == 200:
                self.served_version = answer.headers.get("x-shopify-api-version")
                read = _object(answer.body)
                if read is not None:
                    return read
                reason = "The shop answered with something that is no JSON object."
            elif answer is not None:
                _check_access(answer)
            if attempt == ATTEMPTS:
                raise ShopUnavailable(reason, answered=answer is not None)
            self._pause(_retry_after(answer) or _backoff(attempt), reason, answer)
            if answer is None or answer.status != _TOO_MANY:
                request.repeat()
        raise AssertionError  # the last attempt returns or raises

    def _wait_for_others(self) -> None:
        """Wait as long as somebody else was told to who asks the same shop."""
        left = self._pace.left(self)
        if left:
            self._pause(left)

    def _pause_all(self, seconds: float) -> None:
        self._pace.hold(self, seconds)
        self._pause(seconds)

    def _pause(
        self, seconds: float, reason: str = "The shop was too busy.", answer: Answer | None = None
    ) -> None:
        """Wait before the next attempt. Raises ShopUnavailable when there is no time for one."""
        if time.monotonic() + seconds > self.until:
            raise ShopUnavailable(reason, answered=answer is not None)
        self.wait(seconds)

    def _try(self, url: str, headers: dict[str, str], body: bytes) -> tuple[Answer | None, str]:
        """Return the answer, if there is one, and what was wrong."""
        kinds = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        self._http.timeout_s = max(0.1, min(self.shop.timeout_s, self.until - time.monotonic()))
        try:
            answer = self._http.send("POST", url, kinds | headers, body)
        except ExchangeFailed as failed:
            return None, f"The shop gave no answer: {failed}"
        return answer, f"The shop answered with status {answer.status}."

    def _valid_token(self) -> str:
        if self._token and time.monotonic() < self._token_until:
            return self._token
        self._token, seconds = self._new_token()
        self._token_until = time.monotonic() + seconds - _EARLY_S
        return self._token

    def _new_token(self) -> tuple[str, float]:
        """Exchange the client credentials for a token, and for how many seconds it is good.

        Asked again as any request.
        """
        sent = {
            "client_id": self.shop.client_id,
            "client_secret": self.shop.client_secret,
            "grant_type": "client_credentials",
        }
        url, body = f"{self.shop.base}/admin/oauth/access_token", orjson.dumps(sent)
        for attempt in range(1, ATTEMPTS + 1):
            answer, reason = self._try(url, {}, body)
            granted = _granted(answer) if answer is not None and answer.status == 200 else None
            if granted is not None:
                return granted
            if answer is not None and answer.status in _REFUSED:
                message = "The shop did not accept the client id and secret."
                raise ShopInvalid("unauthorized", message)
            if answer is not None:
                _check_access(answer)
            if attempt == ATTEMPTS:
                raise ShopUnavailable(reason, answered=answer is not None)
            self._pause(_retry_after(answer) or _backoff(attempt), reason, answer)
        raise AssertionError  # the last attempt returns or raises


@dataclass(slots=True)
class _Request:
    """A query or a mutation with its variables. again: those of a repetition, if others."""

    query: str
    variables: Variables
    again: Again | None = None

    @property
    def body(self) -> bytes:
        """What is sent."""
        return orjson.dumps({"query": self.query, "variables": self.variables})

    def repeat(self) -> None:
        """Have the next attempt respect that this one may have been done."""
        if self.again is not None:
            self.variables = self.variables | self.again()


def _check_access(answer: Answer) -> None:
    if answer.status == _UNAUTHORIZED:
        message = "The shop did not accept the access token: make a new one, and send it again."
        raise ShopInvalid("unauthorized", message)
    if answer.status in _INVALID:
        told = f"The shop is {_INVALID[answer.status]} (status {answer.status})."
        kind = _KINDS.get(answer.status, "unavailable")
        raise ShopInvalid(kind, f"{told} Look at shopUrl, and at the app in the shop.")
    if answer.status < 500 and answer.status not in (200, _TOO_MANY):
        raise ShopUnavailable(f"The shop answered with status {answer.status}.", answered=True)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        read = orjson.loads(body)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _granted(answer: Answer) -> tuple[str, float] | None:
    """Return a new token and its seconds; None for an answer without any."""
    read = _object(answer.body) or {}
    token, seconds = read.get("access_token"), read.get("expires_in")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    return token, float(seconds) if isinstance(seconds, int | float) else _TOKEN_S


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    data = answer.get("data")
    if not isinstance(data, dict):
        raise ShopUnavailable("The shop answered without data.", answered=True)
    return data


def _code(error: Any) -> str:
    extensions = error.get("extensions") if isinstance(error, dict) else None
    return (extensions or {}).get("code") or ""


def _refusal(errors: Any, codes: set[str]) -> Exception:
    message = "; ".join(str(one.get("message")) for one in errors if isinstance(one, dict))
    if "ACCESS_DENIED" in codes:
        return ShopInvalid("forbidden", f"The app may not do this in the shop: {message}")
    if codes & {"MAX_COST_EXCEEDED", "MAX_SIZE"}:
        return TooCostly(message)
    return ShopRefused(message or str(errors)[:500])


def _pause(answer: dict[str, Any]) -> float:
    """Return the seconds until the shop has the points that the request needs.

    Raises TooCostly when it never has so many.
    """
    told = (answer.get("extensions") or {}).get("cost") or {}
    status = told.get("throttleStatus") or {}
    needed, most = float(told.get("requestedQueryCost") or 0), status.get("maximumAvailable")
    if most is not None and needed > float(most):
        raise TooCostly("The request costs more than the shop has at any time.")
    missing = needed - float(status.get("currentlyAvailable") or 0)
    rate = max(1.0, float(status.get("restoreRate") or 50))
    return max(0.0, missing / rate) + random.uniform(0.05, 0.25)  # noqa: S311


def _backoff(attempt: int) -> float:
    most = min(_BACKOFF_MAX_S, _BACKOFF_S * 2 ** (attempt - 1))
    return float(most * random.uniform(0.5, 1.0))  # noqa: S311 - so that workers do not come together


def _retry_after(answer: Answer | None) -> float | None:
    """Return the seconds that the shop wants us to wait, at most some minutes."""
    try:
        seconds = float((answer.headers if answer else {})["retry-after"])
    except (KeyError, ValueError):
        return None
    return min(seconds, _RETRY_AFTER_MAX_S) if seconds > 0 else None
