"""Webhooks, export jobs and channels by the ids in addresses."""

from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.errors import NotFound
from pims_api.services.outlets.outlets import find_outlet
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.snapshot import Snapshot
from schemas.sigma.ids import absent
from views.transport import current_database

_WORDS = {
    OutletKind.WEBHOOK: "Webhook",
    OutletKind.EXPORT_JOB: "Export job",
    OutletKind.CHANNEL: "Channel",
}


def outlet_named(seen: Snapshot, kind: OutletKind, text: str, number: int | None) -> Outlet:
    """Return the outlet of an id, whose number is known. Raises NotFound, which names the id."""
    try:
        return find_outlet(seen, Outlets(current_database()), kind, number)
    except NotFound as error:
        raise absent(_WORDS[kind], text) from error
