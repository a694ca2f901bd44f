"""The channels of a catalogue, and the one that a command names."""

import click

from pims_api.cli.options import session_of
from pims_api.cli.session import reading, tenant_id_of
from pims_api.domain.outlets.outlet import Outlet, OutletKind
from pims_api.services.channels.channel import plan_of
from pims_api.services.outlets.outlets import outlets_of
from pims_api.storage.outlets.outlets import Outlets

named = click.argument("alias")


def channels(ctx: click.Context) -> list[Outlet]:
    """Return every channel."""
    with reading(ctx) as seen:
        return outlets_of(seen, Outlets(session_of(ctx).database), OutletKind.CHANNEL)


def channel(ctx: click.Context, alias: str) -> Outlet:
    """Return the channel of that alias. Ends the command when there is none."""
    tenant_id_of(ctx)
    found = channels(ctx)
    one = next((each for each in found if plan_of(each).alias == alias), None)
    if one is None:
        known = ", ".join(plan_of(each).alias for each in found) or "none"
        raise click.ClickException(f"There is no channel {alias!r}. Known ones: {known}.")
    return one
