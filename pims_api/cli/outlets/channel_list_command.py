"""pims channel list."""

from typing import Any

import click

from pims_api.cli.outlets.known_channels import channels
from pims_api.cli.output import as_json_option, echo_json, moment
from pims_api.domain.outlets.outlet import Outlet
from pims_api.services.channels.channel import plan_of


@click.command("list")
@as_json_option
@click.pass_context
def list_channels(ctx: click.Context, as_json: bool) -> None:
    r"""List the channels of a catalogue.

    \b
    Example:
      pims channel list
    """
    found = channels(ctx)
    if as_json:
        echo_json([_told(one) for one in found])
        return
    for one in found:
        told = _told(one)
        state = "" if one.active else "  not active"
        click.echo(f"{told['alias']}  {told['type']}  {one.name}{state}")


def _told(one: Outlet) -> dict[str, Any]:
    plan = plan_of(one)
    told = {"alias": plan.alias, "type": plan.type, "name": one.name, "active": one.active}
    return told | {"updated": moment(one.updated_at)}
