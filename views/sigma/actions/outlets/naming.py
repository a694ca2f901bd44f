"""Outlets of the app, and webhooks and export jobs by the ids in addresses."""

from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.services.outlets.outlets import outlets_of
from pims_api.storage.outlets.outlets import Outlets
from pims_api.storage.snapshot import Snapshot
from schemas.sigma.ids import named
from schemas.sigma.outlets.ids import outlet_id
from views.transport import current_database

_WORDS = {OutletKind.WEBHOOK: "Webhook", OutletKind.EXPORT_JOB: "Export job"}


def outlets() -> Outlets:
    """Return the outlets of the database of the app."""
    return Outlets(current_database())


def outlet_named(seen: Snapshot, kind: OutletKind, text: str) -> Outlet:
    """Return the webhook or export job of an id. Raises NotFound, which names the id."""
    known = reversed(outlets_of(seen, outlets(), kind))  # of two with one id, the older has it
    found: Outlet = named({outlet_id(one): one for one in known}, text, _WORDS[kind])
    return found
