"""Ids of webhooks, export jobs and channels: chosen by a client, or made."""

from pims_api.domain.outlets.outlet import Outlet, OutletKind
from schemas.sigma.ids import number_of

PREFIXES = {
    OutletKind.WEBHOOK: "wh",
    OutletKind.EXPORT_JOB: "exp",
    OutletKind.CHANNEL: "ch",
}


def outlet_id(one: Outlet) -> str:
    """Return the id of an outlet."""
    return one.client_id or f"{PREFIXES[one.kind]}-{one.id}"


def made_number(kind: OutletKind, text: str) -> int | None:
    """Return the number in an id that was made; None for another one."""
    return number_of(text, PREFIXES[kind])
