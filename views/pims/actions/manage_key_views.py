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
from schemas.pims.definitions.attribute_view import read_view_name
from views.pims.caller import Caller
from views.running import Body, Reply

KEY = "apikey"
"""Under which name the address hands the key to the actions."""

Change = Callable[[UnitOfWork, ApiKey, str], ApiKey]


def list_views(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with the Views of the key and which of them is its default."""
    return {"status": "OK", "views": views_object(seen.definition, _key(seen, body))}


def add_view(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Let the key use a View."""
    return _changed(assign_view, work, body)


def set_default(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Make a View of the key the one that applies when it names none."""
    return _changed(make_default, work, body)


def delete_view(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Take a View from the key."""
    return _changed(unassign_view, work, body)


def _changed(change: Change, work: UnitOfWork, body: Body) -> Reply:
    key, name = _key(work, body), read_view_name(body)
    changed = change(work, key, name)
    return {"status": "OK", "views": views_object(work.definition, changed)}


def _key(seen: Snapshot, body: Body) -> ApiKey:
    key = find_key(seen, body[KEY])
    if key is None or not key.works_at(now_us()):
        raise absent(Subject.KEY)
    return key
