"""The actions of keys: create, show, change and revoke them."""

from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission import Permission
from pims_api.errors import Fault, Forbidden, NotFound
from pims_api.services.access import access_for
from pims_api.services.counters import counters
from pims_api.services.keys import api_keys
from pims_api.storage.identity.key_uses import last_refusals, last_uses
from pims_api.storage.identity.tenants import tenant_ids
from pims_api.storage.snapshot import Snapshot
from pims_api.storage.unit_of_work import UnitOfWork
from schemas.pims.api_key import (
    expiration_text,
    in_seconds,
    key_object,
    read_key,
    read_key_query,
    read_new_key,
    read_settings,
    refusal_object,
    settings_object,
    views_object,
)
from schemas.pims.body import Request
from schemas.pims.status import counters_object
from views.pims.caller import Caller
from views.pims.dry_run import Shown, as_dry_run, with_warnings
from views.running import Body, Reply

_SHOWN = ("name", "key_expiration", "permissions", "views", "rate", "allow_from")


def new_key(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Make a key and answer with it, this once."""
    name, permissions, settings, request = read_new_key(body)
    caller.hear(request)
    text, key = api_keys.create_key(work, caller.key, name, permissions, **settings)
    expiration = expiration_text(key)
    reply: Reply = {"status": "OK", "key": text, "key_expiration": expiration, "id": key.public_id}
    if request.dry_run:
        reply |= {"key": None, "id": None}  # that key will never work
    return _told(work, caller, request, reply, {}, {key.name: _shown(work, key)})


def without_key(reply: Reply) -> Reply:
    """Return the reply of a new key as it is kept: a secret is kept nowhere."""
    return reply | {"key": None}


def key_info(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with what the caller's own key may do; for pim_security also with another's."""
    wanted = caller.hear(read_key_query(body)).values["key"]
    key = caller.key if not wanted else api_keys.find_key(seen, wanted)
    if (key is None or key.id != caller.key.id) and not caller.may(Permission.MANAGE_KEYS):
        raise Forbidden
    if key is None or not key.works_at(now_us()):
        message = "API key does not exist or has expired!"
        raise NotFound(faults=[Fault("not_found", message, pointer="/key")])
    return with_warnings({"status": "OK"} | _told_of(seen, key), caller.warnings)


def _told_of(seen: Snapshot, key: ApiKey) -> Reply:
    """Return what a key is told of itself."""
    ids = tenant_ids(seen)
    told = key_object(key) | {"tenant_id": ids.uuid, "org_id": ids.org}
    told |= {"last_used": in_seconds(last_uses(seen).get(key.id))}
    told |= {"refusals": [refusal_object(one) for one in last_refusals(seen, key)]}
    told |= {"views": views_object(seen.definition, key)}
    access, _ = access_for(seen.definition, key, None, seen.definition.default_locale)
    return told | {"pim_counters": counters_object(counters(seen, access, key))}


def set_key(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Grant permissions to a key or take them away, and set its limits."""
    request, permissions, limits = read_settings(body)
    caller.hear(request)
    key = api_keys.find_key(work, request.values["key"])
    changed = api_keys.set_key(work, caller.key, key, permissions, limits)
    reply: Reply = {"status": "OK", "status_message": "ApiKey settings were updated."}
    before = {} if key is None else {key.public_id: settings_object(key)}
    after = {changed.public_id: settings_object(changed)}
    return _told(work, caller, request, reply, before, after)


def delete_key(work: UnitOfWork, caller: Caller, body: Body) -> Reply:
    """Withdraw a key, any but the caller's own."""
    request = caller.hear(read_key(body))
    key = api_keys.find_key(work, request.values["key"])
    gone = api_keys.revoke_key(work, key, caller.key)
    reply: Reply = {"status": "OK", "status_message": "API key has been deleted."}
    return _told(work, caller, request, reply, {gone.public_id: _shown(work, gone)}, {})


def _told(
    work: UnitOfWork, caller: Caller, request: Request, reply: Reply, before: Shown, after: Shown
) -> Reply:
    work.dry_run = request.dry_run
    if work.dry_run:
        reply = as_dry_run(reply, before, after)
    return with_warnings(reply, caller.warnings)


def _shown(work: UnitOfWork, key: ApiKey) -> Reply:
    told = key_object(key) | {"views": views_object(work.definition, key)}
    return {name: told[name] for name in _SHOWN}
