"""API keys: listed, made, deactivated, deleted."""

from typing import Any

from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey
from pims_api.errors import NotFound
from pims_api.services.keys import access_keys
from pims_api.storage.identity.key_uses import last_uses
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.sigma.api_keys import key_number, key_object
from schemas.sigma.ids import absent
from views.running import Body
from views.sigma.caller import Caller


def list_keys(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with the keys, oldest first, never with their text."""
    used = last_uses(seen)
    return [key_object(one, now_us(), used.get(one.id)) for one in access_keys.listed_keys(seen)]


def add_key(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Make a key; its text is in this answer and nowhere else."""
    body = asked["body"]
    name, groups = body["name"], body["permissions"]
    text, key = access_keys.make_key(work, caller.may, name, groups, caller.key)
    return key_object(key, work.at) | {"key": text}


def without_key(reply: Any) -> Any:
    """Return the answer with a new key as it is kept: a secret is kept nowhere."""
    return reply | {"key": None}


def deactivate_key(work: UnitOfWork, caller: Caller, asked: Body) -> Any:
    """Refuse a key from now on, and answer with it."""
    found = _named(work, asked)
    used = last_uses(work).get(found.id)
    return key_object(access_keys.deactivate_key(work, found), work.at, used)


def delete_key(work: UnitOfWork, caller: Caller, asked: Body) -> None:
    """Refuse a key from now on, and list it no longer."""
    found = _named(work, asked)
    access_keys.delete_key(work, found, caller.key)


def _named(work: UnitOfWork, asked: Body) -> ApiKey:
    """Return the key of the address. Raises NotFound, which names it."""
    text = asked["path"]["key_id"]
    try:
        return access_keys.find_listed_key(work, key_number(text))
    except NotFound as error:
        raise absent("API key", text) from error
