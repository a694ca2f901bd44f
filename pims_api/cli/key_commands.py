"""pims key: API keys."""

from typing import Unpack

import click
import orjson

from pims_api.cli.output import moment
from pims_api.cli.session import reading, writing
from pims_api.clock import now_us
from pims_api.domain.access.api_key import ApiKey
from pims_api.domain.access.permission_group import PERMISSION_GROUPS
from pims_api.services.keys.api_keys import KeySettings, create_key, find_key, revoke_key
from pims_api.services.keys.rotation import read_overlap, rotate_key
from pims_api.storage.api_keys import keys_of_tenant
from pims_api.storage.identity.key_uses import last_uses


@click.group("key")
def key_group() -> None:
    """Keys: who may ask, and for what."""


@key_group.command("create")
@click.option("--name", required=True, help="What the key is for.")
@click.option(
    "--permissions", required=True, metavar="A,B", help=f"Any of {', '.join(PERMISSION_GROUPS)}."
)
@click.option("--view", "views", multiple=True, metavar="NAME", help="A View it may use; repeat.")
@click.option("--default-view", metavar="NAME", help="The View that applies when it names none.")
@click.option("--expires-in-days", type=int, metavar="N", help="Without it the key never expires.")
@click.option(
    "--rate", default="", metavar="N/s", help="How often it may ask: 50/s, 600/m, 9000/h."
)
@click.option(
    "--allow-from", multiple=True, metavar="CIDR", help="A network it may come from; repeat."
)
@click.pass_context
def create(
    ctx: click.Context, name: str, permissions: str, **settings: Unpack[KeySettings]
) -> None:
    r"""Make a key and print it, alone on a line. It is shown this once.

    \b
    Example:
      KEY=$(pims key create --name erp --permissions pim_user,pim_editor)
      pims key create --name shop --permissions pim_user --view shop
      pims key create --name web --permissions pim_user --rate 50/s --allow-from 10.20.0.0/16
    """
    wanted = [one.strip() for one in permissions.split(",") if one.strip()]
    with writing(ctx) as work:
        text, _ = create_key(work, None, name, wanted, **settings)
    click.echo(text)


@key_group.command("rotate")
@click.argument("key")
@click.option(
    "--overlap",
    default="0s",
    metavar="N[smhd]",
    help="How long the secret of now still works, such as 24h; without it no longer.",
)
@click.pass_context
def rotate(ctx: click.Context, key: str, overlap: str) -> None:
    r"""Make another secret for a key and print it, alone on a line. It is shown this once.

    The key keeps its public id and all that it may do. What it is given as is the key as a whole or
    its public id.

    \b
    Example:
      pims key rotate 3f9aK2xQ --overlap 24h
    """
    with writing(ctx) as work:
        overlap_s = read_overlap(overlap)
        text, rotated = rotate_key(work, find_key(work, key), overlap_s)
    click.echo(text)
    until = f"works until {moment(rotated.previous_until)}" if overlap_s else "works no longer"
    click.echo(f"The secret before {until}.", err=True)


@key_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.option("--all", "everything", is_flag=True, help="Withdrawn and expired keys too.")
@click.pass_context
def show(ctx: click.Context, as_json: bool, everything: bool) -> None:
    r"""List the keys that work, by the part of them that may be shown.

    \b
    Example:
      pims key list --json
    """
    with reading(ctx) as seen:
        now = now_us()
        found = [one for one in keys_of_tenant(seen) if everything or one.works_at(now)]
        used = last_uses(seen)
    if as_json:
        click.echo(orjson.dumps([_told(one, used.get(one.id)) for one in found]).decode())
        return
    for one in found:
        views = f"  Views: {', '.join(one.views)}" if one.views else ""
        click.echo(f"{one.public_id}  {one.name}  {','.join(one.groups)}{views}")


@key_group.command("revoke")
@click.argument("key")
@click.pass_context
def revoke(ctx: click.Context, key: str) -> None:
    r"""Withdraw a key, given as a whole or by its public id. Running servers refuse it at once.

    \b
    Example:
      pims key revoke 3f9aK2xQ
    """
    with writing(ctx) as work:
        revoked = revoke_key(work, find_key(work, key))
    click.echo(f"The key {revoked.public_id} ({revoked.name}) is withdrawn.")


def _told(one: ApiKey, used: int | None) -> dict[str, object]:
    return {
        "id": one.public_id,
        "name": one.name,
        "permissions": one.groups,
        "views": one.views,
        "default_view": one.default_view,
        "created": moment(one.created_at),
        "expires": moment(one.expires_at),
        "revoked": moment(one.revoked_at),
        "last_used": moment(used),
        "rate": None if one.rate is None else str(one.rate),
        "allow_from": [str(network) for network in one.allow_from],
    }
