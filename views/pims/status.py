"""The status of the server for the holder of a key."""

from pims_api.services.counters import counters
from pims_api.storage.history.chain import LAST_LINK
from pims_api.storage.snapshot import Snapshot
from schemas.pims.body import READING, read_request
from schemas.pims.status import counters_object, status_object
from views.pims.caller import Caller
from views.pims.dry_run import with_warnings
from views.running import Body, Reply


def show_status(seen: Snapshot, caller: Caller, body: Body) -> Reply:
    """Answer with how much there is for the holder of the key."""
    caller.hear(read_request(READING, body))
    counted = counters(seen, caller.access(seen.definition), caller.key)
    link = LAST_LINK.first(seen.connection, {"tenant_id": seen.tenant_id})
    last = {"transaction": seen.sequence, "digest": link.digest}
    reply = status_object() | last | {"pim_counters": counters_object(counted)}
    return with_warnings(reply, caller.warnings)
