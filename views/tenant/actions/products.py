"""Products: listed, created, read, changed, deleted."""

from typing import Any

from pims_api.storage.snapshot import Snapshot
from views.running import Body
from views.tenant.actions.showing import find_product, product_shown
from views.tenant.caller import Caller


def show_product(seen: Snapshot, caller: Caller, asked: Body) -> Any:
    """Answer with one product."""
    sight = caller.sight(seen.definition)
    return product_shown(seen, sight, find_product(seen, sight, asked["path"]["product_id"]))
