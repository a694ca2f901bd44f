"""The status of the server for the holder of a key."""

from pims_api.services.counters import counters
from pims_api.storage.snapshot import Snapshot
from schemas.pims.status import counters_object, status_object
from views.pims.caller import Caller
from views.running import Body, Reply


def show_status(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with how much there is for the holder of the key."""
    counted = counters(seen, caller.access(seen.definition), caller.key)
    return status_object() | {"pim_counters": counters_object(counted)}
