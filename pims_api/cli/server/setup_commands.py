"""pims init: create the tables and the first tenant."""

import json
from dataclasses import replace
from typing import Any

import click

from pims_api.cli.options import DEFAULT_TENANT, session_of
from pims_api.cli.server.signs import tell_signs_of_loss
from pims_api.cli.session import ending_on_refusal, newer, reading, writing
from pims_api.services.demo.demo import EDITED_SKU, STEPS, new_demo_key, take_step
from pims_api.services.tenants import add_tenant, tenant_names
from pims_api.storage.database import Database
from pims_api.storage.identity.secret import make_secret_file
from pims_api.storage.migrations.revisions import newest_revision
from pims_api.storage.migrations.upgrade import upgrade_database

_UPGRADED = (
    "Its tables were upgraded from revision {} to {}. An older PIMS cannot work with them; the way "
    "back is a backup of before, so run `pims backup FILE` before you upgrade."
)
_ADDRESS = "http://127.0.0.1:8000/pim/manage/products"
_REQUESTS: dict[str, dict[str, Any]] = {
    "List the products": {"action": "getList"},
    "Change a price": {
        "action": "editProduct",
        "sku": EDITED_SKU,
        "data": {"attributes": {"price": "13.50"}},
    },
    "See what happened": {"action": "historyProduct", "sku": EDITED_SKU},
}


@click.command()
@click.option("--demo", is_flag=True, help="With a small catalogue to look around in, and a key.")
@click.pass_context
def init(ctx: click.Context, demo: bool) -> None:
    r"""Make the tables that are missing and the tenant `default`; what is there stays.

    \b
    Example:
      pims init
      pims --database postgresql://pims@localhost/pims init
    """
    database = session_of(ctx).database
    with ending_on_refusal():
        before = upgrade_database(database)
        if before.is_newer:
            raise click.ClickException(newer(before))
        make_secret_file(database.url)
        _require_tenant(database, DEFAULT_TENANT)
    click.echo(f"The database {database.url.render_as_string(hide_password=True)} is ready.")
    if before.name is not None and not before.is_current:
        click.echo(_UPGRADED.format(before.name, newest_revision()))
    if demo:
        _show_demo(ctx)
    tell_signs_of_loss(database, is_new=before.name is None)


def _require_tenant(database: Database, name: str) -> None:
    with database.reading() as connection:
        known = tenant_names(connection)
    if name not in known:
        add_tenant(database, name)


def _show_demo(ctx: click.Context) -> None:
    """Fill an empty catalogue, once; give a new key each time."""
    with reading(ctx) as seen:
        is_empty = seen.last_product_id == 0
    if is_empty:
        for step in STEPS:
            with writing(_acting_as(ctx, step.user)) as work:
                take_step(work, step)
    with writing(ctx) as work:
        key = new_demo_key(work)
    kept = "is filled" if is_empty else "stays as it is"
    click.echo(f"The demo catalogue {kept}. A new API key:\n\n{key}")
    for about, body in _REQUESTS.items():
        click.echo(f"\n# {about}\n{_curl(key, body)}")


def _acting_as(ctx: click.Context, user: str) -> click.Context:
    session = session_of(ctx)
    acting = click.Context(ctx.command, parent=ctx)
    acting.obj = replace(session, user=user)
    return acting


def _curl(key: str, body: dict[str, Any]) -> str:
    return (
        f"curl -s {_ADDRESS} -H 'ApiKey: {key}' -H 'Content-Type: application/json' "
        f"-d '{json.dumps(body)}'"
    )
