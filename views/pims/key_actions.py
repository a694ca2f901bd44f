"""What the addresses of keys and of the status do."""

from pims_api.domain.access.permission import Permission
from pims_api.services.counters import counters
from pims_api.storage.snapshot import Snapshot
from schemas.pims.status import counters_object, status_object
from views.caller import Caller
from views.pims.actions import manage_keys
from views.pims.dispatch import Body, Reading, Reply, Writing

NEW_KEY = Writing(Permission.MANAGE_KEYS, manage_keys.new_key)
KEY_INFO = Reading(None, manage_keys.key_info)
SET_KEY = Writing(Permission.MANAGE_KEYS, manage_keys.set_key)
DELETE_KEY = Writing(Permission.MANAGE_KEYS, manage_keys.delete_key)


def _status(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with how much there is for the holder of the key."""
    counted = counters(seen, caller.access(seen.definition), caller.key)
    return status_object() | {"pim_counters": counters_object(counted)}


STATUS = Reading(None, _status)
