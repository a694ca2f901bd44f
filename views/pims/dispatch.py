"""What PIMS bodies say of their handling: which action they name, whether indexing is paused."""

from collections.abc import Mapping

from pims_api.domain.suggestion import nearest
from pims_api.domain.values.value import read_boolean
from pims_api.errors import Fault, UnknownAction
from schemas.keys import KeyTable
from schemas.pims.names import PAUSE, PAUSE_RE_INDEXING
from views.pims.caller import Caller
from views.running import Body, Reading, Writing

Action = Reading[Caller] | Writing[Caller]
Actions = Mapping[str, Action]
"""Actions by the name that bodies call them."""

_PAUSES = tuple(KeyTable([PAUSE_RE_INDEXING], PAUSE).spelled)


def choose(actions: Actions, body: Body) -> Action:
    """Return the action that a body names. Raises UnknownAction with the known ones."""
    name = body.get("action")
    action = actions.get(name) if isinstance(name, str) else None
    if action is None:
        known = list(actions)
        hint = nearest(name[:64], known) if isinstance(name, str) else None
        message = f"Unknown action! Known ones: {', '.join(known)}."
        fault = Fault(UnknownAction.code, message, None, "/action", None, known, hint)
        raise UnknownAction(faults=[fault])
    return action


def pauses_indexing(body: Body) -> bool:
    """Return whether the body pauses re-indexing; what is no flag is refused by its schema."""
    for name in _PAUSES:
        if name in body:
            try:
                return read_boolean(body[name])
            except ValueError:
                return False
    return False
