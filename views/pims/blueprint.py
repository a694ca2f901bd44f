"""The routes of the PIMS face, each also below /api/<locale>."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from pims_api.domain.values.json_text import read_object
from pims_api.errors import PimsError
from pims_api.services.transactions.answered_once import Answer
from schemas.pims.body import READING, read_request, refuse_parameters
from schemas.pims.note import note_of
from schemas.pims.status import status_object
from views.headers import once_of
from views.pims.caller import Caller, Credentials, checked, confirm_key, credentials
from views.pims.dispatch import Action, Actions, choose
from views.pims.dry_run import with_transaction, with_warnings
from views.pims.endpoints import ENDPOINTS, FILES, PRODUCT_ACTIONS, SINGLE_ACTIONS, STATUS
from views.pims.rows.stream import STREAM_TYPES, answer_stream
from views.pims.shop.reads import SHOP_READS
from views.running import PartlyDone, Reading, Telling, Writing, run
from views.transport import (
    answer_response,
    as_json,
    current_database,
    has_body,
    json_bytes,
    json_response,
)

SHORT_BODY_BYTES = 64 * 1024

pims = Blueprint("pims", __name__)

_TELLING = Telling(note_of, with_transaction)


def act(actions: Actions, locale: str | None = None, **place: str) -> Response:
    """Answer a request that names its action in the body; what the address names joins it."""
    database, sent = current_database(), credentials(request, locale)
    try:
        checked(database, sent)
    except PimsError:
        sent.exchange.action = _named_action(actions, sent)
        raise
    try:
        _check_address()
        if actions is PRODUCT_ACTIONS and request.mimetype in STREAM_TYPES:
            return answer_stream(database, sent)
        text = json_bytes()
        body = read_object(text) | place
        action = choose(actions, body)
    except PimsError:
        confirm_key(database, sent)
        raise
    sent.exchange.action = body["action"]
    return _answered(sent, action, body, text)


def _answered(sent: Credentials, action: Action, body: dict[str, Any], text: bytes) -> Response:
    """Run an action and answer with its reply, or with what is kept for it. text: of the body."""
    once = once_of(request, body, text, _as_answer) if isinstance(action, Writing) else None
    reply = run(current_database(), sent, action, body, _TELLING, once)
    return answer_response(reply) if once else json_response(reply, _status(reply))


def _status(reply: Any) -> int:
    return 207 if isinstance(reply, PartlyDone) else 200


def _as_answer(reply: Any) -> Answer:
    return as_json(reply, _status(reply))


def act_alone(action: Action, locale: str | None = None, **place: int) -> Response:
    """Answer a request whose address is its action; what else the address names joins the body."""
    database = current_database()
    sent = checked(database, credentials(request, locale))
    try:
        if request.method == "POST":
            _check_address()
        body, text = _sent_alone(action)
    except PimsError:
        confirm_key(database, sent)
        raise
    return _answered(sent, action, body | place, text)


def _named_action(actions: Actions, sent: Credentials) -> str | None:
    """Return the action that a refused request was about, if its key is known and its body short.

    It is for the record alone, so nothing is said of a body that cannot be read.
    """
    length = request.content_length
    if sent.exchange.key is None or length is None or length > SHORT_BODY_BYTES:
        return None
    try:
        name = read_object(json_bytes()).get("action")
    except (PimsError, HTTPException):
        return None
    return name if isinstance(name, str) and name in actions else None


def _check_address() -> None:
    """Raise BadInput where the address of an action says what only a body can, such as dry_run."""
    if request.environ.get("QUERY_STRING"):
        refuse_parameters(request.args)


def _sent_alone(action: Action) -> tuple[dict[str, Any], bytes]:
    """Return the body with its bytes, or the query string of an action that only reads."""
    if request.method != "POST":
        return request.args.to_dict(), b""
    if isinstance(action, Writing) and action.bodiless and not has_body():
        return {}, b""
    text = json_bytes()
    return read_object(text), text


def read_as_shop(reading: Reading[Caller], locale: str | None = None, **place: str) -> Response:
    """Answer a read for shops: its address and its query string say what is asked."""
    sent = credentials(request, locale)
    if "word" in place and request.url_rule is not None:  # what somebody looks for
        sent.exchange.pattern = request.url_rule.rule
    checked(current_database(), sent)
    body = place | {"query": request.args.to_dict(flat=False)}
    return json_response(run(current_database(), sent, reading, body))


def tell_status(locale: str | None = None) -> Response:
    """Answer whether the server is well; with a key, also with how much there is."""
    if credentials(request, locale).key:
        return act_alone(STATUS, locale)
    told = read_request(READING, request.args.to_dict())
    told.check()
    return json_response(with_warnings(status_object(), told.warnings))


def add_route(path: str, answer: Callable[..., Any], *methods: str) -> None:
    """Serve a path at the root and below /api/<locale>."""
    for prefix, place in (("", "root"), ("/api/<locale:locale>", "locale")):
        name = f"{path.strip('/').replace('/', '_').translate(_PLAIN)} {place}"
        pims.add_url_rule(prefix + path, name, answer, methods=methods or ("POST",))


class LocaleConverter(BaseConverter):
    """A locale in an address; v1 is none: what lies below /api/v1 belongs to the REST faces."""

    regex = "(?!v1$)[^/]+"
    part_isolating = True  # as that of plain texts in addresses


def _know_locales(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["locale"] = LocaleConverter


_PLAIN = str.maketrans("", "", "<>.")

pims.record(_know_locales)
for _path, _actions in ENDPOINTS.items():
    add_route(_path, partial(act, _actions))
for (_method, _path), _action in SINGLE_ACTIONS.items():
    add_route(_path, partial(act_alone, _action), _method)
for (_method, _path), _answer in FILES.items():
    add_route(_path, _answer, _method)
add_route("/pim/status", tell_status, "GET")
for _path, _reading in SHOP_READS.items():
    add_route(_path, partial(read_as_shop, _reading), "GET")
