"""The actions of /pim/manage/views/<apikey>: which Views a key may use."""

from collections.abc import Callable

from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey
from pims_api.errors import Subject, absent
from pims_api.services.keys.api_keys import find_key
from pims_api.services.keys.view_assignments import (
    assign_view,
    make_default,
    unassign_view,
)
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.api_key import views_object
from schemas.pims.body import READING, read_request
from schemas.pims.definitions.attribute_view import read_key_view
from views.pims.caller import Caller
from views.pims.dry_run import as_dry_run, with_warnings
from views.running import Body, Reply

KEY = "apikey"
"""Under which name the address hands the key to the actions."""

Change = Callable[[UnitOfWork, ApiKey, str], ApiKey]


def list_views(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with the Views of the key and which of them is its default."""
    caller.hear(read_request(READING, {name: one for name, one in body.items() if name != KEY}))
    reply: Reply = {"status": "OK", "views": views_object(seen.definition, _key(seen, body))}
    return with_warnings(reply, caller.warnings)


def add_view(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Let the key use a View."""
    return _changed(assign_view, work, caller, body)


def set_default(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Make a View of the key the one that applies when it names none."""
    return _changed(make_default, work, caller, body)


def delete_view(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Take a View from the key."""
    return _changed(unassign_view, work, caller, body)


def _changed(change: Change, work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    key, request = _key(work, body), caller.hear(read_key_view(body))
    changed = change(work, key, request.values["name"])
    before, after = (views_object(work.definition, one) for one in (key, changed))
    work.dry_run = request.dry_run
    reply: Reply = {"status": "OK", "views": after}
    if work.dry_run:
        reply = as_dry_run(reply, before, after)
    return with_warnings(reply, caller.warnings)


def _key(seen: Snapshot, body: Body) -> ApiKey:
    key = find_key(seen, body[KEY])
    if key is None or not key.works_at(now_us()):
        raise absent(Subject.KEY)
    return key
